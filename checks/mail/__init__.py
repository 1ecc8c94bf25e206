"""Checks of the family mail."""
