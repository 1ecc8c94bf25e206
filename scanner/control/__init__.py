"""Profiles judge facts and outcomes; the algebra of verdicts and its roll-up. Pure."""
