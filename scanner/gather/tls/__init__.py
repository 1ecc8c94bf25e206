"""Shakes hands with TLS servers; no TLS library decides what can be seen."""
