"""The certificate does not live longer than the rules allow."""

from typing import Any

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.fact import CERTIFICATE_NOT_BEFORE, CERTIFICATE_VALIDITY_SECONDS
from scanner.formats.certificate import (
    FormatError,
    lifetime_days,
    parse,
    read_path,
    validity_seconds,
)
from scanner.formats.certificate_examples import NAME, intermediate, leaf, seen, store
from scanner.observation.tls import CertificateChain, TrustStore

DAY = 86_400


@check(
    id="certificate-validity",
    title="The certificate lives no longer than browsers allow",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Order shorter certificates and renew them by program (ACME).",
    references=(Reference("CA/Browser Forum Baseline Requirements 2.2.6", "6.3.2"),),
    records=(CERTIFICATE_NOT_BEFORE, CERTIFICATE_VALIDITY_SECONDS),
    roles=(Role.WEB,),
    passes={"ninety days": (seen(), store())},
    fails={"a year, issued in October 2026": (seen(leaf(days=365), intermediate()), store())},
    others={
        "a private certificate": (seen(leaf(days=3650, issuer=NAME)), store()),
        "unreadable": (seen(b"\x30\x00"), store()),
    },
)
def certificate_validity(chain: Observed[CertificateChain], roots: TrustStore) -> Judgement:
    """Browsers refuse certificates that live too long; short ones limit what a stolen key does."""
    try:
        certificate = parse(chain.value.certificates[0])
    except FormatError:
        return not_applicable(
            "What the server sends is no certificate.",
            facts={CERTIFICATE_NOT_BEFORE: None, CERTIFICATE_VALIDITY_SECONDS: None},
        )
    issued, seconds = certificate.not_valid_before_utc, validity_seconds(certificate)
    facts: dict[Fact, FactValue] = {
        CERTIFICATE_NOT_BEFORE: f"{issued:%Y-%m-%dT%H:%M:%SZ}",
        CERTIFICATE_VALIDITY_SECONDS: seconds,
    }
    if not read_path(chain.value, roots, chain.at).is_public:
        return not_applicable(
            "The limit concerns publicly trusted certificates; this is none.", facts=facts
        )
    limit = lifetime_days(issued)
    shown: dict[str, Any] = {
        "days": -(-seconds // DAY),
        "limit": limit,
        "date": f"{issued:%Y-%m-%d}",
    }
    if seconds > limit * DAY:
        return failed(
            "Issued on {date}, it lives {days} days; the limit of that date is {limit}.",
            facts=facts,
            **shown,
        )
    return passed(
        "Issued on {date}, it lives {days} days; the limit is {limit}.", facts=facts, **shown
    )
