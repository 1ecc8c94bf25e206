"""The mail server's certificate is what senders need."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    informational,
    passed,
)
from scanner.formats.certificate import path_of
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.dane import Tlsa, fit, read, usable_by_mail
from scanner.formats.dane_examples import OTHER, chain, of, tlsa
from scanner.formats.mail_examples import NAME
from scanner.formats.mta_sts_policy import fetched
from scanner.observation.base import Seen
from scanner.observation.dane import TlsaRecords
from scanner.observation.dnssec import Security
from scanner.observation.mail import MtaSts
from scanner.observation.tls import CertificateChain, TrustStore

HOST = f"mx.{NAME}"
STS = (leaf(names=(f"mta-sts.{NAME}",)), intermediate())
GOOD = CertificateChain(HOST, "TLSv1.3", (leaf(names=(HOST,)), intermediate()), "mail")
SELF = CertificateChain(HOST, "TLSv1.3", (leaf(issuer=HOST),), "mail")
NONE = MtaSts((), domain=NAME)
NO_PINS: Every[TlsaRecords] = Every()
PINNED = CertificateChain(HOST, "TLSv1.3", chain(), "mail")


def _pins(
    record: str, *, mx: Security = Security.SECURE, way: Security = Security.SECURE
) -> Every[TlsaRecords]:
    place = Place(Subject(Role.MAIL, HOST, 25))
    return Every((Seen(place, Observed(tlsa(record, mx=mx, security=way), NOW)),))


def _sts(mode: str) -> MtaSts:
    text = f"version: STSv1\nmode: {mode}\nmx: {HOST}\nmax_age: 604800\n"
    return MtaSts(("v=STSv1; id=1",), 200, "text/plain", text, STS, domain=NAME)


@check(
    id="mx-certificate",
    title="The mail server's certificate is trusted where senders ask for that",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Give the mail server a certificate of a public authority for the name in the MX record, with
        its intermediate certificates, and renew it by machine.
    """,
    snippets={
        "postfix": "smtpd_tls_chain_files = /etc/letsencrypt/live/mx/privkey.pem, …/fullchain.pem"
    },
    references=(
        Reference("RFC 8461", "4.2"),
        Reference("RFC 7435", "3"),
        Reference("RFC 7672", "3"),
    ),
    roles=(Role.MAIL,),
    passes={
        "pinned, which overrides MTA-STS": (
            Observed(PINNED, NOW),
            _sts("enforce"),
            _pins(of(3, 1, 1)),
            store(),
        ),
        "pinned, but the MX records are not signed": (
            Observed(GOOD, NOW),
            NONE,
            _pins(OTHER, mx=Security.INSECURE),
            store(),
        ),
        "pinned, but the TLSA records are not signed": (
            Observed(GOOD, NOW),
            NONE,
            _pins(OTHER, way=Security.INSECURE),
            store(),
        ),
        "trusted": (Observed(GOOD, NOW), NONE, NO_PINS, store()),
        "trusted, whatever MTA-STS says": (
            Observed(GOOD, NOW),
            Unobserved(Reason.TIMEOUT),
            NO_PINS,
            store(),
        ),
    },
    fails={
        "enforced, and not trusted": (Observed(SELF, NOW), _sts("enforce"), NO_PINS, store()),
        "DANE, and not pinned": (Observed(SELF, NOW), NONE, _pins(OTHER), store()),
    },
    others={
        "nobody asks for it": (Observed(SELF, NOW), NONE, NO_PINS, store()),
        "testing": (Observed(SELF, NOW), _sts("testing"), NO_PINS, store()),
        "MTA-STS was not seen": (Observed(SELF, NOW), Unobserved(Reason.TIMEOUT), NO_PINS, store()),
        "the policy was not seen": (
            Observed(SELF, NOW),
            MtaSts(("v=STSv1; id=1",), reason=Reason.TIMEOUT, domain=NAME),
            NO_PINS,
            store(),
        ),
    },
)
def mx_certificate(
    seen: Observed[CertificateChain],
    sts: MtaSts | Unobserved,
    pins: Every[TlsaRecords],
    roots: TrustStore,
) -> Judgement:
    """Mail is encrypted whatever it says; under MTA-STS and DANE a sender delivers to no other."""
    usable, names = _pinned(pins, seen.value.name)
    if usable:
        return _by_pins(seen, usable, names)
    path = path_of(seen.value.certificates, seen.value.name, roots, seen.at)
    if path.trusted:
        return passed("It is trusted for {name}.", name=seen.value.name)
    why = ", ".join(path.faults) or "no path to a root"
    made = None if isinstance(sts, Unobserved) else fetched(sts, sts.domain, roots, seen.at)
    if made is None or made.unknown:
        reason = sts.reason if isinstance(sts, Unobserved) else made.unknown if made else None
        return inconclusive(
            reason or Reason.DEPENDENCY_MISSING,
            "It is not trusted ({why}); whether MTA-STS asks for that was not seen.",
            why=why,
        )
    if made.policy and made.policy.mode == "enforce":
        return failed(
            "It is not trusted ({why}), and the MTA-STS policy has senders refuse it.", why=why
        )
    return informational(
        "It is not trusted ({why}); without MTA-STS and DANE senders do not look.", why=why
    )


def _pinned(pins: Every[TlsaRecords], host: str) -> tuple[tuple[Tlsa, ...], tuple[str, ...]]:
    """The TLSA records that senders act on: all of the way to them is secure (RFC 7672 2.2)."""
    for _, one in pins.on(host):
        if isinstance(one, Observed) and one.value.mx is Security.SECURE:
            found: TlsaRecords = one.value
            if found.security is Security.SECURE:
                return usable_by_mail(read(found.records)), found.names
    return (), ()


def _by_pins(
    seen: Observed[CertificateChain], usable: tuple[Tlsa, ...], names: tuple[str, ...]
) -> Judgement:
    """With usage 3 neither dates nor names nor issuers count (RFC 7672 3.1.1)."""
    found = fit(usable, seen.value.certificates, names, seen.at)
    if found.record:
        return passed("It fits the TLSA record {record}.", record=found.record.text)
    return failed(
        "It fits none of the {n} TLSA records: senders that heed DANE refuse to deliver.",
        n=len(usable),
        evidence=found.why,
    )
