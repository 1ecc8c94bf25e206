"""Signs of a page that somebody else wrote: words of a defacer's title, words of link spam."""

from __future__ import annotations

import re

_DEFACED = re.compile(
    r"\b(?:hacked|defaced|pwned)[ _-]{1,3}by\b|^\W{0,20}owned[ _-]{1,3}by\b", re.IGNORECASE
)
SHORT_PAGE = 600
# Whole words of link spam; a word alone is nothing (regulators write of gambling and drugs).
_SPAM = re.compile(
    r"\b(?:slots?[ -]?(?:gacor|online|88|777|deposit|demo|maxwin|resmi|terpercaya)|gacor|maxwin"
    r"|judi[ -]?(?:online|bola|slot)|togel|toto[ -]?(?:slot|macau|hk|sgp)"
    r"|situs[ -]?(?:slot|judi|toto)"
    r"|agen[ -]?(?:slot|judi|bola)|bandar(?:qq|togel|[ -]slot)|sbobet"
    r"|pragmatic[ -]?play|pkv[ -]?games|dominoqq"
    r"|casino[ -]?(?:bonus|online|sites?)|online[ -]?casinos?|free[ -]?spins?"
    r"|betting[ -]?sites?|bet365|1xbet"
    r"|bahis[ -]?siteleri|deneme[ -]?bonusu|kumar[ -]?siteleri|escort[ -]?bayan"
    r"|viagra|cialis|levitra|kamagra|tadalafil|sildenafil|payday[ -]?loans?|replica[ -]?watches"
    r"|porn(?:o|hub|star)?|xxx[ -]?videos?|buy[ -]?backlinks?|essay[ -]?writing[ -]?service)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
    r"|(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}",
    re.IGNORECASE | re.ASCII,
)
_COLOUR = re.compile(
    r"(?<![\w-])(color|background(?:-color)?)\s*:\s*([#\w]{1,40})", re.IGNORECASE | re.ASCII
)
MOST_STYLE = 2000


def is_defaced(title: str) -> bool:
    """Whether a title says who broke in; words elsewhere on a page never count."""
    return bool(_DEFACED.search(title[:300]))


def defaced_title(title: str, heading: str, visible: int) -> str:
    """The title, or the only heading of a short page, that says who broke in; else empty."""
    shown = [title, heading] if visible < SHORT_PAGE else [title]
    return next(filter(is_defaced, shown), "")


def is_spam(text: str) -> bool:
    """Whether the text of a link, or a host's name, carries a whole word of link spam."""
    return bool(_SPAM.search(text[:300]))


def is_hidden(style: str) -> bool:
    """Whether an inline style keeps an element from sight: none, no size, far away, same colour."""
    kept = style[:MOST_STYLE]
    if _HIDDEN.search(kept):
        return True
    colours = {
        name.partition("-")[0].lower(): value.lower() for name, value in _COLOUR.findall(kept)
    }
    return len(colours) > 1 and len(set(colours.values())) == 1
