"""The HSTS header is sent once and is well formed."""

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
from scanner.formats import hsts
from scanner.formats.answer import located
from scanner.formats.error import FormatError
from scanner.observation.web import HttpsAnswer

FIELD = "Strict-Transport-Security"
EXPECTED = "expected: one line, such as Strict-Transport-Security: max-age=31536000"


def _answer(*fields: str) -> HttpsAnswer:
    return HttpsAnswer.from_text(
        "\n".join(("HTTP/1.1 200 OK", *(f"{FIELD}: {one}" for one in fields)))
    )


@check(
    id="hsts-syntax",
    title="The HSTS header is sent once and is well formed",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send one `Strict-Transport-Security` line; find which of proxy and site adds the other.",
    snippets={
        "nginx": 'proxy_hide_header Strict-Transport-Security;\nadd_header Strict-Transport-Security "max-age=31536000" always;',
        "apache": 'Header onsuccess unset Strict-Transport-Security\nHeader always set Strict-Transport-Security "max-age=31536000"',
        "iis": '<hsts enabled="true" max-age="31536000" />',
    },
    references=(Reference("RFC 6797", "6.1"), Reference("RFC 6797", "8.1")),
    roles=(Role.WEB,),
    passes={"one good line": _answer('max-age="31536000"; includeSubDomains')},
    fails={
        "two lines": _answer("max-age=31536000", "max-age=60"),
        "a directive twice": _answer("max-age=1; max-age=2"),
        "no max-age": _answer("includeSubDomains"),
    },
    others={"not sent": _answer()},
)
def hsts_syntax(answer: HttpsAnswer) -> Judgement:
    """Browsers read the first line only, and ignore the whole of a malformed one."""
    values, evidence = answer.exchange.values(FIELD), located(answer.exchange, FIELD)
    if not values:
        return not_applicable("The header is not sent.")
    try:
        hsts.parse(values[0])
    except FormatError as error:
        return failed(
            "Browsers ignore it: {why}.", why=error.message, evidence=(*evidence, EXPECTED)
        )
    if len(values) > 1:
        return failed(
            "It is sent {n} times; only the first counts.",
            n=len(values),
            evidence=(*evidence, EXPECTED),
        )
    return passed("One well-formed line is sent.", evidence=evidence)
