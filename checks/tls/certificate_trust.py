"""A path leads to a root that browsers trust."""

from datetime import datetime

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Members,
    Message,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.certificates import known_issuers, remark, unseen
from scanner.fact import CERTIFICATE_PUBLIC_TRUST, CERTIFICATE_TRUST
from scanner.formats import der
from scanner.formats.certificate import Fault, FormatError, Path, path_of
from scanner.formats.certificate_examples import (
    BROKEN_EXTENSION,
    NAME,
    NOW,
    authority,
    intermediate,
    known,
    leaf,
    root,
    served,
    store,
)
from scanner.formats.certificate_leaf import Leaf, leaves
from scanner.observation.certificate import CertificateStatus
from scanner.observation.tls import ServedCertificates, TrustStore

NATIONAL = TrustStore((), "no roots", {"national": (root(),)})
WORDS = {
    Fault.UNPARSEABLE: Message("what was sent is no certificate"),
    Fault.SELF_SIGNED: Message("it is signed by itself"),
    Fault.NOT_YET_VALID: Message("it is not valid yet"),
    Fault.EXPIRED: Message("it has expired"),
    Fault.NAME_MISMATCH: Message("it is for another name"),
    Fault.INCOMPLETE: Message("an intermediate certificate is not sent"),
    Fault.UNKNOWN_ISSUER: Message("its issuer is unknown or an intermediate is not sent"),
    Fault.OTHER_STORE: Message("its root is in another store only"),
    Fault.ISSUER_NOT_VALID_NOW: Message("an intermediate has expired or is not valid yet"),
    Fault.ISSUER_WEAK: Message("an intermediate has a weak key or signature"),
    Fault.POLICY: Message("it breaks a rule for web certificates"),
}


@check(
    id="certificate-trust",
    title="Browsers trust the certificate",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Use a certificate of a public authority (Let's Encrypt costs nothing) and serve it with its
        intermediate certificates.
    """,
    snippets={
        "nginx": "ssl_certificate /etc/ssl/agency/fullchain.pem;",
        "apache": "SSLCertificateFile /etc/ssl/agency/fullchain.pem",
        "haproxy": "bind :443 ssl crt /etc/ssl/agency/fullchain-and-key.pem",
    },
    references=(
        Reference("RFC 5280", "6"),
        Reference("RFC 8446", "4.4.2"),
    ),
    records=(CERTIFICATE_PUBLIC_TRUST, CERTIFICATE_TRUST),
    roles=(Role.WEB, Role.MAIL),
    passes={"a full chain": (served(), CertificateStatus(), store())},
    fails={
        "expired": (served(leaf(age=100), intermediate()), CertificateStatus(), store()),
        "self-signed": (served(leaf(issuer=NAME)), CertificateStatus(), store()),
        "the intermediate is not sent": (served(leaf()), CertificateStatus(), store()),
        "the intermediate is known from another server": (served(leaf()), known(), store()),
        "an intermediate has expired": (
            served(leaf(issuer="Old CA"), authority("Old CA", "Example Root", days=990)),
            CertificateStatus(),
            store(),
        ),
        "another name": (
            served(leaf(names=("other.example",)), intermediate()),
            CertificateStatus(),
            store(),
        ),
        "a national root only": (served(), CertificateStatus(), NATIONAL),
        "no certificate": (served(b"\x30\x00"), CertificateStatus(), store()),
        "nothing": (served(b""), CertificateStatus(), store()),
    },
    others={
        "none of it was seen": (
            Observed(ServedCertificates(NAME, (), is_complete=False), NOW),
            CertificateStatus(),
            store(),
        ),
        "a mail server's": (served(leaf(), purpose="mail"), CertificateStatus(), store()),
        "one that others may be able to read": (
            served(BROKEN_EXTENSION, intermediate()),
            CertificateStatus(),
            store(),
        ),
    },
)
def certificate_trust(
    served: Observed[ServedCertificates], status: CertificateStatus | Unobserved, roots: TrustStore
) -> list[Judgement]:
    """Without a trusted certificate a visitor cannot tell the agency's site from a copy of it."""
    issuers = known_issuers(status)
    judged = [_judge(one, roots, served.at, issuers) for one in leaves(served.value)]
    judged += unseen(served, (CERTIFICATE_PUBLIC_TRUST, CERTIFICATE_TRUST))
    return [remark(one) for one in judged] if served.value.purpose == "mail" else judged


def _judge(one: Leaf, roots: TrustStore, at: datetime, issuers: tuple[bytes, ...]) -> Judgement:
    path = path_of(one.chain, one.name, roots, at, issuers)
    facts: dict[Fact, FactValue] = {
        CERTIFICATE_PUBLIC_TRUST: path.is_public,
        CERTIFICATE_TRUST: Members(path.trusted_by),
    }
    if Fault.UNPARSEABLE in path.faults and _looks_like_one(one.chain):
        return inconclusive(
            Reason.MALFORMED_REPLY,
            "What the server sends looks like a certificate and cannot be read here.",
            facts=facts,
            item=one.item,
        )
    if path.trusted:
        return passed(
            "A path leads to a root of {store}.", store=roots.source, facts=facts, item=one.item
        )
    evidence = _evidence(path)
    if path.trusted_by and path.faults == (Fault.OTHER_STORE,):
        return failed(
            "Browsers do not trust it; only these stores do: {stores}.",
            stores=", ".join(path.trusted_by),
            evidence=evidence,
            facts=facts,
            item=one.item,
        )
    return failed(
        "Browsers do not trust it: {why}.",
        why=WORDS[path.faults[0]],
        evidence=evidence,
        facts=facts,
        item=one.item,
    )


def _looks_like_one(chain: tuple[bytes, ...]) -> bool:
    """Whether others may read what we cannot: then nobody is accused."""
    try:
        return all(bool(der.spki(der.inside(one)[0].whole)) for one in chain)
    except (FormatError, IndexError):
        return False


def _evidence(path: Path) -> tuple[str, ...]:
    """All reasons, then what the rule is that it breaks, then the verifier's own word."""
    own = (path.detail,) if path.detail else ()
    stores = tuple(f"trusted by the store {name}" for name in path.trusted_by)
    return tuple(WORDS[fault].text for fault in path.faults) + path.rules + stores + own
