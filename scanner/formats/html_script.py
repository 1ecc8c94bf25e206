"""What the text of a script gives away: that it hides what it does, mines coins, or redirects."""

from __future__ import annotations

import re

OBFUSCATED, MINER = "obfuscated", "coin-miner"
_RUN = re.compile(
    r"\beval\s{0,5}\(|\bFunction\s{0,5}\(|\bsetTimeout\s{0,5}\(\s{0,5}[\"']", re.ASCII
)
_HIDE = re.compile(r"\batob\s{0,5}\(|\bunescape\s{0,5}\(|fromCharCode", re.ASCII)
_HEX = re.compile(r"(?:\\x[0-9A-Fa-f]{2}){40}|(?:%[0-9A-Fa-f]{2}){80}|[0-9A-Fa-f]{1200}", re.ASCII)
_RENAMED = re.compile(r"\b_0x[0-9a-f]{4,8}\b", re.ASCII)
MANY_RENAMED = 20
_MINER = re.compile(
    r"coin-?hive|cryptoloot|crypto-loot|coinimp|deepminer|webminerpool|jsecoin|cryptonight|minero\.cc",
    re.IGNORECASE | re.ASCII,
)
_REDIRECT = re.compile(
    r"\blocation(?:\.href)?\s{0,5}=\s{0,5}[\"']([^\"'\n]{1,500})[\"']"
    r"|\blocation\.(?:replace|assign)\s{0,5}\(\s{0,5}[\"']([^\"'\n]{1,500})[\"']",
    re.ASCII,
)
SHORT_SCRIPT = 2000


def signs(text: str) -> tuple[str, ...]:
    """The signs of a script, as closed words."""
    found = []
    hides = (_RUN.search(text) and _HIDE.search(text)) or _HEX.search(text)
    if hides or len(_RENAMED.findall(text[:200_000])) >= MANY_RENAMED:
        found.append(OBFUSCATED)
    if _MINER.search(text):
        found.append(MINER)
    return tuple(found)


def redirect_in(text: str) -> str:
    """The address that a short script sends every visitor to; empty for none."""
    found = _REDIRECT.search(text) if len(text) <= SHORT_SCRIPT else None
    return (found[1] or found[2]) if found else ""
