"""The page says in which language it is."""

import re

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.shown import expected
from scanner.observation.web import (
    Elements,
    Page,
)

RIGHT_TO_LEFT = frozenset(
    {"ar", "ckb", "dv", "fa", "he", "iw", "pnb", "ps", "sd", "skr", "syr", "ug", "ur", "yi"}
)
# The language has two or three letters, or five and more; none has four (RFC 5646 2.2.1).
TAG = re.compile(
    r"(?:[a-z]{2,3}|[a-z]{5,8}|[ix](?=-))(?:-[a-z0-9]{1,8}){0,8}", re.IGNORECASE | re.ASCII
)
SCRIPT = re.compile(r"-([a-z]{4})(?:-|$)", re.IGNORECASE | re.ASCII)
FROM_THE_RIGHT = frozenset({"arab", "aran", "hebr", "syrc", "thaa"})


def _page(language: str = "", direction: str = "") -> Page:
    return Page.from_text(elements=Elements(language=language, direction=direction))


@check(
    id="page-language",
    title="The page says in which language it is, and in which direction it is read",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Write `<html lang=en>`, or `<html lang=ur dir=rtl>`.",
    snippets={
        "html": '<html lang="ur" dir="rtl">',
        "nginx": "Nothing to do in the server: it is the template's first line",
        "apache": "Nothing to do in the server: it is the template's first line",
        "iis": "Nothing to do in the server: it is the template's first line",
    },
    references=(Reference("WCAG 2.2", "3.1.1"), Reference("HTML", "3.2.6.4")),
    roles=(Role.WEB,),
    passes={
        "English": _page("en-GB"),
        "Urdu": _page("ur", "rtl"),
        "in Latin letters": _page("ur-Latn"),
    },
    fails={
        "none": _page(),
        "no language": _page("english language"),
        "a name, not a tag": _page("urdu", "rtl"),
        "the direction is missing": _page("ur-PK"),
    },
    others={"not a page": Page(Page.from_text().exchange)},
)
def page_language(page: Page) -> Judgement:
    """A screen reader speaks a page in the language that it names, and Urdu runs from the right."""
    if page.elements is None:
        return not_applicable("The answer is not a page.")
    language, direction = page.elements.language, page.elements.direction
    if not language:
        return failed(
            "It does not say in which language it is.", evidence=(expected("<html lang=...>"),)
        )
    if not TAG.fullmatch(language):
        return failed("Its language is {language}, which names none.", language=language)
    if _is_from_the_right(language) and direction not in {"rtl", "auto"}:
        return failed(
            "It is in {language}, which runs from the right, and does not say so.",
            language=language,
            evidence=(expected("<html dir=rtl>"),),
        )
    return passed("Its language is {language}.", language=language)


def _is_from_the_right(language: str) -> bool:
    """By the script that the tag names, else by the one that the language is written in."""
    if script := SCRIPT.search(language):
        return script[1].lower() in FROM_THE_RIGHT
    return language.partition("-")[0].lower() in RIGHT_TO_LEFT
