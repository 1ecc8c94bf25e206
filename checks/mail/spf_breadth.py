"""The SPF record lets no large part of the Internet pass."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import spf_static
from scanner.formats.address_space import size
from scanner.formats.mail_examples import included, spf
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfHost, SpfRecords

# Number of addresses from which on a union of networks is too much, the worst first.
FOUR = ((1 << 31, Severity.CRITICAL), (1 << 24, Severity.HIGH), (1 << 22, Severity.LOW))
SIX = ((1 << 112, Severity.HIGH), (1 << 96, Severity.LOW))
HOST = SpfHost("h.test", "A", (), ("9.9.9.9",), ("2620:fe::9",), Presence.PRESENT)


@check(
    id="spf-breadth",
    title="The SPF record lets only small networks pass",
    severity=Severity.CRITICAL,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Name the addresses of the servers that send, not the networks they stand in.",
    snippets={"bind": '@ IN TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"'},
    references=(Reference("RFC 7208", "11.4"),),
    passes={
        "one network": spf("v=spf1 ip4:9.9.9.0/24 -all"),
        "addresses of nobody": spf("v=spf1 ip4:10.0.0.0/8 -all"),
        "hosts": spf(
            "v=spf1 a:h.test mx exists:_h.test -all",
            hosts=(
                HOST,
                SpfHost("agency.example", "MX", ("h.test",), ("9.9.9.10",), (), Presence.PRESENT),
            ),
        ),
    },
    fails={
        "half of the Internet": spf("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"),
        "a whole /8": spf("v=spf1 ip4:8.0.0.0/8 -all"),
        "a /10, in an include": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", "v=spf1 ip4:8.0.0.0/10 -all"),)
        ),
        "an IPv6 /16": spf("v=spf1 ip6:2a00::/16 -all"),
        "an IPv6 /32": spf("v=spf1 ip6:2a00:1450::/32 -all"),
        "a host with a short prefix": spf("v=spf1 a:h.test/8//16 -all", hosts=(HOST,)),
    },
    others={
        "no record": spf(),
        "everybody": spf("v=spf1 +all"),
        "a part was not answered": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", reason=Reason.TIMEOUT),)
        ),
    },
)
def spf_breadth(found: SpfRecords) -> Judgement:
    """Whoever rents an address in one of these networks sends as the agency."""
    reading = spf_static.read(found)
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.")
    if reading.passes_everyone:
        return not_applicable("It lets every server pass (see spf-all).", evidence=(reading.text,))
    four, six = size(reading.networks, 4), size(reading.networks, 6)
    wide = sorted(reading.networks, key=lambda one: one.prefixlen)[:10]
    evidence = (reading.text, *(f"{one} ({one.num_addresses} addresses)" for one in wide))
    worst = min((*_over(four, FOUR), *_over(six, SIX)), key=lambda one: one.rank, default=None)
    if worst:
        return failed(
            "It lets {four} IPv4 and {six} IPv6 addresses of the Internet pass.",
            four=four,
            six=f"{six:.3g}",
            severity=worst,
            evidence=evidence,
        )
    if reading.unknown:
        return inconclusive(reading.unknown, "A part of it was not answered.", evidence=evidence)
    return passed(
        "It lets {four} IPv4 and {six} IPv6 addresses of the Internet pass.",
        four=four,
        six=f"{six:.3g}",
        evidence=evidence,
    )


def _over(n: int, limits: tuple[tuple[int, Severity], ...]) -> tuple[Severity, ...]:
    return tuple(severity for limit, severity in limits if n >= limit)
