"""The certificate is for servers, and not for everything."""

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from scanner import Effort, Judgement, Observed, Reference, Role, Severity, check, failed, passed
from scanner.certificates import Served, each_leaf
from scanner.formats.certificate import extension, path_of
from scanner.formats.certificate_examples import NAME, intermediate, leaf, served, store
from scanner.observation.tls import ServedCertificates, TrustStore

# CA/Browser Forum Baseline Requirements 2.2.6, 7.1.2.7.10: what must not stand beside serverAuth.
FORBIDDEN = {
    Usage.CODE_SIGNING: "codeSigning",
    Usage.EMAIL_PROTECTION: "emailProtection",
    Usage.TIME_STAMPING: "timeStamping",
    Usage.OCSP_SIGNING: "OCSPSigning",
}
NAMES = {
    **FORBIDDEN,
    Usage.SERVER_AUTH: "serverAuth",
    Usage.CLIENT_AUTH: "clientAuth",
    Usage.ANY_EXTENDED_KEY_USAGE: "anyExtendedKeyUsage",
}


def _for(*usages: x509.ObjectIdentifier) -> bytes:
    extra = (x509.ExtendedKeyUsage(usages), False)
    return leaf(has_usage=False, extras=(extra,))


@check(
    id="certificate-eku",
    title="The certificate is issued for servers, and not for everything",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Order a certificate for TLS servers: its extended key usage is serverAuth alone.",
    snippets={"openssl": "extendedKeyUsage = serverAuth"},
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.2.7.10"),
        Reference("RFC 5280", "4.2.1.12"),
    ),
    roles=(Role.WEB,),
    passes={
        "servers": (served(), store()),
        "clients too": (
            served(_for(Usage.SERVER_AUTH, Usage.CLIENT_AUTH), intermediate()),
            store(),
        ),
        "private, without any": (served(leaf(issuer=NAME, has_usage=False)), store()),
    },
    fails={
        "clients only": (served(_for(Usage.CLIENT_AUTH), intermediate()), store()),
        "anything": (
            served(_for(Usage.SERVER_AUTH, Usage.ANY_EXTENDED_KEY_USAGE), intermediate()),
            store(),
        ),
        "public, without any": (served(leaf(has_usage=False), intermediate()), store()),
        "public, for code as well": (
            served(_for(Usage.SERVER_AUTH, Usage.CODE_SIGNING), intermediate()),
            store(),
        ),
    },
    others={"no certificate": (served(b"\x30\x00"), store())},
)
def certificate_eku(served: Observed[ServedCertificates], roots: TrustStore) -> list[Judgement]:
    """A certificate that is good for signing programs or mail does more harm when it is stolen."""
    return each_leaf(served, lambda one: _judge(one, roots, served.at))


def _judge(one: Served, roots: TrustStore, at: datetime) -> Judgement:
    usage = extension(one.certificate, x509.ExtendedKeyUsage)
    is_public = path_of(one.leaf.chain, one.leaf.name, roots, at).is_public
    if usage is None and is_public:
        return failed("It does not say what it is for; a public certificate has to.")
    if usage is None:
        return passed("It does not say what it is for; a private certificate need not.")
    shown = tuple(NAMES.get(oid, oid.dotted_string) for oid in usage)
    listed = ", ".join(shown)
    if Usage.SERVER_AUTH not in usage:
        return failed("It is for {usages}, not for servers.", usages=listed, evidence=shown)
    if Usage.ANY_EXTENDED_KEY_USAGE in usage:
        return failed("It is for any purpose.", evidence=shown)
    wrong = [name for oid, name in FORBIDDEN.items() if oid in usage]
    if wrong and is_public:
        return failed(
            "It is for servers and for {others}.", others=", ".join(wrong), evidence=shown
        )
    return passed("It is for {usages}.", usages=listed, evidence=shown)
