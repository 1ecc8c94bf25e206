"""A policy is enforced, not only watched."""

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
from scanner.formats.shown import header_snippets, seen
from scanner.observation.web import Page
from scanner.page_policy import policies, reported, sent

CSP = csp.ENFORCED
REFUSABLE = (
    capability.INLINE_SCRIPT,
    capability.INLINE_HANDLER,
    capability.FOREIGN_SCRIPT,
    capability.DATA_SCRIPT,
    capability.OBJECT,
)
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-report-only",
    title="A policy that is tried out is also enforced",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Send as `Content-Security-Policy` what has been reported on without complaints for some weeks.",
    snippets=header_snippets(CSP, "default-src 'self'"),
    references=(Reference("CSP Level 3", "3.2"),),
    roles=(Role.WEB,),
    passes={
        "both": Page.from_text(f"{CSP}: script-src 'self'", f"{csp.REPORTED}: script-src 'none'")
    },
    fails={"only reported": Page.from_text(f"{csp.REPORTED}: default-src 'none'")},
    others={"none is tried out": Page.from_text(f"{CSP}: script-src 'self'")},
)
def csp_report_only(page: Page) -> Judgement:
    """A policy that only reports stops nothing, however strict it is."""
    if not reported(page):
        return not_applicable("No policy is sent for reports only.")
    evidence = sent(page) + seen(page.exchange, csp.REPORTED)
    if policies(page).enforced:
        return passed("Another policy is enforced beside the one that reports.", evidence=evidence)
    would = [one.name for one in REFUSABLE if not csp.ask(reported(page), one).is_allowed]
    return failed(
        "The policy only reports: browsers enforce nothing. Enforced it would refuse: {what}.",
        what=", ".join(would) or "nothing that matters",
        evidence=evidence,
    )
