"""No redirect leads back to plain HTTP."""

from itertools import pairwise
from urllib.parse import urlsplit

from scanner import (
    Effort,
    Judgement,
    Message,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.answer import host_of
from scanner.observation.web import ChainEnd, HttpExchange, RedirectChain
from scanner.targets import registrable

WHY = Message("the rest of the chain was not seen")


def _chain(*urls: str, end: ChainEnd = ChainEnd.ANSWERED) -> RedirectChain:
    moves = [
        HttpExchange.from_text(f"HTTP/1.1 301 Moved\nLocation: {after}", before)
        for before, after in pairwise(urls)
    ]
    last = (
        []
        if end is ChainEnd.OUT_OF_SCOPE
        else [HttpExchange.from_text("HTTP/1.1 200 OK", urls[-1])]
    )
    return RedirectChain((*moves, *last), end, urls[-1] if not last else "")


@check(
    id="redirect-downgrade",
    title="No redirect leads from HTTPS back to plain HTTP",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Correct the Location that the application sends; behind a proxy it must be told that the
        visitor came by https (X-Forwarded-Proto).
    """,
    snippets={
        "nginx": "proxy_set_header X-Forwarded-Proto $scheme;",
        "apache": 'RequestHeader set X-Forwarded-Proto "https"',
        "iis": "In the rewrite rule: set HTTP_X_FORWARDED_PROTO to https",
    },
    references=(Reference("OMB M-15-13"),),
    roles=(Role.WEB,),
    passes={"https to the end": _chain("http://a.example/", "https://a.example/")},
    fails={
        "back in the middle": _chain(
            "https://a.example/", "http://a.example/x", "https://a.example/x"
        ),
        "it ends without encryption": _chain("http://a.example/", "http://a.example/start"),
    },
    others={
        "another party's host does it": _chain(
            "https://a.example/", "https://other.test/", "http://other.test/"
        ),
        "it leaves the scope": _chain(
            "http://a.example/", "https://other.test/", end=ChainEnd.OUT_OF_SCOPE
        ),
        "a circle": _chain("http://a.example/", "https://a.example/", end=ChainEnd.LOOP),
        "no redirect at all": _chain("http://a.example/"),
    },
)
def redirect_downgrade(chain: RedirectChain) -> Judgement:  # noqa: PLR0911 - a table
    """One step without encryption is enough for someone on the line to take the visitor over."""
    urls = [hop.url for hop in chain.hops] + ([chain.target] if chain.target else [])
    ours = registrable(host_of(urls[0]))
    if len(urls) == 1:
        return not_applicable("The start page does not redirect.")
    steps = list(pairwise(urls))
    down = [(a, b) for a, b in steps if a.startswith("https:") and b.startswith("http:")]
    own = [step for step in down if registrable(host_of(step[0])) == ours]
    evidence = tuple(url[:200] for url in urls)
    if own:
        return failed(
            "The address {a} redirects to {b}.", a=own[0][0], b=own[0][1], evidence=evidence
        )
    if down:
        return informational(
            "Another party's host, {host}, redirects to plain HTTP.",
            host=host_of(down[0][0]),
            evidence=evidence,
        )
    if chain.end in {ChainEnd.LOOP, ChainEnd.TOO_LONG, ChainEnd.INVALID_TARGET}:
        return not_applicable("No step leads back, and the chain has no end.", evidence=evidence)
    if chain.end is not ChainEnd.ANSWERED:
        return inconclusive(
            chain.reason or Reason.OUT_OF_SCOPE,
            "No step back was seen, but {why} after {url}.",
            why=WHY,
            url=urls[-1][:200],
            evidence=evidence,
        )
    if urlsplit(urls[-1]).scheme == "http":
        return failed(
            "The chain ends without encryption, at {url}.", url=urls[-1], evidence=evidence
        )
    return passed("Every step after the first is encrypted.", evidence=evidence)
