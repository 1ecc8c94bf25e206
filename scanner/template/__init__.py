"""Templates in a safe subset of the public nuclei HTTP grammar: read, refuse, match. No I/O."""
