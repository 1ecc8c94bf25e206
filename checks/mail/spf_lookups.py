"""The SPF record stays within ten look-ups."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    counted,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import spf_static
from scanner.formats.mail_examples import included, spf
from scanner.formats.spf import MOST_LOOKUPS
from scanner.observation.mail import SpfRecords

NO_ROOM = 9


def _hosts(n: int) -> str:
    return "v=spf1 " + " ".join(f"a:h{at}.x.test" for at in range(n)) + " -all"


@check(
    id="spf-lookups",
    title="The SPF record needs no more than ten DNS look-ups",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Remove includes of services that no longer send; replace `a` and `mx` by `ip4`.",
    snippets={"bind": '@ IN TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/48 -all"'},
    references=(Reference("RFC 7208", "4.6.4"),),
    passes={
        "three": spf("v=spf1 a mx exists:_h.x.test -all"),
        "no room": spf(_hosts(9)),
        "a macro": spf("v=spf1 exists:%{i}.x.test -all"),
    },
    fails={"eleven": spf(_hosts(11))},
    others={
        "no record": spf(),
        "a part was not answered": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", reason=Reason.TIMEOUT),)
        ),
    },
)
def spf_lookups(found: SpfRecords) -> Judgement:
    """At the eleventh, receivers give up, and the agency's own mail is refused."""
    reading = spf_static.read(found)
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.")
    evidence = (reading.text, *reading.lines)
    if reading.eleventh:
        return failed(
            "It needs {n} look-ups; the eleventh is {term} in the record of {domain}, and only "
            "senders that match before it still pass.",
            n=reading.lookups,
            term=reading.eleventh.term,
            domain=reading.eleventh.domain,
            evidence=evidence,
        )
    if reading.unknown:
        return inconclusive(
            reading.unknown,
            "It needs at least {n} look-ups; a part was not answered.",
            n=reading.lookups,
            evidence=evidence,
        )
    if reading.lookups >= NO_ROOM:
        return passed(
            "It needs {n} of {most} look-ups: there is no room for another service.",
            n=reading.lookups,
            most=MOST_LOOKUPS,
            evidence=evidence,
        )
    if reading.macros:
        return passed(
            "It needs at least {n} look-ups; what {term} leads to depends on the sender.",
            n=reading.lookups,
            term=reading.macros[0],
            evidence=evidence,
        )
    said = counted("It needs {n} look-up.", "It needs {n} look-ups.", n=reading.lookups)
    return passed(said, evidence=evidence)
