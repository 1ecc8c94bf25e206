"""Links deep into the site are upgraded too."""

from urllib.parse import urlsplit

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.formats.answer import Target, blocked, host_of, leads_to, located, location
from scanner.observation.web import HttpExchange
from scanner.observation.web_probes import DeepPath

PATH = "/0123456789abcdef?x=1"
HOST = "www.agency.example"


def _deep(text: str) -> DeepPath:
    return DeepPath(PATH, HttpExchange.from_text(text, f"http://{HOST}{PATH}"))


@check(
    id="redirect-deep-path",
    title="Links deep into the site are upgraded to HTTPS too",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Redirect every path of port 80 to the same path over https, not to the home page.",
    snippets={
        "nginx": "return 301 https://$host$request_uri;",
        "apache": "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "iis": '<action type="Redirect" url="https://{HTTP_HOST}{REQUEST_URI}" redirectType="Permanent" />',
    },
    references=(Reference("OMB M-15-13"),),
    roles=(Role.WEB,),
    passes={
        "the same path": _deep(f"HTTP/1.1 301 Moved\nLocation: https://{HOST}{PATH}"),
        "the same path elsewhere": _deep(f"HTTP/1.1 301 M\nLocation: https://agency.example{PATH}"),
    },
    fails={
        "the home page": _deep(f"HTTP/1.1 301 Moved\nLocation: https://{HOST}/"),
        "http again": _deep(f"HTTP/1.1 301 Moved\nLocation: http://{HOST}/"),
        "content": _deep("HTTP/1.1 404 Not Found"),
    },
    others={"a guard": _deep("HTTP/1.1 403 Forbidden")},
)
def redirect_deep_path(deep: DeepPath) -> Judgement:
    """Old links in letters and search results lead deep into a site: there, too, the line is open."""
    answer = deep.exchange
    if reason := blocked(answer):
        return inconclusive(
            reason,
            "A guard answered in the place of the site (status {status}).",
            status=answer.status,
        )
    evidence = (
        f"{answer.url}: {answer.status} {answer.phrase}".strip(),
        *located(answer, "Location"),
        f"expected: Location: https://{host_of(answer.url)}{deep.path}",
    )
    target = location(answer) or ""
    if leads_to(answer) is not Target.HTTPS:
        return failed(
            "A path that is not the start page is not redirected to HTTPS (status {status}).",
            status=answer.status,
            evidence=evidence,
        )
    if urlsplit(target).path in {"", "/"}:
        return failed(
            "Every path is redirected to the start page, {url}.", url=target, evidence=evidence
        )
    return passed("It redirects to {url}.", url=target, evidence=evidence[:2])
