"""The certificate is not signed by itself."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.certificate import FormatError, is_self_signed, issuer_name, parse
from scanner.formats.certificate_examples import NAME, leaf, seen
from scanner.observation.tls import CertificateChain


@check(
    id="certificate-self-signed",
    title="The certificate is issued by an authority",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Replace the certificate that came with the software by one of a public authority.",
    references=(Reference("RFC 5280", "3.2"),),
    roles=(Role.WEB,),
    passes={"issued by a CA": seen().value},
    fails={
        "self-signed": seen(leaf(issuer=NAME)).value,
        "no certificate": seen(b"\x30\x00").value,
    },
)
def certificate_self_signed(chain: CertificateChain) -> Judgement:
    """Anyone can make such a certificate, for any name, in a second."""
    try:
        certificate = parse(chain.certificates[0])
    except FormatError as error:
        return failed("What the server sends is no certificate: {why}.", why=error.message)
    issuer = issuer_name(certificate)
    if is_self_signed(certificate):
        return failed("It is signed by its own key ({issuer}).", issuer=issuer)
    return passed("It is issued by {issuer}.", issuer=issuer)
