"""The chain is complete and in order."""

from collections.abc import Sequence

from cryptography.x509 import Certificate

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.certificates import Served, each_leaf_of_web, known_issuers
from scanner.formats.certificate import (
    FormatError,
    is_embedded_sct,
    is_self_signed,
    is_signed_by,
    issuer_name,
    links,
    parse,
    pointers,
    subject_name,
)
from scanner.formats.certificate_examples import (
    NAME,
    authority,
    intermediate,
    issuers_at,
    known,
    leaf,
    root,
    served,
    store,
)
from scanner.observation.certificate import CertificateStatus
from scanner.observation.tls import ServedCertificates, TrustStore

NOTHING = CertificateStatus()
NATIONAL = TrustStore((), "no roots", {"national": (root(),)})


@check(
    id="certificate-chain",
    title="The server sends its intermediate certificates, in order",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Serve the certificate followed by each intermediate (fullchain.pem), without the root and
        without certificates of other sites.
    """,
    snippets={
        "nginx": "ssl_certificate /etc/ssl/agency/fullchain.pem;",
        "apache": "SSLCertificateFile /etc/ssl/agency/fullchain.pem",
        "haproxy": "bind :443 ssl crt /etc/ssl/agency/fullchain-and-key.pem",
        "postfix": "smtpd_tls_chain_files = /etc/ssl/agency/key-and-fullchain.pem",
        "iis": "Import the intermediate into the computer's store Intermediate Certification Authorities.",
    },
    references=(Reference("RFC 8446", "4.4.2"), Reference("RFC 5246", "7.4.2")),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "leaf and intermediate": (served(), NOTHING, store()),
        "the root is sent too": (served(leaf(), intermediate(), root()), NOTHING, store()),
        "two ways to two roots": (
            served(leaf(), intermediate(), authority("Example Root", "Older Root")),
            NOTHING,
            store(),
        ),
    },
    fails={
        "the intermediate is missing, known from another server": (
            served(leaf()),
            known(),
            store(),
        ),
        "the same, under a national root": (served(leaf()), known(), NATIONAL),
        "the intermediate is missing": (
            served(leaf(locations=issuers_at("http://ca.example/a"))),
            NOTHING,
            store(),
        ),
        "in the wrong order": (served(leaf(), root(), intermediate()), NOTHING, store()),
        "one of another site": (
            served(leaf(), intermediate(), leaf(names=("other.example",))),
            NOTHING,
            store(),
        ),
        "one twice": (served(leaf(), intermediate(), intermediate()), NOTHING, store()),
        "one that is no certificate": (
            served(leaf(), intermediate(), b"\x30\x00"),
            NOTHING,
            store(),
        ),
    },
    others={
        "a private authority": (served(leaf(issuer="Private CA")), NOTHING, store()),
        "self-signed": (served(leaf(issuer=NAME)), NOTHING, store()),
        "no certificate": (served(b"\x30\x00"), NOTHING, store()),
        "an unknown root, another way": (
            served(leaf(issuer="Private CA"), authority("Private CA", "Private Root")),
            NOTHING,
            store(),
        ),
    },
)
def certificate_chain(
    served: Observed[ServedCertificates], status: CertificateStatus | Unobserved, roots: TrustStore
) -> list[Judgement]:
    """Browsers mend a missing intermediate; programs, phones and mail servers just fail."""
    issuers = known_issuers(status)
    return each_leaf_of_web(served, lambda one: _judge(one, roots, issuers))


def _judge(one: Served, roots: TrustStore, issuers: tuple[bytes, ...]) -> Judgement:
    shown = tuple(_shown(der) for der in one.leaf.chain)
    if is_self_signed(one.certificate):
        return not_applicable("A self-signed certificate has no chain.", evidence=shown)
    stores = (roots.public, *roots.extra.values())
    sent = [made for der in one.leaf.chain[1:] if (made := _parsed(der))]
    for anchors in stores:
        found = links(one.certificate, sent, anchors)
        if found is not None:
            return _order(one, found, shown)
    spare = [parse(der) for der in issuers]
    for anchors in stores:
        found = links(one.certificate, [*sent, *spare], anchors)
        if found is not None:
            missing = [made for made in found if made in spare and made not in sent]
            return failed(
                "The intermediate certificate {missing} is not sent.",
                missing=", ".join(map(subject_name, missing)),
                evidence=shown,
            )
    return _unknown_root(one, shown)


def _unknown_root(one: Served, shown: tuple[str, ...]) -> Judgement:
    """A leaf alone that says where its issuer is to be had was issued by an intermediate, mostly.

    One that public logs know was surely issued under a public root, and by none of the roots.
    """
    logged = is_embedded_sct(one.certificate)
    if len(one.leaf.chain) == 1 and (logged or pointers(one.certificate).ca_issuers):
        return failed(
            "The certificate of its issuer, {issuer}, is not sent.",
            issuer=issuer_name(one.certificate),
            evidence=shown,
            confidence=Confidence.FIRM if logged else Confidence.TENTATIVE,
        )
    return inconclusive(
        Reason.NOT_SUPPORTED_BY_US,
        "No known root ends the chain, so it cannot be told whether a part is missing.",
        evidence=shown,
    )


def _parsed(der: bytes) -> Certificate | None:
    try:
        return parse(der)
    except FormatError:
        return None


def _shown(der: bytes) -> str:
    made = _parsed(der)
    return f"{subject_name(made)}, issued by {issuer_name(made)}" if made else "no certificate"


def _order(one: Served, used: list[Certificate], shown: tuple[str, ...]) -> Judgement:
    """RFC 8446 4.4.2 forgives a wrong order; TLS 1.2 and old clients do not."""
    chain = one.leaf.chain
    if len(set(chain)) < len(chain):
        return failed(
            "A certificate is sent more than once.", severity=Severity.LOW, evidence=shown
        )
    sent = [_parsed(der) for der in chain]
    foreign = [made for made in sent[1:] if made is None or not _certifies_one(made, sent)]
    if foreign:
        return failed(
            "Certificates are sent that do not belong to the chain ({n} of {all}).",
            n=len(foreign),
            all=len(chain),
            severity=Severity.LOW,
            evidence=shown,
        )
    if any(not _certifies_one(made, sent[:at]) for at, made in enumerate(sent) if at and made):
        return failed(
            "The certificates do not follow one another, though a path can be found among them.",
            severity=Severity.LOW,
            evidence=shown,
        )
    if used[-1] in sent:
        return passed(
            "All {n} certificates follow one another; the root among them is not needed.",
            n=len(chain),
            evidence=shown,
        )
    return passed("All {n} certificates follow one another.", n=len(chain), evidence=shown)


def _certifies_one(issuer: Certificate, sent: Sequence[Certificate | None]) -> bool:
    """Whether it issued one of these, so that a path can lead through it."""
    return any(one is not None and one is not issuer and is_signed_by(one, issuer) for one in sent)
