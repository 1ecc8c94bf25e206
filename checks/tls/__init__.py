"""Checks of the family tls."""
