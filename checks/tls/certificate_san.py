"""The certificate's names are where programs read them, and well-formed."""

from datetime import datetime

from cryptography import x509

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    counted,
    failed,
    passed,
)
from scanner.certificates import Served, each_leaf
from scanner.formats.certificate import (
    common_names,
    dns_names,
    ip_addresses,
    is_well_formed_name,
    path_of,
)
from scanner.formats.certificate_examples import NAME, intermediate, leaf, served, store
from scanner.observation.tls import ServedCertificates, TrustStore

E_MAIL = (x509.SubjectAlternativeName([x509.RFC822Name("a@agency.example")]), False)


@check(
    id="certificate-san",
    title="The certificate names its hosts as subject alternative names",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Order the certificate again, with every host name as a subject alternative name. The common
        name is read by no browser; where there is one it has to be among those names.
    """,
    snippets={
        "openssl": "openssl req -new -key agency.key -subj / -addext 'subjectAltName=DNS:www.agency.example' -out agency.csr"
    },
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.2.7.12"),
        Reference("RFC 5280", "4.2.1.6"),
    ),
    roles=(Role.WEB,),
    passes={
        "a name": (served(), store()),
        "no common name": (served(leaf(common_name=""), intermediate()), store()),
        "a private certificate with a common name of its own": (
            served(leaf(issuer=NAME, common_name="Router")),
            store(),
        ),
    },
    fails={
        "only a common name": (served(leaf(names=()), intermediate()), store()),
        "only a mail address": (served(leaf(names=(), extras=(E_MAIL,)), intermediate()), store()),
        "a common name that is none of them": (
            served(leaf(common_name="other.example"), intermediate()),
            store(),
        ),
        "a name with an underscore": (
            served(leaf(names=(NAME, "a_b.agency.example")), intermediate()),
            store(),
        ),
    },
    others={"no certificate": (served(b"\x30\x00"), store())},
)
def certificate_san(served: Observed[ServedCertificates], roots: TrustStore) -> list[Judgement]:
    """Browsers and libraries read the host's name there and nowhere else."""
    return each_leaf(served, lambda one: _judge(one, roots, served.at))


def _judge(one: Served, roots: TrustStore, at: datetime) -> Judgement:
    names, addresses = dns_names(one.certificate), ip_addresses(one.certificate)
    common = common_names(one.certificate)
    evidence = (*(f"DNS:{name}" for name in names), *(f"IP:{one}" for one in addresses))
    if not evidence:
        return failed(
            "It has no subject alternative name for a host.",
            evidence=tuple(f"CN={name}" for name in common),
        )
    if path_of(one.leaf.chain, one.leaf.name, roots, at).is_public:
        odd = [name for name in names if not is_well_formed_name(name)]
        if odd:
            return failed(
                "The name {name} in it is not a host name.", name=odd[0], evidence=evidence
            )
        known = {name.lower() for name in (*names, *addresses)}
        foreign = [name for name in common if name.lower() not in known]
        if foreign:
            return failed(
                "Its common name {name} is none of its alternative names.",
                name=foreign[0],
                evidence=evidence,
            )
    said = counted("It has one name.", "It has {n} names.", n=len(evidence))
    return passed(said, evidence=evidence)
