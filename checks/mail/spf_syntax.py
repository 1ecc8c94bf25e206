"""The SPF record can be evaluated."""

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
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfLookup, SpfRecords

NAME = "agency.example"


def _spf(*texts: str, below: tuple[SpfLookup, ...] = ()) -> SpfRecords:
    return SpfRecords((SpfLookup(NAME, texts), *below))


@check(
    id="spf-syntax",
    title="The SPF record can be evaluated without error",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Correct the term that is named; keep one record, and drop includes that are gone.",
    references=(Reference("RFC 7208", "4.6"), Reference("RFC 7208", "5.2")),
    passes={
        "sound": _spf("v=spf1 mx ip4:192.0.2.0/24 -all"),
        "with a sound include": _spf(
            "v=spf1 include:x.test -all", below=(SpfLookup("x.test", ("v=spf1 a ~all",)),)
        ),
    },
    fails={
        "a misspelt term": _spf("v=spf1 ipv4:192.0.2.1 -all"),
        "two records": _spf("v=spf1 -all", "v=spf1 mx -all"),
        "an include that is gone": _spf(
            "v=spf1 include:x.test -all", below=(SpfLookup("x.test", (), Presence.NXDOMAIN),)
        ),
        "an include without a record": _spf(
            "v=spf1 redirect=x.test", below=(SpfLookup("x.test", (), Presence.NODATA),)
        ),
        "an include with two": _spf(
            "v=spf1 include:x.test", below=(SpfLookup("x.test", ("v=spf1 a", "v=spf1 mx")),)
        ),
        "an error in an include": _spf(
            "v=spf1 include:x.test", below=(SpfLookup("x.test", ("v=spf1 al",)),)
        ),
        "it includes itself": _spf(f"v=spf1 include:{NAME} -all"),
    },
    others={
        "no record": _spf(),
        "an include that was not answered": _spf(
            "v=spf1 include:x.test -all", below=(SpfLookup("x.test", reason=Reason.SERVFAIL),)
        ),
    },
)
def spf_syntax(found: SpfRecords) -> Judgement:
    """Receivers drop a faulty record whole: the domain is then as open as without one."""
    reading = spf_static.read(found)
    if not reading.text:
        return not_applicable("There is no SPF record.")
    evidence = found.lookups[0].texts
    if reading.defect:
        return failed("Receivers reject the record: {why}.", why=reading.defect, evidence=evidence)
    if reading.unknown:
        return inconclusive(
            reading.unknown, "A name that it includes was not answered.", evidence=evidence
        )
    return passed("It is sound.", evidence=evidence)
