"""DNSSEC validation without a socket: signatures, DS, denials of existence, trust anchors.

Pure functions on dnspython's records (ARCHITECTURE.md, Decisions 8).
"""
