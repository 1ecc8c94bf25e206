"""Public suffixes, the section of registries apart from that of companies (publicsuffix.org)."""

from __future__ import annotations

from scanner.suffixes import suffixes


def is_icann_suffix(name: str) -> bool:
    """Whether it is one under which a registry sells names: ``uk``, ``gov.pk``."""
    return suffixes(name, only_icann=True).publicsuffix(name, accept_unknown=False) == name


def is_suffix(name: str) -> bool:
    """Whether it is one, a company's included: ``github.io``."""
    return suffixes(name).publicsuffix(name, accept_unknown=False) == name
