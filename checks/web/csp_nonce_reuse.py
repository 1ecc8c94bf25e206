"""Every answer has a nonce of its own."""

from datetime import UTC, datetime

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.csp.nonce import look_counted, script_nonces, style_nonces
from scanner.formats.shown import seen
from scanner.observation.web import Elements, HttpExchange, Page
from scanner.observation.web_probes import SecondPage
from scanner.page_policy import policies

FIELD = csp.ENFORCED
ONE, TWO = "nonce-MTIzNDU2Nzg5MDEyMzQ1Ng==", "nonce-kQ9mZr2vT7xB1LwYc4nHsA=="

NOW = datetime(2026, 11, 25, tzinfo=UTC)
MISSED = Unobserved(Reason.BUDGET_EXHAUSTED)


def _pair(first: str, second: str) -> tuple[Page, SecondPage]:
    page, again = (Page.from_text(f"{FIELD}: {one}") for one in (first, second))
    return page, SecondPage("192.0.2.7", again.exchange, Elements(), NOW, NOW)


@check(
    id="csp-nonce-reuse",
    title="Every answer carries a nonce of its own",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Make the nonce anew for every answer, and keep pages that carry one out of shared caches
        (`Cache-Control: no-store`), or let the cache put it in.
    """,
    snippets={
        "nginx": "set $nonce $request_id; # new for every request; never inside a cached body",
        "apache": "Let the application make it; mod_cache must not keep the page: Header always set Cache-Control no-store",
        "iis": "Make it for each request in the application, and leave the page out of output caching",
    },
    references=(Reference("CSP Level 3", "7.1"),),
    roles=(Role.WEB,),
    passes={"two nonces": _pair(f"script-src '{ONE}'", f"script-src '{TWO}'")},
    fails={
        "the same": _pair(f"script-src '{ONE}'", f"script-src '{ONE}'"),
        "the same for styles": _pair(f"style-src '{ONE}'", f"style-src '{ONE}'"),
        "the same from a cache": (
            Page.from_text(f"{FIELD}: script-src '{ONE}'"),
            SecondPage(
                "192.0.2.7",
                Page.from_text(f"{FIELD}: script-src '{ONE}'", "Age: 30").exchange,
                Elements(),
                NOW,
                NOW,
            ),
        ),
        "a counter": _pair(
            "script-src 'nonce-202611251800000001'", "script-src 'nonce-202611251800000002'"
        ),
    },
    others={
        "no nonce": _pair("script-src 'self'", "script-src 'self'"),
        "one fetch only": (Page.from_text(f"{FIELD}: script-src '{ONE}'"), MISSED),
        "one fetch only, and no nonce": (Page.from_text(), MISSED),
    },
)
def csp_nonce_reuse(page: Page, again: SecondPage | Unobserved) -> Judgement:
    """A nonce that an attacker can read in his own answer trusts his scripts in everybody's."""
    first = policies(page).enforced
    if isinstance(again, SecondPage):
        return _compared(page, again, first)
    if script_nonces(first) or style_nonces(first):
        return inconclusive(again.reason, "The page could not be fetched a second time.")
    return not_applicable("No policy has a nonce.")


def _compared(page: Page, again: SecondPage, first: tuple[csp.Policy, ...]) -> Judgement:
    second = _enforced(again)
    scripts = script_nonces(first), script_nonces(second)
    styles = style_nonces(first), style_nonces(second)
    if not any((*scripts, *styles)):
        return not_applicable("No policy has a nonce.")
    evidence = (*seen(page.exchange, FIELD), *seen(again.exchange, FIELD), *_cached(again.exchange))
    if scripts[0] & scripts[1]:
        return failed(
            "Two answers carry the same nonce: whoever reads one can write scripts for the other.",
            evidence=evidence,
        )
    counted = [
        (one, other) for one in scripts[0] for other in scripts[1] if look_counted(one, other)
    ]
    if counted:
        return failed(
            "The nonces of two answers differ in their last characters only, like a clock or counter.",
            confidence=Confidence.TENTATIVE,
            evidence=evidence,
        )
    if styles[0] & styles[1]:
        return failed(
            "Two answers carry the same nonce for styles.", severity=Severity.LOW, evidence=evidence
        )
    return passed("The nonces of two answers differ.", evidence=evidence)


def _enforced(again: SecondPage) -> tuple[csp.Policy, ...]:
    return policies(Page(again.exchange, again.elements)).enforced


def _cached(exchange: HttpExchange) -> tuple[str, ...]:
    """What tells that the page came from a cache."""
    age = exchange.first("Age") or ""
    hit = [
        one
        for one in ("X-Cache", "CF-Cache-Status")
        if "hit" in (exchange.first(one) or "").lower()
    ]
    if (age.isascii() and age.isdigit() and int(age[:9]) > 0) or hit:
        return ("the second answer came from a cache", *seen(exchange, "Age", *hit))
    return ()
