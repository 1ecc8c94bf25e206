"""Checks of the family dns."""
