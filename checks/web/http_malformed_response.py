"""Answers are well-formed HTTP."""

from scanner import Confidence, Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation.web import HttpExchange, HttpsAnswer

GOOD = HttpExchange.from_text("HTTP/1.1 200 OK")
BAD = HttpExchange("GET", "https://www.agency.example/", 200, defects=("a NUL in a field value",))


@check(
    id="http-malformed-response",
    title="The answers are well-formed HTTP",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Update or replace the server software or the proxy that writes these lines.",
    references=(Reference("RFC 9112", "2.2"),),
    roles=(Role.WEB,),
    passes={"a good answer": HttpsAnswer(GOOD)},
    fails={"a bad line": HttpsAnswer(BAD)},
)
def http_malformed_response(answer: HttpsAnswer) -> Judgement:
    """What two programs read differently lets an attacker slip one answer into another."""
    defects = answer.exchange.defects
    if defects:
        return failed(
            "A strict reader refuses the answer: {why}.",
            why=defects[0],
            confidence=Confidence.FIRM,
            evidence=defects,
        )
    return passed("A strict reader accepts it.")
