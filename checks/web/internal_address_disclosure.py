"""Answers name no address or host of the inner network."""

import re

from scanner import Confidence, Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.answer import located
from scanner.observation.web import HttpsAnswer

# RFC 1918, RFC 3927, RFC 4193; names that public DNS does not have (RFC 6762, ICANN's .internal).
INNER = re.compile(
    r"(?<![\d.])(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}"
    r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})(?![\d.])"
    r"|(?<![\w:])f[cd][0-9a-f]{2}:[0-9a-f:]{2,40}"
    r"|\b[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,6}\.(?:local|internal|lan|intranet|corp)\b(?!\.)",
    re.IGNORECASE | re.ASCII,
)


def _answer(*lines: str) -> HttpsAnswer:
    return HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines)))


@check(
    id="internal-address-disclosure",
    title="Answers name no address or host of the inner network",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Take the field off at the proxy, or let the application use the public name.",
    snippets={
        "nginx": "proxy_hide_header X-Backend-Server;",
        "apache": "Header always unset X-Backend-Server",
        "iis": '<customHeaders><remove name="X-Backend-Server" /></customHeaders>',
    },
    references=(Reference("OWASP Secure Headers Project"), Reference("CWE-497")),
    roles=(Role.WEB,),
    passes={
        "none": _answer("Server: nginx"),
        "a public address": _answer("X-Served-By: 192.0.2.7"),
        "a version that only looks like one": _answer("X-Powered-By: Portal 110.0.0.1.5"),
        "a name that goes on": _answer("X-Host: www.local.example"),
    },
    fails={
        "an address": _answer("X-Backend-Server: 10.20.30.40:8080"),
        "a host": _answer("Via: 1.1 proxy3.agency.local (squid)"),
        "a unique local address": _answer("X-Node: [fd00::17]"),
    },
)
def internal_address_disclosure(answer: HttpsAnswer) -> Judgement:
    """It tells an attacker who is inside, or who can make the server ask for him, where to go next."""
    for line in answer.exchange.header_lines:
        if found := INNER.search(line.partition(":")[2]):
            return failed(
                "The field {name} names {what}.",
                name=line.partition(":")[0][:60],
                what=found[0][:100],
                confidence=Confidence.FIRM,
                evidence=(
                    *located(answer.exchange, line.partition(":")[0].strip()),
                    "expected: public names and addresses only",
                ),
            )
    return passed("None is named.")
