"""Public suffixes, the section of registries apart from that of companies (publicsuffix.org)."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=2)
def _list(*, only_icann: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann, accept_unknown=False)


def is_icann_suffix(name: str) -> bool:
    """Whether it is one under which a registry sells names: ``uk``, ``gov.pk``."""
    return bool(_list(only_icann=True).is_public(name))


def is_suffix(name: str) -> bool:
    """Whether it is one, a company's included: ``github.io``."""
    return bool(_list(only_icann=False).is_public(name))
