"""X-Frame-Options has a value that browsers know."""

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
from scanner.fact import XFO_VALID
from scanner.formats import framing
from scanner.formats.shown import expected, header_snippets, seen
from scanner.observation.web import Page

FIELD = "X-Frame-Options"


@check(
    id="x-frame-options-syntax",
    title="X-Frame-Options is DENY or SAMEORIGIN",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Send one of the two words, once; replace `ALLOW-FROM` by `frame-ancestors` with the name.",
    snippets=header_snippets(FIELD, "SAMEORIGIN"),
    references=(Reference("HTML", "7.7.1 X-Frame-Options"),),
    records=(XFO_VALID,),
    roles=(Role.WEB,),
    passes={
        "deny": Page.from_text(f"{FIELD}: DENY"),
        "the same word twice": Page.from_text(f"{FIELD}: SameOrigin", f"{FIELD}: SAMEORIGIN"),
    },
    fails={
        "a word that browsers ignore": Page.from_text(f"{FIELD}: ALLOW-FROM https://x.example"),
        "two words": Page.from_text(f"{FIELD}: DENY, SAMEORIGIN"),
        "empty": Page.from_text(f"{FIELD}:"),
    },
    others={"not sent": Page.from_text()},
)
def x_frame_options_syntax(page: Page) -> Judgement:
    """A value that browsers do not know protects nobody, and two of them confuse."""
    joined = page.exchange.joined(FIELD)
    if joined is None:
        return not_applicable("The header is not sent.", facts={XFO_VALID: None})
    found = framing.values(joined)
    is_valid = len(found) == 1 and found <= framing.VALID
    facts = {XFO_VALID: is_valid}
    evidence = seen(page.exchange, FIELD)
    if is_valid:
        return passed("It says {value}.", value=joined[:60], evidence=evidence, facts=facts)
    return failed(
        "It says {value}, which is not one of the two words that browsers know.",
        value=joined[:100] or "nothing",
        evidence=(*evidence, expected("DENY or SAMEORIGIN")),
        facts=facts,
    )
