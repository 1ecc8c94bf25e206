"""The certificates are signed with SHA-256 or stronger."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.certificate import FormatError, is_self_signed, parse, signature_hash
from scanner.formats.certificate_examples import OLD_SIGNATURE, leaf, root, seen
from scanner.observation.tls import CertificateChain

WEAK = frozenset({"md2", "md4", "md5", "sha1", "sha224"})


@check(
    id="certificate-signature",
    title="The certificates are signed with SHA-256 or stronger",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Have the certificate issued again; no authority signs with SHA-1 any more.",
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.3.2"),
        Reference("RFC 9155", "3"),
    ),
    roles=(Role.WEB,),
    passes={
        "SHA-256": seen().value,
        "the signature of a root is never judged": seen(leaf(), root()).value,
    },
    fails={
        "SHA-1": seen(OLD_SIGNATURE).value,
        "no certificate": seen(b"\x30\x00").value,
    },
)
def certificate_signature(chain: CertificateChain) -> Judgement:
    """Signatures over SHA-1 and MD5 can be forged: a certificate for any name can be made."""
    try:
        sent = [parse(der) for der in chain.certificates]
    except FormatError as error:
        return failed("What the server sends is no certificate: {why}.", why=error.message)
    judged = [sent[0], *(one for one in sent[1:] if not is_self_signed(one))]
    hashes = [signature_hash(one) or "a scheme of its own" for one in judged]
    evidence = tuple(
        f"{one.subject.rfc4514_string()}: {name}" for one, name in zip(judged, hashes, strict=True)
    )
    if weak := [name for name in hashes if name in WEAK]:
        return failed("A signature rests on {hash}.", hash=weak[0], evidence=evidence)
    return passed("The signatures rest on {hashes}.", hashes=", ".join(hashes), evidence=evidence)
