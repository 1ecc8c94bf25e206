"""Addresses of pages are not told to other sites."""

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
    Elements,
    Page,
)

FIELD = "Referrer-Policy"
GOOD = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})
LAX = frozenset({"origin", "origin-when-cross-origin", "no-referrer-when-downgrade"})
KNOWN = GOOD | LAX | {"unsafe-url"}
DEFAULT = "strict-origin-when-cross-origin"
IN_PAGES_ONLY = {  # HTML 4.2.5.1
    "never": "no-referrer",
    "default": DEFAULT,
    "always": "unsafe-url",
    "origin-when-crossorigin": "origin-when-cross-origin",
}


@check(
    id="referrer-policy",
    title="Other sites do not learn which page a visitor came from",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `Referrer-Policy: strict-origin-when-cross-origin`, or `same-origin`.",
    snippets=header_snippets(FIELD, DEFAULT),
    references=(Reference("Referrer Policy", "8.1"), Reference("HTML", "4.2.5.1")),
    roles=(Role.WEB,),
    passes={
        "the default of browsers": Page.from_text(),
        "the last known word counts": Page.from_text(f"{FIELD}: unsafe-url, same-origin, x"),
        "unknown words only": Page.from_text(f"{FIELD}: never-ever"),
        "the page's own word comes later": Page.from_text(
            f"{FIELD}: unsafe-url", elements=Elements(referrer="never")
        ),
    },
    fails={
        "everything": Page.from_text(f"{FIELD}: unsafe-url"),
        "in the page": Page.from_text(elements=Elements(referrer="always")),
        "the origin, even without encryption": Page.from_text(f"{FIELD}: origin"),
    },
)
def referrer_policy(page: Page) -> Judgement:
    """The address of a page can say what a citizen is looking for: an illness, a complaint."""
    evidence = seen(page.exchange, FIELD)
    words = [one.strip().lower() for one in (page.exchange.joined(FIELD) or "").split(",")]
    known = [one for one in words if one in KNOWN]
    written = (page.elements.referrer if page.elements else "").strip().lower()
    in_page = IN_PAGES_ONLY.get(written, written)
    if in_page in KNOWN:
        evidence = (*evidence, f"in the page: <meta name=referrer content={written}>")
    effective = in_page if in_page in KNOWN else (known or [DEFAULT])[-1]
    if effective not in GOOD:
        return failed(
            "The policy in force is {policy}.",
            policy=effective,
            severity=Severity.LOW if effective in LAX else Severity.MEDIUM,
            evidence=(*evidence, expected(f"{FIELD}: {DEFAULT}")),
        )
    if not evidence:
        return passed("None is sent: the default of browsers, {policy}, holds.", policy=DEFAULT)
    return passed("The policy in force is {policy}.", policy=effective, evidence=evidence)
