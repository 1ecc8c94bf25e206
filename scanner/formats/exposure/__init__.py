"""What lies at a path: structural proofs on bytes that are seen once and never kept."""
