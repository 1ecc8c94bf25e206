"""Checks judge: one pure function and all that is known about it in each file."""
