"""Checks of the family exposure."""
