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
from scanner.certificates import Served, each_leaf
from scanner.fact import CERTIFICATE_NOT_BEFORE, CERTIFICATE_VALIDITY_SECONDS
from scanner.formats.certificate import lifetime_days, path_of, validity_seconds
from scanner.formats.certificate_examples import NAME, intermediate, leaf, served, store
from scanner.observation.tls import ServedCertificates, TrustStore

DAY = 86_400
FACTS = (CERTIFICATE_NOT_BEFORE, CERTIFICATE_VALIDITY_SECONDS)


@check(
    id="certificate-validity",
    title="The certificate lives no longer than browsers allow",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        Order shorter certificates and renew them by program (ACME): 200 days are the limit for
        those issued since 2026-03-15, 100 days from 2027-03-15, 47 days from 2029-03-15.
    """,
    references=(Reference("CA/Browser Forum Baseline Requirements 2.2.6", "6.3.2"),),
    records=FACTS,
    roles=(Role.WEB,),
    passes={"ninety days": (served(), store())},
    fails={"a year, issued in October 2026": (served(leaf(days=365), intermediate()), store())},
    others={
        "a private certificate": (served(leaf(days=3650, issuer=NAME)), store()),
        "unreadable": (served(b"\x30\x00"), store()),
    },
)
def certificate_validity(
    served: Observed[ServedCertificates], roots: TrustStore
) -> list[Judgement]:
    """Browsers refuse certificates that live too long; short ones limit what a stolen key does."""

    def judge(one: Served) -> Judgement:
        path = path_of(one.leaf.chain, one.leaf.name, roots, served.at)
        return _judge(one, is_public=path.is_public)

    return each_leaf(served, judge, FACTS)


def _judge(one: Served, *, is_public: bool) -> Judgement:
    issued, seconds = one.certificate.not_valid_before_utc, validity_seconds(one.certificate)
    facts: dict[Fact, FactValue] = {
        CERTIFICATE_NOT_BEFORE: f"{issued:%Y-%m-%dT%H:%M:%SZ}",
        CERTIFICATE_VALIDITY_SECONDS: seconds,
    }
    if not is_public:
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
