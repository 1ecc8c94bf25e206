"""Files for programs: one exporter a format."""
