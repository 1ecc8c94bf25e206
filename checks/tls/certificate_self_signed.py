"""The certificate is not signed by itself."""

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
    passed,
)
from scanner.certificates import Served, each_leaf_of_web
from scanner.fact import CERTIFICATE_SELF_SIGNED, CERTIFICATE_SPKI
from scanner.formats.certificate import is_self_signed, issuer_name, spki_sha256
from scanner.formats.certificate_examples import NAME, leaf, served
from scanner.observation.tls import ServedCertificates


@check(
    id="certificate-self-signed",
    title="The certificate is issued by an authority",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Replace the certificate that came with the software by one of a public authority; for an
        internal service by one of the agency's own authority, whose root its computers know.
    """,
    snippets={"certbot": "certbot --nginx -d www.agency.example"},
    references=(Reference("RFC 5280", "3.2"),),
    records=(CERTIFICATE_SELF_SIGNED, CERTIFICATE_SPKI),
    roles=(Role.WEB, Role.MAIL),
    passes={"issued by a CA": served()},
    fails={"self-signed": served(leaf(issuer=NAME))},
    others={
        "no certificate": served(b"\x30\x00"),
        "a mail server's": served(leaf(issuer=NAME), purpose="mail"),
    },
)
def certificate_self_signed(served: Observed[ServedCertificates]) -> list[Judgement]:
    """Anyone can make such a certificate, for any name, in a second."""
    return each_leaf_of_web(served, _judge, (CERTIFICATE_SELF_SIGNED, CERTIFICATE_SPKI))


def _judge(one: Served) -> Judgement:
    certificate = one.certificate
    own = is_self_signed(certificate)
    facts: dict[Fact, FactValue] = {
        CERTIFICATE_SELF_SIGNED: own,
        CERTIFICATE_SPKI: spki_sha256(certificate),
    }
    issuer = issuer_name(certificate) or "an issuer without a name"
    if own:
        return failed("It is signed by its own key ({issuer}).", issuer=issuer, facts=facts)
    return passed("It is issued by {issuer}.", issuer=issuer, facts=facts)
