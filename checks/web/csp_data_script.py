"""A script cannot be carried by a data: address."""

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
from scanner.formats.csp import capability
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import Page
from scanner.page_policy import asked, policies

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-data-script",
    title="Scripts in data: addresses do not run",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Take `data:` out of `script-src` (and out of `default-src` where that governs).",
    snippets=header_snippets(CSP, "script-src 'self'; img-src 'self' data:"),
    references=(Reference("CSP Level 3", "6.7.2.8"),),
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{CSP}: default-src 'self'"),
        "a star is no data:": Page.from_text(f"{CSP}: script-src *"),
        "blob: alone needs a script first": Page.from_text(f"{CSP}: script-src 'self' blob:"),
    },
    fails={
        "no policy": Page.from_text(),
        "data:": Page.from_text(f"{CSP}: script-src 'self' data:"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_data_script(page: Page) -> tuple[Judgement, ...]:
    """A script whose address is the script itself needs no server, only the flaw in the page."""
    said = asked(page, capability.DATA_SCRIPT)
    if said is None:
        return (not_applicable("The answer is not a page that runs scripts."),)
    notes = []
    made = csp.ask(policies(page).enforced, capability.MADE_SCRIPT)
    if made.is_allowed and made.hole.token:
        notes.append(
            informational(
                "A script that runs can make another from {token}.",
                token=made.hole.token,
                item="made script",
            )
        )
    if said.is_allowed:
        verdict = failed(
            "A script in a data: address runs: {how}.",
            how=said.how,
            evidence=(*said.evidence, expected("script-src without data:")),
            cause=said.cause,
        )
    else:
        verdict = passed("Scripts in data: addresses are refused.", evidence=said.evidence)
    return (verdict, *notes)
