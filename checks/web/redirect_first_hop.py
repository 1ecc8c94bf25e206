"""The first hop goes to HTTPS on the same host."""

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
from scanner.formats.answer import Target, host_of, leads_to, location
from scanner.observation.web import HttpAnswer

NAME = "www.agency.example"


def _to(url: str) -> HttpAnswer:
    return HttpAnswer.from_text(f"HTTP/1.1 301 Moved Permanently\nLocation: {url}")


@check(
    id="redirect-first-hop",
    title="Plain HTTP redirects first to HTTPS on the same name",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Redirect http://NAME to https://NAME first, and only from there to another name: else the
        browser never learns that NAME is to be had over HTTPS (HSTS).
    """,
    snippets={"nginx": "server { listen 80; return 301 https://$host$request_uri; }"},
    references=(Reference("RFC 6797", "7.2"), Reference("hstspreload.org", "requirements")),
    roles=(Role.WEB,),
    passes={"the same name": _to(f"https://{NAME}/")},
    fails={
        "another name first": _to("https://agency.example/"),
        "plain again": _to("http://x.example/"),
    },
    others={
        "no redirect": HttpAnswer.from_text("HTTP/1.1 200 OK"),
        "a void target": _to("mailto:a@b.example"),
    },
)
def redirect_first_hop(answer: HttpAnswer) -> Judgement:
    """A name that is left at the first step is never protected: it can be hijacked next time."""
    exchange = answer.exchange
    target, evidence = location(exchange), exchange.sent("Location")
    match leads_to(exchange):
        case Target.NOWHERE | Target.INVALID:
            return not_applicable("Port 80 does not redirect to a place that a browser can go to.")
        case Target.HTTP:
            return failed(
                "It redirects to {url}, without encryption.", url=target or "", evidence=evidence
            )
        case _:
            pass
    ours, first = host_of(exchange.url), host_of(target or "")
    if first == ours:
        return passed("It redirects to {url}.", url=target or "", evidence=evidence)
    return failed(
        "It redirects from {host} at once to {other}; {host} itself is never seen over HTTPS.",
        host=ours,
        other=first,
        severity=Severity.LOW,
        evidence=evidence,
    )
