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
    remediation="Find the two rules that send visitors to each other, and remove one.",
    references=(Reference("RFC 9110", "15.4"),),
    roles=(Role.WEB,),
    passes={"one step": RedirectChain((MOVED, OK), ChainEnd.ANSWERED)},
    fails={
        "a circle": RedirectChain((MOVED, MOVED), ChainEnd.LOOP, "https://www.agency.example/a"),
        "more than ten": RedirectChain((MOVED,) * 11, ChainEnd.TOO_LONG, "https://a.example/12"),
    },
    others={
        "no redirect": RedirectChain((OK,), ChainEnd.ANSWERED),
        "out of scope": RedirectChain(
            (MOVED,), ChainEnd.OUT_OF_SCOPE, "https://x.test/", Reason.OUT_OF_SCOPE
        ),
        "a void target": RedirectChain((MOVED,), ChainEnd.INVALID_TARGET),
    },
)
def redirect_loop(chain: RedirectChain) -> Judgement:
    """A visitor who is sent in circles never sees the site."""
    evidence = tuple(f"{hop.status} {hop.url}"[:200] for hop in chain.hops)
    match chain.end:
        case ChainEnd.LOOP | ChainEnd.TOO_LONG:
            return failed(
                "After {n} steps it leads again to {url}.",
                n=len(chain.hops),
                url=chain.target[:200],
                confidence=Confidence.FIRM,
                evidence=evidence,
            )
        case ChainEnd.ANSWERED if len(chain.hops) == 1:
            return not_applicable("The start page does not redirect.")
        case ChainEnd.ANSWERED:
            return passed("It ends after {n} steps.", n=len(chain.hops) - 1, evidence=evidence)
        case ChainEnd.INVALID_TARGET:
            return not_applicable("A redirect leads to a place that no browser can go to.")
        case _:
            reason = chain.reason or Reason.OUT_OF_SCOPE
            return inconclusive(reason, "Its end was not seen.", evidence=evidence)
