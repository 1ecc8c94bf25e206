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
from scanner.formats.mail_examples import NAME, included, spf
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfLookup, SpfRecords


@check(
    id="spf-syntax",
    title="The SPF record can be evaluated without error",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Correct the term that is named; keep one record, and drop includes that are gone.",
    snippets={"bind": '@ IN TXT "v=spf1 ip4:192.0.2.0/24 include:_spf.provider.example -all"'},
    references=(Reference("RFC 7208", "4.6"), Reference("RFC 7208", "5.2")),
    passes={
        "sound": spf("v=spf1 mx ip4:192.0.2.0/24 -all"),
        "with a sound include": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", "v=spf1 a ~all"),)
        ),
        "a macro cannot be followed": spf("v=spf1 include:%{d}.x.test -all"),
    },
    fails={
        "a misspelt term": spf("v=spf1 ipv4:192.0.2.1 -all"),
        "two records": spf("v=spf1 -all", "v=spf1 mx -all"),
        "an include that is gone": spf(
            "v=spf1 include:x.test -all", below=(SpfLookup("x.test", (), Presence.NXDOMAIN),)
        ),
        "an include without a record": spf("v=spf1 redirect=x.test", below=(included("x.test"),)),
        "an include with two": spf(
            "v=spf1 include:x.test", below=(included("x.test", "v=spf1 a", "v=spf1 mx"),)
        ),
        "an error in an include": spf(
            "v=spf1 include:x.test", below=(included("x.test", "v=spf1 al"),)
        ),
        "it includes itself": spf(f"v=spf1 include:{NAME} -all"),
    },
    others={
        "no record": spf(),
        "an include that was not answered": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", reason=Reason.SERVFAIL),)
        ),
    },
)
def spf_syntax(found: SpfRecords) -> Judgement:
    """Receivers drop a faulty record whole: the domain is then as open as without one."""
    reading = spf_static.read(found)
    if not reading.text:
        return not_applicable("There is no SPF record.")
    evidence = tuple(
        f"{one.name}: {text}" for one in found.lookups for text in one.texts or ("no SPF record",)
    )
    if reading.defect:
        return failed(
            "Receivers answer permerror: {why}.",
            why=reading.defect,
            evidence=evidence,
            command=_command(found),
        )
    if reading.unknown:
        return inconclusive(
            reading.unknown, "A name that it includes was not answered.", evidence=evidence
        )
    return passed("It is sound.", evidence=evidence)


def _command(found: SpfRecords) -> str:
    return f"govscan spf {found.lookups[0].name} --ip 192.0.2.1"
