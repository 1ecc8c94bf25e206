"""The SPF record stays within ten look-ups."""

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
from scanner.formats import spf, spf_static
from scanner.observation.mail import SpfLookup, SpfRecords

NAME = "agency.example"


def _spf(*texts: str, below: tuple[SpfLookup, ...] = ()) -> SpfRecords:
    return SpfRecords((SpfLookup(NAME, texts), *below))


TEN = spf.MOST_LOOKUPS


@check(
    id="spf-lookups",
    title="The SPF record needs no more than ten DNS look-ups",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Remove includes of services that no longer send; replace `a` and `mx` by `ip4`.",
    references=(Reference("RFC 7208", "4.6.4"),),
    passes={"three": _spf("v=spf1 a mx exists:%{i}.x.test -all")},
    fails={"eleven": _spf("v=spf1 " + " ".join(f"a:h{n}.x.test" for n in range(11)) + " -all")},
    others={
        "no record": _spf(),
        "a part was not answered": _spf(
            "v=spf1 include:x.test -all", below=(SpfLookup("x.test", reason=Reason.TIMEOUT),)
        ),
    },
)
def spf_lookups(found: SpfRecords) -> Judgement:
    """At the eleventh, receivers give up, and the agency's own mail is refused."""
    reading = spf_static.read(found)
    evidence = found.lookups[0].texts
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.", evidence=evidence)
    if reading.lookups > TEN:
        return failed("It needs {n} look-ups.", n=reading.lookups, evidence=evidence)
    if reading.unknown:
        return inconclusive(
            reading.unknown,
            "It needs at least {n} look-ups; a part was not answered.",
            n=reading.lookups,
        )
    return passed("It needs {n} look-ups.", n=reading.lookups, evidence=evidence)
