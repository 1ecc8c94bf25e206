"""Readers of formats: text to value, no I/O, a ``FormatError`` where a reader would refuse it."""
