"""What the checks of certificates have in common: one judgement for each leaf that was served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cryptography.x509 import Certificate, Name
from msgspec.structs import replace

from scanner.fact import Fact, Unknown
from scanner.finding import Judgement, Outcome, inconclusive
from scanner.formats.certificate import FormatError, parse
from scanner.formats.certificate_leaf import Leaf, leaves
from scanner.observation import Observed, Reason, Unobserved
from scanner.observation.certificate import CertificateStatus
from scanner.observation.tls import ServedCertificates, TrustStore


class Served(NamedTuple):
    """A leaf that could be read, with all that came with it."""

    certificate: Certificate
    leaf: Leaf


def each_leaf(
    served: Observed[ServedCertificates],
    judge: Callable[[Served], Judgement],
    records: Iterable[Fact] = (),
) -> list[Judgement]:
    """Judge every distinct leaf; what is no certificate is judged by ``certificate-trust``."""
    judged = [_judge(leaf, judge, tuple(records)) for leaf in leaves(served.value)]
    return [*judged, *unseen(served, records)]


def unseen(
    served: Observed[ServedCertificates], records: Iterable[Fact] = ()
) -> tuple[Judgement, ...]:
    """Say so where there may be a further leaf: nothing acquits what was not seen (tls.md 0.2)."""
    if served.value.is_complete:
        return ()
    said = inconclusive(
        why := served.value.reason or Reason.TIMEOUT,
        "A question for a certificate of another kind got no answer: there may be one more.",
        facts=dict.fromkeys(records, Unknown(why)),
        item="unseen",
    )
    return (said,)


def each_leaf_of_web(
    served: Observed[ServedCertificates],
    judge: Callable[[Served], Judgement],
    records: Iterable[Fact] = (),
) -> list[Judgement]:
    """The same, where a rule binds web servers: of a mail server it is a remark.

    Mail is encrypted whatever the certificate says, unless MTA-STS or DANE ask for more, and
    those are judged by ``mx-certificate`` (RFC 7435, RFC 8461 4.2).
    """
    judged = each_leaf(served, judge, records)
    return [remark(one) for one in judged] if served.value.purpose == "mail" else judged


def known_issuers(status: CertificateStatus | Unobserved) -> tuple[bytes, ...]:
    """The issuers' certificates that were seen elsewhere, where that was looked for."""
    return status.known if isinstance(status, CertificateStatus) else ()


def issuers_of(
    one: Served, status: CertificateStatus | Unobserved, roots: TrustStore
) -> tuple[Certificate, ...]:
    """Whoever bears the issuer's name: of those sent, those seen elsewhere, and the roots."""
    known = (*one.leaf.chain[1:], *known_issuers(status), *roots.public)
    extra = (der for store in roots.extra.values() for der in store)
    return tuple(_bearing(one.certificate.issuer, (*known, *extra)))


def _bearing(name: Name, ders: Iterable[bytes]) -> Iterator[Certificate]:
    for der in dict.fromkeys(ders):
        try:
            made = parse(der)
        except FormatError:
            continue
        if made.subject == name:
            yield made


def remark(judgement: Judgement) -> Judgement:
    """A failure said as a remark, which is no verdict."""
    if judgement.outcome is not Outcome.FAIL:
        return judgement
    return replace(judgement, outcome=Outcome.INFORMATIONAL, severity=None)


def _judge(
    leaf: Leaf, judge: Callable[[Served], Judgement], records: tuple[Fact, ...]
) -> Judgement:
    try:
        certificate = parse(leaf.chain[0] if leaf.chain else b"")
    except FormatError as error:
        said = inconclusive(
            Reason.MALFORMED_REPLY,
            "What the server sends cannot be read as a certificate: {why}.",
            why=error.message,
            facts=dict.fromkeys(records, Unknown(Reason.MALFORMED_REPLY)),
        )
    else:
        said = judge(Served(certificate, leaf))
    return replace(said, item=leaf.item)
