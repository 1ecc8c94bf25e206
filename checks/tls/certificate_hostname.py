"""The certificate names the host."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.certificate import FormatError, dns_names, matches, parse
from scanner.formats.certificate_examples import intermediate, leaf, seen
from scanner.observation.tls import CertificateChain


@check(
    id="certificate-hostname",
    title="The certificate is issued for the name of the site",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Order a certificate whose subject alternative names hold this name: the domain itself and
        www, each if it is used. A wildcard stands for one label only.
    """,
    references=(Reference("RFC 9525", "6.3"),),
    roles=(Role.WEB,),
    passes={
        "its name": seen().value,
        "a wildcard": seen(leaf(names=("*.agency.example",)), intermediate()).value,
    },
    fails={
        "another name": seen(leaf(names=("other.example",)), intermediate()).value,
        "a wildcard one level too high": seen(leaf(names=("*.example",)), intermediate()).value,
        "only a common name": seen(leaf(names=()), intermediate()).value,
        "no certificate": seen(b"\x30\x00").value,
    },
)
def certificate_hostname(chain: CertificateChain) -> Judgement:
    """A certificate for another name proves nothing of this one; browsers refuse the page."""
    try:
        certificate = parse(chain.certificates[0])
    except FormatError as error:
        return failed("What the server sends is no certificate: {why}.", why=error.message)
    names = dns_names(certificate)
    evidence = tuple(f"DNS:{name}" for name in names[:20])
    if matches(certificate, chain.name):
        return passed("It names {host}.", host=chain.name, evidence=evidence)
    if not names:
        return failed("It has no subject alternative name; browsers read no other.")
    return failed(
        "It is for {names}, not for {host}.",
        names=", ".join(names[:3]),
        host=chain.name,
        evidence=evidence,
    )
