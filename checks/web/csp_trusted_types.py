"""Trusted Types are recorded."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats import csp
from scanner.formats.shown import header_snippets
from scanner.observation.web import Page
from scanner.page_policy import policies

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-trusted-types",
    title="DOM sinks take typed values only",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Add `require-trusted-types-for 'script'` in a trial first; nobody demands it.",
    snippets=header_snippets(csp.REPORTED, "require-trusted-types-for 'script'"),
    references=(Reference("Trusted Types", "4.1"), Reference("CSP Level 3", "4.4.1")),
    roles=(Role.WEB,),
    others={
        "required": Page.from_text(f"{CSP}: require-trusted-types-for 'script'"),
        "weakened": Page.from_text(
            f"{CSP}: require-trusted-types-for 'script'; trusted-types * 'allow-duplicates'"
        ),
        "names only": Page.from_text(f"{CSP}: trusted-types agency"),
        "no": Page.from_text(f"{CSP}: default-src 'self'"),
        "no policy": Page.from_text(),
    },
)
def csp_trusted_types(page: Page) -> Judgement:
    """Where sinks take typed values only, a whole class of script injection is gone."""
    found = policies(page).enforced
    if not found:
        return not_applicable("No policy is enforced.")
    names = [word for one in found for word in one.directives.get("trusted-types", ())]
    if not any(one.requires_trusted_types for one in found):
        if names:
            return informational(
                "Names of types are restricted, but typed values are not required."
            )
        return informational("Trusted Types are not required; nobody demands them.")
    weak = [one for one in names if one.lower() in {"*", "'allow-duplicates'"}]
    if weak:
        return informational(
            "Trusted Types are required, and weakened by {words}.", words=" ".join(weak)
        )
    return informational("Trusted Types are required: a class of script injection is gone.")
