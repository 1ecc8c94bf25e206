"""The public suffix list (publicsuffix.org), read once and only as far as a name needs."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


def suffixes(name: str, *, only_icann: bool = False) -> PublicSuffixList:
    """The list to look an A-label name up in; ``only_icann``: what registries sell alone.

    Encoding every rule takes a second of CPU, so that is done for names that need it.
    """
    return _read(only_icann=only_icann, encoded="xn--" in name)


@lru_cache(maxsize=4)
def _read(*, only_icann: bool, encoded: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann, accept_encoded_idn=encoded)
