"""Asks issuers about the certificates that were seen, where the operator wants that."""
