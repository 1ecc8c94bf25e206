"""A policy in the page says only what it can say there."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.shown import header_snippets
from scanner.observation.web import Elements, Page

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-meta-limits",
    title="A policy in the page has its effect there",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Send the policy as a header. In a `<meta>` it counts inside `<head>` only, covers nothing
        before it, and cannot carry frame-ancestors, sandbox, report-uri or a trial.
    """,
    snippets=header_snippets(CSP, "default-src 'self'; frame-ancestors 'self'"),
    references=(Reference("CSP Level 3", "3.3"), Reference("HTML", "4.2.5.3")),
    roles=(Role.WEB,),
    passes={
        "fit for a page": Page.from_text(elements=Elements(policies=("default-src 'self'",))),
        "a script before it": Page.from_text(
            elements=Elements(policies=("default-src 'self'",), early_scripts=("/a.js",))
        ),
    },
    fails={
        "void there": Page.from_text(elements=Elements(policies=("frame-ancestors 'none'",))),
        "in the body": Page.from_text(
            elements=Elements(stray_policies=("content-security-policy: default-src 'self'",))
        ),
    },
    others={
        "none in the page": Page.from_text(f"{CSP}: default-src 'self'"),
        "not a page": NOT_A_PAGE,
    },
)
def csp_meta_limits(page: Page) -> tuple[Judgement, ...]:
    """The owner believes in a protection that browsers throw away without a word."""
    elements = page.elements
    if elements is None or not (elements.policies or elements.stray_policies):
        return (not_applicable("No policy stands in the page."),)
    void = [name for one in elements.policies for name in csp.meta_policy(one).void]
    evidence = tuple(f"<meta> in the head: {one[:300]}" for one in elements.policies)
    notes: tuple[Judgement, ...] = ()
    if elements.early_scripts:
        notes = (
            informational(
                "The policy in the page does not cover the scripts before it, such as {first}.",
                first=elements.early_scripts[0],
                item="scripts before it",
                evidence=elements.early_scripts,
            ),
        )
    if void or elements.stray_policies:
        return (
            failed(
                "Browsers ignore in the page: {what}.",
                what=", ".join([*void, *(one[:80] for one in elements.stray_policies)]),
                evidence=(*evidence, *elements.stray_policies),
            ),
            *notes,
        )
    return (passed("What the policy in the page says counts there.", evidence=evidence), *notes)
