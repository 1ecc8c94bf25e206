"""Browsers are told to use HTTPS only."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.fact import HSTS_MAX_AGE
from scanner.formats import hsts
from scanner.formats.answer import blocked
from scanner.formats.certificate import read_path
from scanner.formats.certificate_examples import intermediate, leaf, seen, store
from scanner.formats.error import FormatError
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import HttpsAnswer

FIELD = "Strict-Transport-Security"


def _answer(*fields: str) -> HttpsAnswer:
    return HttpsAnswer.from_text(
        "\n".join(("HTTP/1.1 200 OK", *(f"{FIELD}: {one}" for one in fields)))
    )


@check(
    id="hsts-presence",
    title="Browsers are told to use HTTPS only (HSTS)",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Send `Strict-Transport-Security: max-age=31536000` on every HTTPS answer. Begin with
        `max-age=300` for some days: a browser cannot be told to forget over plain HTTP.
    """,
    snippets={
        "nginx": 'add_header Strict-Transport-Security "max-age=31536000" always;',
        "apache": 'Header always set Strict-Transport-Security "max-age=31536000"',
        "iis": '<add name="Strict-Transport-Security" value="max-age=31536000" />',
    },
    references=(
        Reference("RFC 6797", "6.1"),
        Reference("RFC 6797", "8.1"),
        Reference("OMB M-15-13"),
    ),
    records=(HSTS_MAX_AGE,),
    roles=(Role.WEB,),
    passes={"a year": (_answer("max-age=31536000"), seen(), store())},
    fails={
        "not sent": (_answer(), seen(), store()),
        "ignored, being malformed": (_answer("max-age=1y"), seen(), store()),
        "it says: forget": (_answer("max-age=0"), seen(), store()),
        "ignored without a certificate that browsers trust": (
            _answer("max-age=31536000"),
            seen(leaf(age=100), intermediate()),
            store(),
        ),
    },
    others={
        "a guard's answer says nothing of the site": (
            HttpsAnswer.from_text("HTTP/1.1 403 Forbidden\ncf-mitigated: challenge"),
            seen(),
            store(),
        )
    },
)
def hsts_presence(
    answer: HttpsAnswer, chain: Observed[CertificateChain], roots: TrustStore
) -> Judgement:
    """Until a browser has seen this header it follows a plain http link, and whoever holds the
    line decides what it reads."""
    lines = answer.exchange.sent(FIELD)
    field = answer.exchange.first(FIELD)
    if field is None and (reason := blocked(answer.exchange)):
        return inconclusive(
            reason,
            "A guard answered in the place of the site (status {status}).",
            status=answer.exchange.status,
            facts={HSTS_MAX_AGE: Unknown(reason)},
        )
    if field is None:
        return failed("The header is not sent.", facts={HSTS_MAX_AGE: None})
    if not read_path(chain.value, roots, chain.at).trusted:
        return failed(
            "Browsers ignore the header: they do not trust the certificate.",
            evidence=lines,
            facts={HSTS_MAX_AGE: None},
        )
    try:
        policy = hsts.parse(field)
    except FormatError as error:
        return failed(
            "Browsers ignore the header: {why}.",
            why=error.message,
            evidence=lines,
            facts={HSTS_MAX_AGE: None},
        )
    if policy.max_age == 0:
        return failed("It tells browsers to forget it.", evidence=lines, facts={HSTS_MAX_AGE: None})
    return passed(
        "It lasts {seconds} seconds.",
        seconds=hsts.shown(policy.max_age),
        evidence=lines,
        facts={HSTS_MAX_AGE: hsts.shown(policy.max_age)},
    )
