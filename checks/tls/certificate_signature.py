"""The certificates are signed with SHA-256 or stronger."""

from cryptography.x509 import Certificate

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.certificates import Served, each_leaf_of_web
from scanner.formats.certificate import (
    WEAK_HASHES,
    FormatError,
    is_self_signed,
    keys_of,
    parse,
    signature_hash,
    spki_sha256,
    subject_name,
)
from scanner.formats.certificate_examples import (
    OLD_SIGNATURE,
    UNKNOWN_SIGNATURE,
    intermediate,
    leaf,
    root,
    served,
    store,
)
from scanner.observation.tls import ServedCertificates, TrustStore

GOOD = frozenset({"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"})
OWN_SCHEME = "a scheme of its own"


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
    roles=(Role.WEB, Role.MAIL),
    passes={
        "SHA-256": (served(), store()),
        "the signature of a root is never judged": (
            served(leaf(), intermediate(), root()),
            store(),
        ),
        "a part of the chain is unreadable": (served(leaf(), b"\x30\x00"), store()),
    },
    fails={"SHA-1": (served(OLD_SIGNATURE), store())},
    others={
        "no certificate": (served(b"\x30\x00"), store()),
        "an algorithm that is not known": (served(UNKNOWN_SIGNATURE), store()),
    },
)
def certificate_signature(
    served: Observed[ServedCertificates], roots: TrustStore
) -> list[Judgement]:
    """Signatures over SHA-1 and MD5 can be forged: a certificate for any name can be made."""
    return each_leaf_of_web(served, lambda one: _judge(one, roots))


def _judge(one: Served, roots: TrustStore) -> Judgement:
    judged = [one.certificate, *_signed_issuers(one, roots)]
    hashes = [signature_hash(each) or OWN_SCHEME for each in judged]
    evidence = tuple(
        f"{subject_name(each)}: {name}" for each, name in zip(judged, hashes, strict=True)
    )
    if weak := [name for name in hashes if name in WEAK_HASHES]:
        return failed("A signature rests on {hash}.", hash=weak[0], evidence=evidence)
    if odd := [name for name in hashes if name not in {*GOOD, OWN_SCHEME}]:
        return inconclusive(
            Reason.NOT_SUPPORTED_BY_US,
            "A signature is of an algorithm that is not judged here ({oid}).",
            oid=odd[0],
            evidence=evidence,
        )
    return passed("The signatures rest on {hashes}.", hashes=", ".join(hashes), evidence=evidence)


def _signed_issuers(one: Served, roots: TrustStore) -> list[Certificate]:
    """The certificates sent along whose signature anyone relies on: of no root's key."""
    anchors = keys_of(roots.public)
    found = []
    for der in one.leaf.chain[1:]:
        try:
            issuer = parse(der)
        except FormatError:
            continue
        if not is_self_signed(issuer) and spki_sha256(issuer) not in anchors:
            found.append(issuer)
    return found
