"""Redirects are answers of the server, no markup."""

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
from scanner.formats.answer import Target, leads_to, located
from scanner.observation.web import HttpAnswer

OK = "HTTP/1.1 200 OK"


@check(
    id="redirect-by-markup",
    title="Port 80 sends browsers on by a redirect, not by its page",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Answer with status 301 and a Location, in the place of a page that sends visitors on.",
    snippets={
        "nginx": "return 301 https://$host$request_uri;",
        "apache": "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "iis": '<action type="Redirect" url="https://{HTTP_HOST}{REQUEST_URI}" redirectType="Permanent" />',
    },
    references=(Reference("HTML", "4.2.5.3"), Reference("RFC 9110", "15.4")),
    roles=(Role.WEB,),
    passes={"no such page": HttpAnswer.from_text(OK)},
    fails={
        "a meta element or a script": HttpAnswer.from_text(
            OK, markup="https://www.agency.example/"
        ),
        "a Refresh field": HttpAnswer.from_text(
            f"{OK}\nRefresh: 0; url=https://www.agency.example/"
        ),
    },
    others={
        "a redirect": HttpAnswer.from_text(
            "HTTP/1.1 301 M\nLocation: https://www.agency.example/", markup="https://a.example/"
        )
    },
)
def redirect_by_markup(answer: HttpAnswer) -> Judgement:
    """Until its script or meta element is read, the page has already come without encryption."""
    exchange = answer.exchange
    if leads_to(exchange) is not Target.NOWHERE:
        return not_applicable("Port 80 redirects by its answer.")
    lines = located(exchange, "Refresh")
    if lines or answer.markup:
        return failed(
            "Its page sends browsers on to {url}.",
            url=answer.markup or (exchange.first("Refresh") or "")[:200],
            evidence=lines or (f"{exchange.url}: the page names {answer.markup}",),
        )
    return passed("Its page sends nobody on.")
