"""Answers do not name versions of software."""

import re

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation.web import HttpsAnswer

FIELDS = ("Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator")
VERSION = re.compile(r"\d+\.\d+|/\d+", re.ASCII)


def _answer(*lines: str) -> HttpsAnswer:
    return HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines)))


@check(
    id="server-version-disclosure",
    title="Answers do not tell which version of which software runs",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Leave versions out of `Server` and `X-Powered-By`.",
    snippets={
        "nginx": "server_tokens off;",
        "apache": "ServerTokens Prod",
        "php": "expose_php = Off",
        "iis": '<httpRuntime enableVersionHeader="false" />',
    },
    references=(Reference("OWASP Secure Headers Project"), Reference("CWE-200")),
    roles=(Role.WEB,),
    passes={"a product alone": _answer("Server: nginx"), "nothing": _answer()},
    fails={
        "a server's version": _answer("Server: Apache/2.4.52 (Ubuntu)"),
        "a language's version": _answer("X-Powered-By: PHP/7.4.3"),
    },
)
def server_version_disclosure(answer: HttpsAnswer) -> Judgement:
    """It proves no hole, but it tells an attacker which list of known holes to try."""
    lines = tuple(
        line
        for name in FIELDS
        for line in answer.exchange.sent(name)
        if VERSION.search(line.partition(":")[2])
    )
    if lines:
        return failed("It names a version: {what}.", what=lines[0][:200], evidence=lines)
    return passed("No version is named.")
