"""Every term of the SPF record does something."""

from collections.abc import Iterator
from ipaddress import ip_network

from scanner import (
    Effort,
    Judgement,
    Message,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import spf, spf_static
from scanner.formats.address_space import is_special
from scanner.formats.mail_examples import spf as seen
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfHost, SpfRecords


@check(
    id="spf-unreachable-terms",
    title="Every term of the SPF record has an effect",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Take out what is named, and put `all` last.",
    snippets={"bind": '@ IN TXT "v=spf1 mx ip4:192.0.2.0/24 -all"'},
    references=(Reference("RFC 7208", "5.1"), Reference("RFC 7208", "6.1")),
    passes={
        "all last": seen("v=spf1 mx -all"),
        "a public network": seen("v=spf1 ip4:9.9.9.9 -all"),
    },
    fails={
        "behind all": seen("v=spf1 -all ip4:9.9.9.9"),
        "a redirect beside all": seen("v=spf1 mx -all redirect=x.test"),
        "twice": seen("v=spf1 mx MX -all"),
        "an address of nobody": seen("v=spf1 ip4:10.0.0.0/8 -all"),
        "a host that does not exist": seen(
            "v=spf1 a:gone.test -all",
            hosts=(SpfHost("gone.test", "A", presence=Presence.NXDOMAIN),),
        ),
    },
    others={"no record": seen()},
)
def spf_unreachable_terms(found: SpfRecords) -> Judgement:
    """Somebody believes that these terms let a server send, or keep one from it."""
    reading = spf_static.read(found)
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.")
    idle = tuple(_idle(found, reading.record))
    evidence = (reading.text, *(one.text for one in idle))
    if idle:
        return failed("Without effect: {what}.", what=idle[0], evidence=evidence)
    return passed("All of them do.", evidence=evidence)


def _idle(found: SpfRecords, record: spf.Record) -> Iterator[Message]:
    mechanisms = [one for one in record.terms if one.qualifier != "="]
    for one in mechanisms[len(record.evaluated) :]:
        yield Message("{term} stands behind all and never runs", {"term": one.text})
    if record.all and any(one.name == "redirect" for one in record.terms if one.qualifier == "="):
        yield Message("redirect is ignored, for there is an all")
    texts = [one.text.lower() for one in record.evaluated]
    for text in sorted({one for one in texts if texts.count(one) > 1}):
        yield Message("{term} is there {n} times", {"term": text, "n": texts.count(text)})
    for one in record.evaluated:
        if one.name in {"ip4", "ip6"} and is_special(ip_network(one.value, strict=False)):
            yield Message("{term} names addresses that are not of the Internet", {"term": one.text})
        host = found.host(one.value, "MX" if one.name == "mx" else "A")
        if one.name in {"a", "mx"} and host and host.presence is Presence.NXDOMAIN:
            yield Message("{term} names a host that does not exist", {"term": one.text})
