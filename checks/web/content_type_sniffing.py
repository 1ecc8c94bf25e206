"""Browsers are told not to guess types."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation.web import Page

FIELD = "X-Content-Type-Options"


@check(
    id="content-type-sniffing",
    title="Browsers are told not to guess the type of files",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `X-Content-Type-Options: nosniff` on every answer.",
    snippets={
        "nginx": 'add_header X-Content-Type-Options "nosniff" always;',
        "apache": 'Header always set X-Content-Type-Options "nosniff"',
    },
    references=(Reference("Fetch", "X-Content-Type-Options header"),),
    roles=(Role.WEB,),
    passes={
        "nosniff": Page.from_text(f"{FIELD}: nosniff"),
        "the first item counts": Page.from_text(f"{FIELD}: NoSniff, x"),
    },
    fails={
        "not sent": Page.from_text(),
        "another word": Page.from_text(f"{FIELD}: no-sniff"),
        "not the first item": Page.from_text(f"{FIELD}: x, nosniff"),
    },
)
def content_type_sniffing(page: Page) -> Judgement:
    """An uploaded picture must not run as a script because a browser thinks it looks like one."""
    evidence = page.exchange.sent(FIELD)
    first = (page.exchange.joined(FIELD) or "").partition(",")[0].strip()
    if first.lower() == "nosniff":
        return passed("It says nosniff.", evidence=evidence)
    if not evidence:
        return failed("The header is not sent.")
    return failed(
        "Its first word is {word}, not nosniff.", word=first[:60] or "empty", evidence=evidence
    )
