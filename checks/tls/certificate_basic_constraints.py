"""The certificate cannot issue others."""

from cryptography import x509

from scanner import Effort, Judgement, Observed, Reference, Role, Severity, check, failed, passed
from scanner.certificates import Served, each_leaf
from scanner.formats.certificate import extension
from scanner.formats.certificate_examples import intermediate, leaf, served
from scanner.observation.tls import ServedCertificates


def _constrained(*, ca: bool) -> bytes:
    return leaf(extras=((x509.BasicConstraints(ca=ca, path_length=None), True),))


@check(
    id="certificate-basic-constraints",
    title="The certificate of the server is not one of an authority",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Order a certificate for the server, and keep the authority's key off it.",
    snippets={"openssl": "basicConstraints = critical, CA:FALSE"},
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.2.7.8"),
        Reference("RFC 5280", "4.2.1.9"),
    ),
    roles=(Role.WEB,),
    passes={
        "nothing said": served(),
        "no authority": served(_constrained(ca=False), intermediate()),
    },
    fails={"an authority's": served(_constrained(ca=True), intermediate())},
    others={"no certificate": served(b"\x30\x00")},
)
def certificate_basic_constraints(served: Observed[ServedCertificates]) -> list[Judgement]:
    """With the key of such a certificate one issues certificates for any name."""
    return each_leaf(served, _judge)


def _judge(one: Served) -> Judgement:
    constraints = extension(one.certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        return failed("It is a CA certificate (cA is true).")
    return passed("It is no CA certificate.")
