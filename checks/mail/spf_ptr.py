"""The SPF record does not ask for reverse names."""

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
from scanner.formats.mail_examples import included, spf
from scanner.observation.mail import SpfRecords


@check(
    id="spf-ptr",
    title="The SPF record does without ptr",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Replace `ptr` by the networks of the servers that send (`ip4`, `ip6`).",
    snippets={"bind": '@ IN TXT "v=spf1 ip4:192.0.2.0/24 -all"'},
    references=(Reference("RFC 7208", "5.5"),),
    passes={"none": spf("v=spf1 mx -all")},
    fails={"ptr": spf("v=spf1 ptr -all"), "ptr with a name": spf("v=spf1 ptr:agency.example -all")},
    others={
        "no record": spf(),
        "a part was not answered": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", reason=Reason.TIMEOUT),)
        ),
    },
)
def spf_ptr(found: SpfRecords) -> Judgement:
    """It is slow, it fails when a foreign name server is slow, and many receivers skip it."""
    reading = spf_static.read(found)
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.")
    evidence = (reading.text, *reading.lines)
    if reading.ptr:
        return failed("It contains {term}.", term=reading.ptr[0], evidence=evidence)
    if reading.unknown:
        return inconclusive(reading.unknown, "A part of it was not answered.", evidence=evidence)
    return passed("It contains none.", evidence=evidence)
