"""Checks of the family web."""
