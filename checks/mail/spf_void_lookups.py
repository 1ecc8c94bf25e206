"""The SPF record names no more than two hosts that do not answer."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats import spf_static
from scanner.formats.mail_examples import included, spf
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfHost, SpfRecords


def _void(name: str, *, six: bool = True) -> SpfHost:
    four = () if six else ("192.0.2.1",)
    return SpfHost(name, "A", (), four, (), Presence.NXDOMAIN, is_void4=six, is_void6=True)


THREE = "v=spf1 a:a.test a:b.test a:c.test -all"


@check(
    id="spf-void-lookups",
    title="The SPF record leads into the void at most twice",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Take the terms out whose names have no address or do not exist.",
    snippets={"bind": '@ IN TXT "v=spf1 mx -all"'},
    references=(Reference("RFC 7208", "4.6.4"),),
    passes={
        "every name answers": spf("v=spf1 a:a.test -all", hosts=(SpfHost("a.test", "A"),)),
        "two do not": spf(THREE, hosts=(_void("a.test"), _void("b.test"))),
    },
    fails={"three do not": spf(THREE, hosts=(_void("a.test"), _void("b.test"), _void("c.test")))},
    others={
        "no record": spf(),
        "void for IPv6 senders alone": spf(
            THREE,
            hosts=tuple(_void(f"{one}.test", six=False) for one in "abc"),
        ),
        "a part was not answered": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", reason=Reason.TIMEOUT),)
        ),
        "a host was not answered": spf(
            "v=spf1 a:a.test -all", hosts=(SpfHost("a.test", "A", reason=Reason.SERVFAIL),)
        ),
    },
)
def spf_void_lookups(found: SpfRecords) -> Judgement:
    """At the third empty answer receivers may give up on the whole record."""
    reading = spf_static.read(found)
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.")
    evidence = (reading.text, *reading.void_both, *reading.void_one)
    if len(reading.void_both) > spf_static.MOST_VOID:
        return failed(
            "{n} of its names have no answer: {names}.",
            n=len(reading.void_both),
            names=", ".join(reading.void_both[:5]),
            evidence=evidence,
        )
    missing = reading.unknown or next((one.reason for one in found.hosts if one.reason), None)
    if missing:
        return inconclusive(missing, "A name that it leads to was not answered.", evidence=evidence)
    if len(reading.void_both) + len(reading.void_one) > spf_static.MOST_VOID:
        return informational(
            "For senders of one address family {n} of its names have no answer.",
            n=len(reading.void_both) + len(reading.void_one),
            evidence=evidence,
        )
    return passed("{n} of its names have no answer.", n=len(reading.void_both), evidence=evidence)
