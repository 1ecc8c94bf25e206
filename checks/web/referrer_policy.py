"""Addresses of pages are not told to other sites."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation.web import Elements, Page

FIELD = "Referrer-Policy"
GOOD = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})
LAX = frozenset({"origin", "origin-when-cross-origin", "no-referrer-when-downgrade"})
KNOWN = GOOD | LAX | {"unsafe-url"}
DEFAULT = "strict-origin-when-cross-origin"


@check(
    id="referrer-policy",
    title="Other sites do not learn which page a visitor came from",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `Referrer-Policy: strict-origin-when-cross-origin`, or `same-origin`.",
    snippets={"nginx": 'add_header Referrer-Policy "strict-origin-when-cross-origin" always;'},
    references=(Reference("Referrer Policy", "8.1"),),
    roles=(Role.WEB,),
    passes={
        "the default of browsers": Page.from_text(),
        "the last known word counts": Page.from_text(f"{FIELD}: unsafe-url, same-origin, x"),
        "unknown words only": Page.from_text(f"{FIELD}: never-ever"),
    },
    fails={
        "everything": Page.from_text(f"{FIELD}: unsafe-url"),
        "in the page": Page.from_text(elements=Elements(referrer="unsafe-url")),
        "the origin, even without encryption": Page.from_text(f"{FIELD}: origin"),
    },
)
def referrer_policy(page: Page) -> Judgement:
    """The address of a page can say what a citizen is looking for: an illness, a complaint."""
    evidence = page.exchange.sent(FIELD)
    words = [one.strip().lower() for one in (page.exchange.joined(FIELD) or "").split(",")]
    known = [one for one in words if one in KNOWN]
    in_page = (page.elements.referrer if page.elements else "").lower()
    effective = in_page if in_page in KNOWN else (known or [DEFAULT])[-1]
    if effective in GOOD:
        return passed("The policy in force is {policy}.", policy=effective, evidence=evidence)
    severity = Severity.LOW if effective in LAX else Severity.MEDIUM
    return failed(
        "The policy in force is {policy}.", policy=effective, severity=severity, evidence=evidence
    )
