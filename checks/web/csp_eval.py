"""Text does not become code."""

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
from scanner.page_policy import answered, policies

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-eval",
    title="Text does not become code by eval",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="""
        Take `'unsafe-eval'` out of `script-src`; replace `eval`, `new Function` and timers with text
        in the site's own scripts, or the library that needs them.
    """,
    snippets=header_snippets(CSP, "script-src 'self'"),
    references=(Reference("CSP Level 3", "4.4.1"),),
    roles=(Role.WEB,),
    passes={
        "not allowed": Page.from_text(f"{CSP}: script-src 'self'"),
        "WebAssembly alone": Page.from_text(f"{CSP}: script-src 'self' 'wasm-unsafe-eval'"),
        "trusted-types-eval without Trusted Types": Page.from_text(
            f"{CSP}: script-src 'self' 'trusted-types-eval'"
        ),
    },
    fails={
        "no policy": Page.from_text(),
        "unsafe-eval": Page.from_text(f"{CSP}: script-src 'self' 'unsafe-eval'"),
        "elements are no matter here": Page.from_text(f"{CSP}: script-src-elem 'self'"),
        "trusted-types-eval with Trusted Types": Page.from_text(
            f"{CSP}: script-src 'trusted-types-eval'; require-trusted-types-for 'script'"
        ),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_eval(page: Page) -> tuple[Judgement, ...]:
    """Where text becomes code, what a visitor or a foreign answer brings in may run as a script."""
    said = answered(page, csp.ask_eval)
    if said is None:
        return (not_applicable("The answer is not a page that runs scripts."),)
    if said.is_allowed:
        evidence = (*said.evidence, expected("script-src without 'unsafe-eval'"))
        return (
            failed(
                "Text can become code: {how}.", how=said.how, evidence=evidence, cause=said.cause
            ),
        )
    verdict = passed("Text does not become code.", evidence=said.evidence)
    if csp.ask(policies(page).enforced, capability.WASM).is_allowed:
        return (verdict, informational("WebAssembly may be compiled.", item="WebAssembly"))
    return (verdict,)
