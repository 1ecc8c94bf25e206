"""The redirect to HTTPS is permanent."""

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
from scanner.formats.answer import Target, leads_to
from scanner.observation.web import HttpAnswer

PERMANENT = frozenset({301, 308})


def _with(status: str) -> HttpAnswer:
    return HttpAnswer.from_text(f"HTTP/1.1 {status}\nLocation: https://www.agency.example/")


@check(
    id="redirect-permanence",
    title="The redirect to HTTPS is permanent",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Use status 301 or 308, so that browsers remember it.",
    snippets={
        "nginx": "return 301 https://$host$request_uri;",
        "apache": "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "iis": '<action type="Redirect" url="https://{HTTP_HOST}{REQUEST_URI}" redirectType="Permanent" />',
    },
    references=(Reference("RFC 9110", "15.4.2"), Reference("RFC 9110", "15.4.9")),
    roles=(Role.WEB,),
    passes={"301": _with("301 Moved Permanently")},
    fails={"302": _with("302 Found")},
    others={"no redirect to https": HttpAnswer.from_text("HTTP/1.1 200 OK")},
)
def redirect_permanence(answer: HttpAnswer) -> Judgement:
    """A permanent redirect is remembered, and the next visit starts encrypted."""
    exchange = answer.exchange
    if leads_to(exchange) is not Target.HTTPS:
        return not_applicable("Port 80 does not redirect to HTTPS.")
    if exchange.status in PERMANENT:
        return passed("Its status is {status}.", status=exchange.status)
    return failed(
        "Its status, {status}, says that it is temporary.",
        status=exchange.status,
        evidence=(f"{exchange.url}: {exchange.status}", "expected: 301 or 308"),
    )
