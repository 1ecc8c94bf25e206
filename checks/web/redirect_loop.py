"""Redirects come to an end."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.observation import Reason
from scanner.observation.web import ChainEnd, HttpExchange, RedirectChain

MOVED = HttpExchange.from_text("HTTP/1.1 302 Found\nLocation: /a")
OK = HttpExchange.from_text("HTTP/1.1 200 OK")


@check(
    id="redirect-loop",
    title="Redirects come to an end",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        Find the two rules that send visitors to each other, and remove one. Behind a proxy that
        ends TLS the application must be told that the visitor came by https.
    """,
    snippets={
        "nginx": "proxy_set_header X-Forwarded-Proto $scheme;",
        "apache": 'RequestHeader set X-Forwarded-Proto "https"',
        "iis": "In the rewrite rule: set HTTP_X_FORWARDED_PROTO to https",
    },
    references=(Reference("RFC 9110", "15.4"),),
    roles=(Role.WEB,),
    passes={
        "one step": RedirectChain((MOVED, OK), ChainEnd.ANSWERED),
        "a circle until a cookie comes back": RedirectChain(
            (MOVED, MOVED), ChainEnd.LOOP, with_cookies=ChainEnd.ANSWERED
        ),
    },
    fails={
        "a circle": RedirectChain((MOVED, MOVED), ChainEnd.LOOP, "https://www.agency.example/a"),
        "a circle, with cookies too": RedirectChain(
            (MOVED, MOVED), ChainEnd.LOOP, with_cookies=ChainEnd.TOO_LONG
        ),
        "more than ten": RedirectChain((MOVED,) * 11, ChainEnd.TOO_LONG, "https://a.example/12"),
    },
    others={
        "no redirect": RedirectChain((OK,), ChainEnd.ANSWERED),
        "out of scope": RedirectChain(
            (MOVED,), ChainEnd.OUT_OF_SCOPE, "https://x.test/", Reason.OUT_OF_SCOPE
        ),
        "a circle whose second walk broke off": RedirectChain(
            (MOVED, MOVED), ChainEnd.LOOP, with_cookies=ChainEnd.FAILED
        ),
        "a void target": RedirectChain((MOVED,), ChainEnd.INVALID_TARGET),
    },
)
def redirect_loop(chain: RedirectChain) -> Judgement:
    """A visitor who is sent in circles never sees the site."""
    evidence = tuple(f"{hop.status} {hop.url}"[:200] for hop in chain.hops)
    match chain.end:
        case ChainEnd.LOOP | ChainEnd.TOO_LONG:
            return _endless(chain, evidence)
        case ChainEnd.ANSWERED if len(chain.hops) == 1:
            return not_applicable("The start page does not redirect.")
        case ChainEnd.ANSWERED:
            return passed("It ends after {n} steps.", n=len(chain.hops) - 1, evidence=evidence)
        case ChainEnd.INVALID_TARGET:
            return not_applicable("A redirect leads to a place that no browser can go to.")
        case _:
            reason = chain.reason or Reason.OUT_OF_SCOPE
            return inconclusive(reason, "Its end was not seen.", evidence=evidence)


def _endless(chain: RedirectChain, evidence: tuple[str, ...]) -> Judgement:
    if chain.with_cookies is ChainEnd.ANSWERED:
        return passed(
            "It ends, but only for a visitor who sends back the cookie that it sets.",
            evidence=evidence,
        )
    if chain.with_cookies in {ChainEnd.FAILED, ChainEnd.OUT_OF_SCOPE}:
        return inconclusive(
            Reason.OUT_OF_SCOPE,
            "It goes in a circle, and with cookies its end was not seen.",
            evidence=evidence,
        )
    return failed(
        "After {n} steps it leads again to {url}.",
        n=len(chain.hops),
        url=chain.target[:200],
        confidence=Confidence.FIRM,
        evidence=(*evidence, "expected: an answer that is no redirect after 10 steps at most"),
    )
