"""DNS: the recursive resolver, and direct questions to authoritative servers."""
