"""HTTP: one exchange at a time, every hop and every header line kept, bodies bounded."""
