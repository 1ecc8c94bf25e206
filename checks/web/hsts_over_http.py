"""HSTS is not sent over plain HTTP."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.answer import located
from scanner.observation.web import HttpAnswer

FIELD = "Strict-Transport-Security"


@check(
    id="hsts-over-http",
    title="HSTS is sent over HTTPS only",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Send the header in the HTTPS part of the configuration only.",
    snippets={
        "nginx": "Only in the server block with `listen 443 ssl`.",
        "apache": "Only inside <VirtualHost *:443>.",
        "iis": '<hsts enabled="true" max-age="31536000" redirectHttpToHttps="true" />',
    },
    references=(Reference("RFC 6797", "7.2"),),
    roles=(Role.WEB,),
    passes={"not sent on port 80": HttpAnswer.from_text("HTTP/1.1 301 Moved")},
    fails={"sent on port 80": HttpAnswer.from_text(f"HTTP/1.1 200 OK\n{FIELD}: max-age=1")},
)
def hsts_over_http(answer: HttpAnswer) -> Judgement:
    """It has no effect there, and often hides that it is missing where it counts."""
    evidence = located(answer.exchange, FIELD)
    if evidence:
        return failed("It is sent over plain HTTP, where it has no effect.", evidence=evidence)
    return passed("It is not sent over plain HTTP.")
