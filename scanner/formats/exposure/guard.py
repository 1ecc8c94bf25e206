"""The class of an answer: what a change of it, in the middle of a scan, says of a guard."""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.formats.exposure.reply import Reply

_BLOCKING = re.compile(
    rb"(?i)request (?:has been )?(?:blocked|rejected)|access denied|attention required!"
    rb"|the requested url was rejected|incident id|incapsula|sucuri website firewall"
    rb"|web page blocked|mod_?security|wordfence|ddos[- ]guard|you have been blocked"
    rb"|captcha|checking your browser|just a moment\.\.\.|bot detection|not acceptable!"
    rb"|web application firewall|unusual traffic|automated (?:requests|access)"
)

_REFUSING = re.compile(
    rb"(?i)<title>\s*(?:request rejected|attention required!|just a moment|access denied"
    rb"|web page blocked|403 forbidden|blocked)|the requested url was rejected"
    rb"|incapsula incident|sucuri website firewall"
)
LARGEST_REFUSAL = 16 << 10
GUARDED = frozenset({401, 403, 406, 429})


class AnswerClass(NamedTuple):
    """Status, whether a page, whether it speaks as guards do."""

    status: int
    is_html: bool
    is_block: bool


def answer_class(reply: Reply) -> AnswerClass:
    """The class of a reply (exposure.md 3, watch)."""
    return AnswerClass(reply.status, reply.is_html, bool(_BLOCKING.search(reply.data[:16384])))


def retry_after(reply: Reply, most: float) -> float:
    """Seconds to wait, as asked, at most ``most``; all of them where nothing usable is said."""
    text = reply.fields.get("retry-after", "").strip()
    return min(float(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else most  # noqa: PLR2004


def is_guard(reply: Reply) -> bool:
    """Whether an answer is that of a guard and tells nothing of the site behind it.

    Words alone count in a small page only: a real page may speak of robots and blocking.
    """
    is_small = len(reply.data) < LARGEST_REFUSAL
    return reply.status in GUARDED or (is_small and bool(_REFUSING.search(reply.data)))
