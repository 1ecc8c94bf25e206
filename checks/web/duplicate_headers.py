"""What may stand once is sent once."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.answer import located
from scanner.observation.web import HttpsAnswer

# Fields whose value is no list (RFC 9110 5.3), and those whose readers take one value.
SINGLE = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Age",
    "Content-Length",
    "Content-Location",
    "Content-Type",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Date",
    "ETag",
    "Expires",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Server",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


def _answer(*lines: str) -> HttpsAnswer:
    return HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines)))


@check(
    id="duplicate-headers",
    title="What may stand once in an answer is sent once",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Find which of application, server and proxy adds the second line, and let one of them do it.
    """,
    snippets={
        "nginx": "proxy_hide_header X-Frame-Options;\nadd_header X-Frame-Options SAMEORIGIN always;",
        "apache": "Header always set X-Frame-Options SAMEORIGIN  # set, not add",
        "iis": '<customHeaders><remove name="X-Frame-Options" /><add name="X-Frame-Options" value="SAMEORIGIN" /></customHeaders>',
    },
    references=(Reference("RFC 9110", "5.3"),),
    roles=(Role.WEB,),
    passes={
        "each once": _answer("Content-Type: text/html", "Set-Cookie: a=1", "Set-Cookie: b=1"),
    },
    fails={
        "two that contradict": _answer("X-Frame-Options: DENY", "x-frame-options: SAMEORIGIN"),
        "the same twice": _answer("X-Frame-Options: DENY", "X-Frame-Options: deny"),
    },
)
def duplicate_headers(answer: HttpsAnswer) -> Judgement:
    """Two programs that read different lines see different answers; the stricter may be the lost one."""
    exchange = answer.exchange
    twice = [name for name in SINGLE if len(exchange.values(name)) > 1]
    torn = [name for name in twice if len({one.lower() for one in exchange.values(name)}) > 1]
    if not twice:
        return passed("Each is sent once.")
    evidence = (*located(exchange, *twice), "expected: one line each")
    if torn:
        return failed(
            "The field {name} is sent {n} times with different values.",
            name=torn[0],
            n=len(exchange.values(torn[0])),
            evidence=evidence,
        )
    return failed(
        "The field {name} is sent {n} times with the same value.",
        name=twice[0],
        n=len(exchange.values(twice[0])),
        severity=Severity.INFO,
        evidence=evidence,
    )
