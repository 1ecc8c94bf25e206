"""The policy says what it was meant to say."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    counted,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.shown import header_snippets, seen
from scanner.observation.web import Elements, Page
from scanner.page_policy import sent

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-syntax",
    title="Browsers understand every word of the policy",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Put keywords, nonces and hashes in single quotes, end each directive with a semicolon, name
        each directive once, and leave obsolete ones out. `govscan csp "POLICY"` shows each place.
    """,
    snippets=header_snippets(CSP, "default-src 'self'; object-src 'none'"),
    references=(Reference("CSP Level 3", "2.2.1"), Reference("CSP Level 3", "2.3.1")),
    roles=(Role.WEB,),
    passes={"well written": Page.from_text(f"{CSP}: default-src 'self'; report-uri /csp")},
    fails={
        "no quotes": Page.from_text(f"{CSP}: default-src self"),
        "a directive twice": Page.from_text(f"{CSP}: img-src 'self'; img-src *"),
        "an unknown directive": Page.from_text(f"{CSP}: scripts-src 'self'"),
        "an obsolete directive": Page.from_text(f"{CSP}: plugin-types application/pdf"),
        "a letter that is not ASCII": Page.from_text(
            f"{CSP}: img-src caf\u00e9; default-src 'self'"
        ),
        "a comma in a page's policy": Page.from_text(
            elements=Elements(policies=("default-src 'self', script-src 'self'",))
        ),
        "only reported": Page.from_text(f"{csp.REPORTED}: default-src self"),
    },
    others={"no policy": Page.from_text()},
)
def csp_syntax(page: Page) -> Judgement:
    """What browsers do not understand they skip in silence: the owner believes himself protected."""
    lines = page.exchange.values(CSP) + page.exchange.values(csp.REPORTED)
    parsed = [csp.parse(part) for line in lines for part in line.split(",")]
    parsed += map(csp.meta_policy, page.elements.policies if page.elements else ())
    found = [one for one in parsed if one.directives or one.ignored]
    if not found:
        return not_applicable("No policy is sent.")
    wrong = [one for policy in found for one in csp.problems(policy)]
    if not wrong:
        return passed("Browsers understand every word of it.", evidence=_sent(page))
    worst = next((one for one in wrong if not one.is_minor), wrong[0])
    return failed(
        counted(
            "In {directive}: {problem}.",
            "The policy has {n} defects; in {directive}: {problem}.",
            n=len(wrong),
            directive=worst.directive,
            problem=worst.message,
        ),
        severity=Severity.INFO if worst.is_minor else Severity.LOW,
        evidence=(*_sent(page), *(f"{one.directive}: {one.message.text}" for one in wrong[:20])),
    )


def _sent(page: Page) -> tuple[str, ...]:
    return sent(page) + seen(page.exchange, csp.REPORTED)
