"""HSTS is sent, and browsers heed it."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Reason,
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
from scanner.formats.answer import host_of, located
from scanner.formats.certificate_examples import NAME, intermediate, leaf, seen, store
from scanner.formats.guard import CLIENT_CERTIFICATE
from scanner.formats.hsts_noted import FIELD, noted
from scanner.formats.preload import PreloadList, of
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import Body, HttpExchange, HttpsAnswer

NOBODY = of("2026-11-01")
EXPECTED = "expected: Strict-Transport-Security: max-age=31536000 (or more)"


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
        `max-age=300` for some days: a browser cannot be told to forget over plain HTTP. Add
        includeSubDomains only after an inventory of the sub-domains.
    """,
    snippets={
        "nginx": 'add_header Strict-Transport-Security "max-age=31536000" always;',
        "apache": 'Header always set Strict-Transport-Security "max-age=31536000"',
        "iis": '<hsts enabled="true" max-age="31536000" redirectHttpToHttps="true" />',
    },
    references=(
        Reference("RFC 6797", "6.1"),
        Reference("RFC 6797", "8.1"),
        Reference("OMB M-15-13"),
    ),
    records=(HSTS_MAX_AGE,),
    roles=(Role.WEB,),
    passes={
        "a year": (_answer("max-age=31536000"), seen(), store(), NOBODY),
        "not sent, but browsers know it from their list": (
            _answer(),
            seen(),
            store(),
            of("2026-11-01", "agency.example +"),
        ),
    },
    fails={
        "not sent": (_answer(), seen(), store(), NOBODY),
        "ignored, being malformed": (_answer("max-age=1y"), seen(), store(), NOBODY),
        "it says: forget": (_answer("max-age=0"), seen(), store(), NOBODY),
        "ignored without a certificate that browsers trust": (
            _answer("max-age=31536000"),
            seen(leaf(age=100), intermediate()),
            store(),
            NOBODY,
        ),
        "ignored at a bare address": (
            HttpsAnswer.from_text(f"HTTP/1.1 200 OK\n{FIELD}: max-age=31536000", "192.0.2.7"),
            seen(),
            store(),
            NOBODY,
        ),
    },
    others={
        "a guard's answer says nothing of the site": (
            HttpsAnswer.from_text("HTTP/1.1 403 Forbidden\ncf-mitigated: challenge"),
            seen(),
            store(),
            NOBODY,
        ),
        "it asks for a client certificate": (
            HttpsAnswer(
                HttpExchange("GET", f"https://{NAME}/", 400, body=Body(guard=CLIENT_CERTIFICATE))
            ),
            seen(),
            store(),
            NOBODY,
        ),
    },
)
def hsts_presence(
    answer: HttpsAnswer,
    chain: Observed[CertificateChain],
    roots: TrustStore,
    preloaded: PreloadList,
) -> Judgement:
    """Until a browser has seen this header it follows a plain http link, and whoever holds the
    line decides what it reads."""
    exchange = answer.exchange
    said, evidence = noted(exchange, chain, roots), located(exchange, FIELD)
    facts = {HSTS_MAX_AGE: said.max_age}
    if said.policy:
        seconds = said.max_age or 0
        return passed(
            "It lasts {seconds} seconds.", seconds=seconds, evidence=evidence, facts=facts
        )
    if said.is_closed:
        return not_applicable(said.why, facts={HSTS_MAX_AGE: Unknown(Reason.BLOCKED)})
    if entry := preloaded.covering(host_of(exchange.url)):
        return passed(
            "Browsers know {entry} from their preload list of {day}, whatever this answer says.",
            entry=entry,
            day=preloaded.dated,
            confidence=Confidence.FIRM,
            evidence=evidence,
            facts=facts,
        )
    if said.hidden:
        return inconclusive(
            said.hidden,
            "A guard answered in the place of the site (status {status}).",
            status=exchange.status,
            facts={HSTS_MAX_AGE: Unknown(said.hidden)},
        )
    return failed(said.why, evidence=(*evidence, EXPECTED), facts=facts)
