"""Answers do not name versions of software."""

import re

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.answer import located
from scanner.observation.web import HttpsAnswer

# Those of OWASP's list of headers to remove that name software (ci/headers_remove.json, 2026-07).
FIELDS = (
    "Host-Header",
    "Liferay-Portal",
    "OracleCommerceCloud-Version",
    "Pega-Host",
    "Powered-By",
    "Product",
    "Server",
    "X-AspNet-Version",
    "X-AspNetMvc-Version",
    "X-CF-Powered-By",
    "X-CMS",
    "X-Cocoon-Version",
    "X-Content-Encoded-By",
    "X-Framework",
    "X-Generated-By",
    "X-Generator",
    "X-Gitlab-Meta",
    "X-Jitsi-Release",
    "X-Joomla-Version",
    "X-Mod-Pagespeed",
    "X-OWA-Version",
    "X-Page-Speed",
    "X-Php-Version",
    "X-Powered-By",
    "X-Powered-By-Plesk",
    "X-Powered-CMS",
    "X-Redirect-By",
    "X-Server-Powered-By",
    "X-Turbo-Charged-By",
    "X-Umbraco-Version",
    "X-Varnish-Server",
    "X-Woodpecker-Version",
)
# What makes the page is named with its first number alone: "Drupal 10".
GENERATORS = frozenset({"x-generator", "x-generated-by", "x-powered-cms"})
FIRST_NUMBER = re.compile(r"[A-Za-z!] \d+\b", re.ASCII)
VERSION = re.compile(r"\d+\.\d+|/v?\d+|\bv\d+", re.ASCII)


def _answer(*lines: str) -> HttpsAnswer:
    return HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines)))


@check(
    id="server-version-disclosure",
    title="Answers do not tell which version of which software runs",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Leave versions out of `Server` and `X-Powered-By`, and the other fields that name them.",
    snippets={
        "nginx": "server_tokens off;",
        "apache": "ServerTokens Prod\nHeader always unset X-Powered-By",
        "php": "expose_php = Off",
        "iis": '<requestFiltering removeServerHeader="true" />\n<httpRuntime enableVersionHeader="false" />',
    },
    references=(Reference("OWASP Secure Headers Project"), Reference("CWE-200")),
    roles=(Role.WEB,),
    passes={
        "a product alone": _answer("Server: nginx"),
        "nothing": _answer(),
        "a number that is no version": _answer("Server: edge 7"),
    },
    fails={
        "a server's version": _answer("Server: Apache/2.4.52 (Ubuntu)"),
        "a language's version": _answer("X-Powered-By: PHP/7.4.3"),
        "a field of its own": _answer("X-AspNet-Version: 4.0.30319"),
        "a generator's first number": _answer("X-Generator: Drupal 10 (https://www.drupal.org)"),
        "a portal": _answer("Liferay-Portal: Liferay Community Edition Portal 7.0.6 GA7"),
    },
)
def server_version_disclosure(answer: HttpsAnswer) -> Judgement:
    """It proves no hole, but it tells an attacker which list of known holes to try."""
    named = [line for line in located(answer.exchange, *FIELDS) if _has_version(line)]
    if named:
        return failed(
            "It names a version: {what}.",
            what=named[0].partition(": ")[2][:200],
            evidence=(*named, "expected: the product alone, or no such field"),
        )
    return passed("No version is named.", evidence=located(answer.exchange, "Server"))


def _has_version(evidence: str) -> bool:
    """By what stands behind the field's name, without the address of the hop."""
    line = evidence.partition(" line ")[2].partition(": ")[2]
    name, _, value = line.partition(":")
    is_generator = name.strip().lower() in GENERATORS
    return bool(VERSION.search(value) or (is_generator and FIRST_NUMBER.search(value)))
