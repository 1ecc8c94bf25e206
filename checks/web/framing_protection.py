"""Other sites may not show the page in a frame."""

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
from scanner.formats import csp
from scanner.observation.web import Page

CSP, XFO = "Content-Security-Policy", "X-Frame-Options"
VALID = frozenset({"deny", "sameorigin"})


@check(
    id="framing-protection",
    title="Other sites cannot show the page inside theirs",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Send `Content-Security-Policy: frame-ancestors 'self'`, or `X-Frame-Options: SAMEORIGIN`.",
    snippets={"nginx": "add_header Content-Security-Policy \"frame-ancestors 'self'\" always;"},
    references=(Reference("CSP Level 3", "6.4.2"), Reference("HTML", "X-Frame-Options")),
    records=(XFO_VALID,),
    roles=(Role.WEB,),
    passes={
        "frame-ancestors": Page.from_text(f"{CSP}: frame-ancestors 'self'"),
        "the old header": Page.from_text(f"{XFO}: DENY"),
        "frame-ancestors outranks the old header": Page.from_text(
            f"{CSP}: frame-ancestors 'none'", f"{XFO}: ALLOW-FROM https://x.example"
        ),
    },
    fails={
        "neither": Page.from_text(),
        "everybody": Page.from_text(f"{CSP}: frame-ancestors *", f"{XFO}: DENY"),
        "a value that browsers ignore": Page.from_text(f"{XFO}: ALLOW-FROM https://x.example"),
        "two values that contradict": Page.from_text(f"{XFO}: ALLOWALL, x"),
    },
    others={"not a page": Page(Page.from_text().exchange)},
)
def framing_protection(page: Page) -> Judgement:
    """A page in an invisible frame makes visitors press buttons that they do not see."""
    words = {one.strip().lower() for one in (page.exchange.joined(XFO) or "").split(",")} - {""}
    facts = {XFO_VALID: (len(words) == 1 and words <= VALID) if words else None}
    if page.elements is None:
        return not_applicable("The answer is not a page.", facts=facts)
    evidence = (*page.exchange.sent(CSP), *page.exchange.sent(XFO))
    ancestors = csp.strictest(csp.policies(page.exchange.values(CSP)), csp.FRAMES)
    if ancestors == "open":
        return failed("Its frame-ancestors lets every site in.", evidence=evidence, facts=facts)
    if ancestors:
        return passed(
            "It sends frame-ancestors ({kind}).", kind=ancestors, evidence=evidence, facts=facts
        )
    if words & VALID:
        return passed("It sends X-Frame-Options.", evidence=evidence, facts=facts)
    if words:
        return failed("Browsers ignore its X-Frame-Options.", evidence=evidence, facts=facts)
    return failed("Neither frame-ancestors nor X-Frame-Options is sent.", facts=facts)
