"""Forms cannot be sent elsewhere."""

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
from scanner.formats import csp
from scanner.formats.csp import capability
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import Page
from scanner.page_policy import asked

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-form-action",
    title="A form that an attacker writes into the page is not sent to him",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `form-action 'self'` and the hosts that forms are really sent to; default-src does not cover it.",
    snippets=header_snippets(CSP, "form-action 'self'"),
    references=(Reference("CSP Level 3", "6.4.1"),),
    roles=(Role.WEB,),
    passes={
        "own forms only": Page.from_text(f"{CSP}: form-action 'self'"),
        "a sandbox without forms": Page.from_text(f"{CSP}: sandbox allow-scripts"),
    },
    fails={
        "no policy": Page.from_text(),
        "default-src does not cover it": Page.from_text(f"{CSP}: default-src 'self'"),
        "everybody": Page.from_text(f"{CSP}: form-action https:"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_form_action(page: Page) -> Judgement:
    """A login form written into a ministry's page is believed, and needs no script to steal."""
    said = asked(page, capability.FORM)
    if said is None:
        return not_applicable("The answer is not a page.")
    if said.is_allowed:
        return failed(
            "A form can be sent anywhere: {how}.",
            how=said.how,
            evidence=(*said.evidence, expected("form-action 'self'")),
            confidence=said.confidence,
            cause=said.cause,
        )
    return passed("Forms are sent to named places only.", evidence=said.evidence)
