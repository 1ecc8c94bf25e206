"""Asks, with leave only, for paths that should not be public."""
