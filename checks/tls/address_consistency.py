"""Every address of a service behaves alike."""

from __future__ import annotations

from collections.abc import Iterator

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
    not_applicable,
    passed,
)
from scanner.formats.tls.consistency import Differences, differences, services, two
from scanner.observation.tls import ServedCertificates, TlsServer

WEB = Subject(Role.WEB, "www.agency.example", 443)
GOOD = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
OLD = TlsServer.taking(TLSv10=("TLS_RSA_WITH_RC4_128_SHA",))
DEAD = Unobserved(Reason.REFUSED, "the connection was refused")
MUTE = Unobserved(Reason.TIMEOUT, "no answer in time", reached=True)
ONE: Every[TlsServer] = two(WEB, GOOD)
NO_CHAINS: Every[ServedCertificates] = Every(())


@check(
    id="address-consistency",
    title="Every address of a service behaves alike",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Configure every machine behind the name alike, IPv6 included.",
    references=(Reference("RFC 9325", "3.1"),),
    passes={"both alike": (two(WEB, GOOD, GOOD), NO_CHAINS)},
    fails={
        "one is older": (two(WEB, GOOD, OLD), NO_CHAINS),
        "one takes no connection": (two(WEB, GOOD, DEAD), NO_CHAINS),
        "one has another certificate": (
            two(WEB, GOOD, GOOD),
            two(WEB, ServedCertificates.of(b"one"), ServedCertificates.of(b"two")),
        ),
    },
    others={
        "one address": (ONE, NO_CHAINS),
        "one did not answer": (two(WEB, GOOD, MUTE), NO_CHAINS),
        "none was seen": (two(WEB, DEAD, DEAD), NO_CHAINS),
    },
)
def address_consistency(
    servers: Every[TlsServer], served: Every[ServedCertificates]
) -> list[Judgement]:
    """A visitor gets one of the addresses. Where one was forgotten, some visitors always get it."""
    return list(_each(servers, served)) or [
        not_applicable("No service of the name was seen at more than one address.")
    ]


def _each(servers: Every[TlsServer], served: Every[ServedCertificates]) -> Iterator[Judgement]:
    for subject in services(servers):
        places = [one for one in servers.at(subject) if one.place.address]
        seen = [one for one in places if isinstance(one.observation, Observed)]
        if len(places) > 1 and seen:
            dead = [one.place for one in places if _never_reached(one.observation)]
            yield _judge(
                subject, dead, len(places) - len(seen), differences(subject, servers, served)
            )


def _never_reached(seen: object) -> bool:
    return isinstance(seen, Unobserved) and not seen.reached


def _judge(subject: Subject, dead: list[Place], missing: int, found: Differences) -> Judgement:
    item = subject.text
    if dead:
        return failed(
            "The address {address} takes no connection, while others do.",
            address=dead[0].address or "",
            item=item,
            evidence=found.evidence,
        )
    if found.odd:
        return failed(
            "The address {address} differs in {what}.",
            address=found.odd,
            what=", ".join(found.what),
            item=item,
            evidence=found.evidence,
        )
    if missing:
        return inconclusive(
            Reason.TIMEOUT,
            "Not every address could be examined; those that were are alike.",
            item=item,
            evidence=found.evidence,
        )
    return passed("Every address behaves alike.", item=item, evidence=found.evidence)
