"""The practice government: real servers on loopback, with the faults a real government has.

Every name is fictitious and lies under ``.example`` (RFC 2606). Nothing in the scanner knows of it.
"""
