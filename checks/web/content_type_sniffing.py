"""Browsers are told not to guess types."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    passed,
)
from scanner.formats.shown import expected, header_snippets, seen
from scanner.observation.web import (
    Page,
)

FIELD = "X-Content-Type-Options"


@check(
    id="content-type-sniffing",
    title="Browsers are told not to guess the type of files",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `X-Content-Type-Options: nosniff` on every answer, once.",
    snippets=header_snippets(FIELD, "nosniff"),
    references=(Reference("Fetch", "X-Content-Type-Options header"),),
    roles=(Role.WEB,),
    passes={
        "nosniff": Page.from_text(f"{FIELD}: nosniff"),
        "the first item counts": Page.from_text(f"{FIELD}: NoSniff, x"),
    },
    fails={
        "not sent": Page.from_text("Content-Type: text/html"),
        "not sent, and no type": Page.from_text(),
        "another word": Page.from_text(f"{FIELD}: no-sniff"),
        "not the first item": Page.from_text(f"{FIELD}: x, nosniff"),
    },
)
def content_type_sniffing(page: Page) -> Judgement:
    """An uploaded picture must not run as a script because a browser thinks it looks like one."""
    evidence = seen(page.exchange, FIELD)
    first = (page.exchange.joined(FIELD) or "").partition(",")[0].strip()
    if first.lower() == "nosniff":
        return passed("It says nosniff.", evidence=evidence)
    severity = Severity.LOW if page.exchange.first("Content-Type") else Severity.MEDIUM
    wanted = expected(f"{FIELD}: nosniff")
    if not evidence:
        return failed("The header is not sent.", severity=severity, evidence=(wanted,))
    return failed(
        "Its first word is {word}, not nosniff.",
        word=first[:60] or "empty",
        severity=severity,
        evidence=(*evidence, wanted),
    )
