"""Every answer says what it is."""

import re

import msgspec

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
from scanner.formats import charset
from scanner.formats.shown import expected, seen
from scanner.observation.web import (
    Body,
    Elements,
    Page,
)

FIELD = "Content-Type"
TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+", re.ASCII)


def _page(*lines: str, charset: str = "", size: int = 9) -> Page:
    made = Page.from_text(*lines, elements=Elements(charset=charset))
    return Page(
        msgspec.structs.replace(made.exchange, body=Body(volatile={"size": size})), made.elements
    )


@check(
    id="content-type-presence",
    title="The page says what it is, and in which characters",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `Content-Type: text/html; charset=utf-8`, once.",
    snippets={
        "nginx": "charset utf-8; # with: include mime.types;",
        "apache": "AddDefaultCharset utf-8",
        "iis": '<staticContent><mimeMap fileExtension=".html" mimeType="text/html; charset=utf-8" /></staticContent>',
    },
    references=(Reference("Fetch", "Content-Type header"), Reference("HTML", "13.2.3.2")),
    roles=(Role.WEB,),
    passes={
        "type and characters": _page(f"{FIELD}: text/html; charset=utf-8"),
        "characters in the page": _page(f"{FIELD}: text/html", charset="utf-8"),
        "no text": _page(f"{FIELD}: application/json"),
    },
    fails={
        "none": _page(),
        "no type": _page(f"{FIELD}: html"),
        "two types": _page(f"{FIELD}: text/html", f"{FIELD}: text/plain"),
        "no characters": _page(f"{FIELD}: text/html"),
        "unknown characters": _page(f"{FIELD}: text/html; charset=utf-99"),
    },
    others={"no body": _page(size=0)},
)
def content_type_presence(page: Page) -> Judgement:
    """Without it a browser guesses, and a guess can be steered by whoever writes the content."""
    values = page.exchange.values(FIELD)
    evidence = seen(page.exchange, FIELD)
    wanted = expected(f"{FIELD}: text/html; charset=utf-8")
    if not values:
        if not page.exchange.body.volatile.get("size"):
            return not_applicable("The answer has no body.")
        return failed("The answer does not say what it is.", evidence=(wanted,))
    essences = {one.partition(";")[0].strip().lower() for one in values}
    if len(essences) > 1:
        return failed("The answer says that it is two things.", evidence=(*evidence, wanted))
    return _typed(essences.pop(), page, (*evidence, wanted))


def _typed(essence: str, page: Page, evidence: tuple[str, ...]) -> Judgement:
    """One type is named: is it one, and in which characters is it written."""
    if not TYPE.fullmatch(essence):
        shown = essence[:60] or "empty"
        return failed("Its type is {type}, which is none.", type=shown, evidence=evidence)
    if not essence.startswith("text/"):
        return passed("It is {type}.", type=essence, evidence=evidence[:-1])
    in_page = page.elements.charset if page.elements else ""
    named = charset.in_header(page.exchange.values(FIELD)[-1]) or in_page
    if not named:
        return failed("It does not say in which characters it is written.", evidence=evidence)
    if not charset.known(named):
        return failed(
            "Its characters are {name}, which nobody knows.", name=named[:40], evidence=evidence
        )
    return passed("It is {type} in {name}.", type=essence, name=named[:40], evidence=evidence[:-1])
