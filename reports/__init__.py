"""Shows what was kept: pages for people, files for programs. No network, no clock, no store."""
