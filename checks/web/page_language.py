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

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
TAG = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,8}", re.IGNORECASE | re.ASCII)


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
    passes={"English": _page("en-GB"), "Urdu": _page("ur", "rtl")},
    fails={
        "none": _page(),
        "no language": _page("english language"),
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
    if language.partition("-")[0].lower() in RIGHT_TO_LEFT and direction != "rtl":
        return failed(
            "It is in {language}, which runs from the right, and does not say so.",
            language=language,
            evidence=(expected("<html dir=rtl>"),),
        )
    return passed("Its language is {language}.", language=language)
