"""Answers are well-formed HTTP."""

from scanner import Confidence, Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation import Reason
from scanner.observation.web import Body, HttpExchange, HttpsAnswer

URL = "https://www.agency.example/"
GOOD = HttpExchange.from_text("HTTP/1.1 200 OK")
BAD = HttpExchange("GET", URL, 200, defects=("a NUL in a field value",))
TORN = HttpExchange("GET", URL, 200, body=Body(error=Reason.MALFORMED_REPLY, encoding="gzip"))


@check(
    id="http-malformed-response",
    title="The answers are well-formed HTTP",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Update or replace the server software or the proxy that writes these lines.",
    snippets={
        "nginx": "proxy_http_version 1.1;\nproxy_hide_header Content-Length;",
        "apache": "Header always unset Content-Length",
        "iis": "Update IIS and the module that writes the field.",
    },
    references=(Reference("RFC 9112", "2.2"), Reference("RFC 9112", "6.3")),
    roles=(Role.WEB,),
    passes={"a good answer": HttpsAnswer(GOOD)},
    fails={
        "a bad line": HttpsAnswer(BAD),
        "a body that is not what the head says": HttpsAnswer(TORN),
    },
)
def http_malformed_response(answer: HttpsAnswer) -> Judgement:
    """What two programs read differently lets an attacker slip one answer into another."""
    exchange = answer.exchange
    if exchange.defects:
        return failed(
            "A strict reader refuses the answer: {why}.",
            why=exchange.defects[0],
            confidence=Confidence.FIRM,
            evidence=tuple(f"{exchange.url}: {one}" for one in exchange.defects),
        )
    if exchange.body.error is Reason.MALFORMED_REPLY:
        return failed(
            "Its body is not what its head says (length, chunks or coding).",
            confidence=Confidence.FIRM,
            evidence=(f"{exchange.url}: Content-Encoding {exchange.body.encoding or 'none'}",),
        )
    return passed("A strict reader accepts it.")
