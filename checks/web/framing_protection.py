"""Other sites may not show the page in a frame."""

from scanner import (
    Confidence,
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
from scanner.fact import CSP_FRAME_ANCESTORS
from scanner.formats import csp, framing
from scanner.formats.csp import capability
from scanner.formats.csp.source import Width
from scanner.formats.framing import Framing
from scanner.formats.shown import expected, header_snippets, seen
from scanner.observation.web import Page

CSP, XFO = csp.ENFORCED, "X-Frame-Options"


@check(
    id="framing-protection",
    title="Other sites cannot show the page inside theirs",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="""
        Send `Content-Security-Policy: frame-ancestors 'self'` (or `'none'`, or the names of those
        who may), or `X-Frame-Options: SAMEORIGIN`. In a `<meta>` neither has any effect.
    """,
    snippets=header_snippets(CSP, "frame-ancestors 'self'"),
    references=(Reference("CSP Level 3", "6.4.2"), Reference("HTML", "7.7.1 X-Frame-Options")),
    records=(CSP_FRAME_ANCESTORS,),
    roles=(Role.WEB,),
    passes={
        "frame-ancestors": Page.from_text(f"{CSP}: frame-ancestors 'self'"),
        "the old header": Page.from_text(f"{XFO}: DENY"),
        "the same twice": Page.from_text(f"{XFO}: DENY", f"{XFO}: deny"),
        "two values, one of them valid": Page.from_text(f"{XFO}: SAMEORIGIN, x"),
        "frame-ancestors outranks the old header": Page.from_text(
            f"{CSP}: frame-ancestors 'none'", f"{XFO}: ALLOW-FROM https://x.example"
        ),
        "two policies": Page.from_text(f"{CSP}: frame-ancestors *, frame-ancestors 'self'"),
    },
    fails={
        "neither": Page.from_text(),
        "everybody": Page.from_text(f"{CSP}: frame-ancestors *", f"{XFO}: DENY"),
        "a provider's customers": Page.from_text(f"{CSP}: frame-ancestors *.github.io"),
        "a value that browsers ignore": Page.from_text(f"{XFO}: ALLOW-FROM https://x.example"),
        "two values that nobody knows": Page.from_text(f"{XFO}: x, y"),
        "default-src is no list of frames": Page.from_text(f"{CSP}: default-src 'none'"),
        "only reported": Page.from_text(f"{csp.REPORTED}: frame-ancestors 'none'"),
    },
    others={"not a page": Page(Page.from_text().exchange)},
)
def framing_protection(page: Page) -> Judgement:
    """A page in an invisible frame makes visitors press buttons that they do not see."""
    found = csp.policies(page.exchange.values(CSP))
    ancestors = csp.strictest(found, csp.FRAMES)
    facts = {CSP_FRAME_ANCESTORS: ancestors}
    evidence = seen(page.exchange, CSP, XFO)
    wanted = expected("frame-ancestors 'self', or X-Frame-Options: SAMEORIGIN")
    if ancestors is not None:
        answer = csp.ask(found, capability.FRAMING)
        if answer.is_allowed:
            return failed(
                "Its frame-ancestors lets every site in ({token}).",
                token=answer.hole.token[:200],
                confidence=Confidence.CERTAIN if answer.width is Width.CERTAIN else Confidence.FIRM,
                evidence=(*evidence, wanted),
                facts=facts,
            )
        return passed(
            "It sends frame-ancestors ({kind}).", kind=ancestors, evidence=evidence, facts=facts
        )
    said = framing.effect(page.exchange.joined(XFO))
    if said.protects:
        return passed(
            "It sends X-Frame-Options ({kind}).", kind=said, evidence=evidence, facts=facts
        )
    if page.elements is None:
        return not_applicable("The answer is not a page.", facts=facts)
    if said is Framing.ABSENT:
        return failed(
            "Neither frame-ancestors nor X-Frame-Options is sent.", evidence=(wanted,), facts=facts
        )
    return failed("Browsers ignore its X-Frame-Options.", evidence=(*evidence, wanted), facts=facts)
