"""Every Location is one that a browser can follow."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.answer import located
from scanner.observation.web import ChainEnd, HttpExchange, RedirectChain

MOVED = HttpExchange.from_text("HTTP/1.1 302 Found\nLocation: /a")
OK = HttpExchange.from_text("HTTP/1.1 200 OK")
TWICE = HttpExchange.from_text("HTTP/1.1 302 Found\nLocation: /a\nLocation: /b")


@check(
    id="redirect-invalid-target",
    title="Every redirect names one usable address",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Send one Location with an http or https URL, without a user name in it.",
    snippets={
        "nginx": "return 301 https://$host$request_uri;",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": '<httpRedirect enabled="true" destination="https://www.agency.example/" httpResponseStatus="Permanent" />',
    },
    references=(Reference("RFC 9110", "10.2.2"),),
    roles=(Role.WEB,),
    passes={"one address": RedirectChain((MOVED, OK), ChainEnd.ANSWERED)},
    fails={"two Locations": RedirectChain((TWICE,), ChainEnd.INVALID_TARGET)},
    others={"no redirect": RedirectChain((OK,), ChainEnd.ANSWERED)},
)
def redirect_invalid_target(chain: RedirectChain) -> Judgement:
    """Browsers guess differently where to go, and some show nothing at all."""
    last = chain.hops[-1]
    if chain.end is ChainEnd.INVALID_TARGET:
        sent = located(last, "Location") or (f"{last.url}: Location is missing",)
        sent = (*sent, "expected: one Location with an http or https URL, without a user name")
        return failed(
            "The address {url} redirects to no usable address.", url=last.url[:200], evidence=sent
        )
    if len(chain.hops) == 1 and not chain.target:
        return not_applicable("The start page does not redirect.")
    return passed("Every step names one address.")
