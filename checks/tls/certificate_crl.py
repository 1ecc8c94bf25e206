"""The certificate says where one can ask whether it is revoked."""

from datetime import datetime

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
from scanner.fact import CERTIFICATE_CRL_DP
from scanner.formats.certificate import is_short_lived, path_of, pointers
from scanner.formats.certificate_examples import (
    NAME,
    crl_at,
    intermediate,
    leaf,
    ocsp_at,
    served,
    store,
)
from scanner.observation.tls import ServedCertificates, TrustStore


@check(
    id="certificate-crl",
    title="The certificate says where its revocation is published",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Order the certificate again; the authority has to name a CRL or an OCSP address.",
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.2.11.2"),
        Reference("RFC 5280", "4.2.1.13"),
    ),
    records=(CERTIFICATE_CRL_DP,),
    roles=(Role.WEB,),
    passes={
        "a CRL": (
            served(leaf(extras=(crl_at("http://ca.example/1.crl"),)), intermediate()),
            store(),
        ),
        "an OCSP address": (
            served(leaf(locations=ocsp_at("http://ca.example/ocsp")), intermediate()),
            store(),
        ),
        "so short-lived that none is needed": (
            served(leaf(days=6, age=1), intermediate()),
            store(),
        ),
    },
    fails={"neither": (served(), store())},
    others={
        "a private certificate": (served(leaf(issuer=NAME)), store()),
        "no certificate": (served(b"\x30\x00"), store()),
    },
)
def certificate_crl(served: Observed[ServedCertificates], roots: TrustStore) -> list[Judgement]:
    """A stolen key is worthless only when everyone can learn that its certificate is revoked."""
    return each_leaf(served, lambda one: _judge(one, roots, served.at), (CERTIFICATE_CRL_DP,))


def _judge(one: Served, roots: TrustStore, at: datetime) -> Judgement:
    found = pointers(one.certificate)
    facts: dict[Fact, FactValue] = {CERTIFICATE_CRL_DP: found.has_crl}
    if found.has_crl:
        return passed("It names a CRL.", evidence=found.crls, facts=facts)
    if found.ocsp:
        return passed("It names an OCSP address.", evidence=found.ocsp, facts=facts)
    if is_short_lived(one.certificate):
        return passed("It is so short-lived that nobody need revoke it.", facts=facts)
    if not path_of(one.leaf.chain, one.leaf.name, roots, at).is_public:
        return not_applicable("A private certificate need not say it.", facts=facts)
    return failed("It names neither a CRL nor an OCSP address.", facts=facts)
