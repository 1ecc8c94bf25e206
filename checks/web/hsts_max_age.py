"""HSTS lasts at least a year."""

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
    not_applicable,
    passed,
)
from scanner.fact import HSTS_MAX_AGE
from scanner.formats.answer import located
from scanner.formats.certificate_examples import intermediate, leaf, seen, store
from scanner.formats.hsts_noted import FIELD, noted
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import HttpsAnswer

ONE_YEAR = 31_536_000
GOOD = (seen(), store())


def _answer(*fields: str) -> HttpsAnswer:
    return HttpsAnswer.from_text(
        "\n".join(("HTTP/1.1 200 OK", *(f"{FIELD}: {one}" for one in fields)))
    )


@check(
    id="hsts-max-age",
    title="Browsers are told to use HTTPS for at least a year",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Raise max-age to 31536000 (a year) in `Strict-Transport-Security`.",
    snippets={
        "nginx": 'add_header Strict-Transport-Security "max-age=31536000" always;',
        "apache": 'Header always set Strict-Transport-Security "max-age=31536000"',
        "iis": '<hsts enabled="true" max-age="31536000" />',
    },
    references=(Reference("RFC 6797", "6.1.1"), Reference("OMB M-15-13")),
    records=(HSTS_MAX_AGE,),
    roles=(Role.WEB,),
    passes={
        "a year": (_answer("max-age=31536000"), *GOOD),
        "the first field counts": (_answer("max-age=31536000", "max-age=60"), *GOOD),
        "quoted, in any order": (_answer('includesubdomains;MAX-AGE="40000000"'), *GOOD),
    },
    fails={
        "a day": (_answer("max-age=86400"), *GOOD),
        "the first field counts": (_answer("max-age=60", "max-age=99999999"), *GOOD),
    },
    others={
        "not sent": (_answer(), *GOOD),
        "malformed": (_answer("max-age=1y"), *GOOD),
        "without a certificate that browsers trust": (
            _answer("max-age=31536000"),
            seen(leaf(age=100), intermediate()),
            store(),
        ),
        "a guard answers": (HttpsAnswer.from_text("HTTP/1.1 429 Slow down"), *GOOD),
    },
)
def hsts_max_age(
    answer: HttpsAnswer, chain: Observed[CertificateChain], roots: TrustStore
) -> Judgement:
    """A citizen who comes once a year must still be protected on the way."""
    said = noted(answer.exchange, chain, roots)
    if said.hidden:
        return inconclusive(
            said.hidden,
            "A guard answered in the place of the site (status {status}).",
            status=answer.exchange.status,
            facts={HSTS_MAX_AGE: Unknown(said.hidden)},
        )
    facts = {HSTS_MAX_AGE: said.max_age}
    if said.max_age is None:
        return not_applicable(
            "Browsers note no HSTS policy: see the row on its presence.", facts=facts
        )
    evidence = located(answer.exchange, FIELD)
    if said.max_age < ONE_YEAR:
        return failed(
            "It lasts {seconds} seconds, less than a year.",
            seconds=said.max_age,
            evidence=(*evidence, "expected: max-age=31536000 (or more)"),
            facts=facts,
        )
    return passed(
        "It lasts {seconds} seconds.", seconds=said.max_age, evidence=evidence, facts=facts
    )
