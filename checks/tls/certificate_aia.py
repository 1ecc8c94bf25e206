"""The certificate says where its issuer's is."""

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
from scanner.fact import CERTIFICATE_AIA_CA_ISSUERS, CERTIFICATE_AIA_OCSP
from scanner.formats.certificate import path_of, pointers
from scanner.formats.certificate_examples import (
    NAME,
    intermediate,
    issuers_at,
    leaf,
    served,
    store,
)
from scanner.observation.tls import ServedCertificates, TrustStore

FACTS = (CERTIFICATE_AIA_CA_ISSUERS, CERTIFICATE_AIA_OCSP)


@check(
    id="certificate-aia",
    title="The certificate says where its issuer's certificate is",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Ask the authority for certificates with authority information access.",
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.2.7.7"),
        Reference("RFC 5280", "4.2.2.1"),
    ),
    records=FACTS,
    roles=(Role.WEB,),
    passes={
        "it says": (
            served(leaf(locations=issuers_at("http://ca.example/ca.der")), intermediate()),
            store(),
        )
    },
    fails={"it does not": (served(), store())},
    others={
        "a private certificate": (served(leaf(issuer=NAME)), store()),
        "no certificate": (served(b"\x30\x00"), store()),
    },
)
def certificate_aia(served: Observed[ServedCertificates], roots: TrustStore) -> list[Judgement]:
    """Browsers find a missing intermediate there, and programs the answer whether it is revoked."""
    return each_leaf(served, lambda one: _judge(one, roots, served.at), FACTS)


def _judge(one: Served, roots: TrustStore, at: datetime) -> Judgement:
    found = pointers(one.certificate)
    facts: dict[Fact, FactValue] = {
        CERTIFICATE_AIA_CA_ISSUERS: bool(found.ca_issuers),
        CERTIFICATE_AIA_OCSP: bool(found.ocsp),
    }
    evidence = (*found.ca_issuers, *found.ocsp)
    if found.ca_issuers:
        return passed(
            "The issuer's certificate is at {url}.",
            url=found.ca_issuers[0],
            evidence=evidence,
            facts=facts,
        )
    if not path_of(one.leaf.chain, one.leaf.name, roots, at).is_public:
        return not_applicable("A private certificate need not say it.", facts=facts)
    return failed(
        "It does not say where its issuer's certificate is.", evidence=evidence, facts=facts
    )
