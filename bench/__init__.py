"""Measurements: run by hand (make bench), never in tests."""
