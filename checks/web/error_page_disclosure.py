"""Error pages give nothing away."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation.web import HttpExchange
from scanner.observation.web_probes import ErrorPage

PATH = "/0123456789abcdef"


def _page(*traces: str, status: str = "404 Not Found") -> ErrorPage:
    exchange = HttpExchange.from_text(f"HTTP/1.1 {status}", f"https://www.agency.example{PATH}")
    return ErrorPage(PATH, exchange, traces)


@check(
    id="error-page-disclosure",
    title="Error pages give nothing away",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Turn debugging off in production, and answer errors with a page of your own.",
    snippets={
        "nginx": "server_tokens off;\nerror_page 404 /404.html;",
        "apache": "ServerSignature Off\nErrorDocument 404 /404.html",
        "iis": '<customErrors mode="RemoteOnly" />',
        "php": "display_errors = Off",
        "django": "DEBUG = False",
    },
    references=(Reference("CWE-209"), Reference("OWASP ASVS 5.0", "16.5.1")),
    roles=(Role.WEB,),
    passes={
        "a plain page": _page(),
        "every path is answered": _page(status="200 OK"),
    },
    fails={"a trace": _page("a Python traceback", "the version nginx/1.18.0")},
)
def error_page_disclosure(page: ErrorPage) -> Judgement:
    """Traces name files, queries and versions: the map that an attacker would have had to draw."""
    evidence = (f"{page.exchange.url}: {page.exchange.status}", *page.traces)
    if page.traces:
        return failed(
            "The page for a name that nobody has shows {what}.",
            what=", ".join(page.traces),
            evidence=(*evidence, "expected: no more than that there is no such page"),
        )
    if page.exchange.status < 300:  # noqa: PLR2004 - RFC 9110 15.3
        return passed(
            "It shows nothing (and answers a name that nobody has with status {status}).",
            status=page.exchange.status,
            evidence=evidence,
        )
    return passed("It shows nothing.", evidence=evidence)
