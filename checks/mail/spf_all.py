"""The SPF record ends by refusing all others."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import SPF_ALL
from scanner.formats import spf_static
from scanner.observation.mail import SpfLookup, SpfRecords

NAME = "agency.example"


def _spf(*texts: str, below: tuple[SpfLookup, ...] = ()) -> SpfRecords:
    return SpfRecords((SpfLookup(NAME, texts), *below))


WORDS = {"-": "-all", "~": "~all", "?": "?all", "+": "+all"}


@check(
    id="spf-all",
    title="The SPF record refuses all servers that it does not list",
    severity=Severity.CRITICAL,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="End the record in `-all` (in `~all` while you still collect who sends).",
    snippets={"bind": '@ IN TXT "v=spf1 mx -all"'},
    references=(Reference("RFC 7208", "4.7"), Reference("RFC 7208", "5.1")),
    records=(SPF_ALL,),
    passes={
        "-all": _spf("v=spf1 mx -all"),
        "~all": _spf("v=spf1 mx ~all"),
        "through a redirect": _spf(
            "v=spf1 redirect=x.test", below=(SpfLookup("x.test", ("v=spf1 a -all",)),)
        ),
    },
    fails={
        "+all": _spf("v=spf1 +all"),
        "?all": _spf("v=spf1 mx ?all"),
        "no end": _spf("v=spf1 mx"),
        "an include lets everybody pass": _spf(
            "v=spf1 include:x.test -all", below=(SpfLookup("x.test", ("v=spf1 +all",)),)
        ),
    },
    others={
        "no record": _spf(),
        "a faulty record": _spf("v=spf1 al"),
        "a redirect that was not answered": _spf(
            "v=spf1 redirect=x.test", below=(SpfLookup("x.test", reason=Reason.TIMEOUT),)
        ),
    },
)
def spf_all(found: SpfRecords) -> Judgement:
    """How it ends decides what happens to the mail of strangers."""
    reading = spf_static.read(found)
    evidence = found.lookups[0].texts
    if not reading.text or reading.record is None:
        return not_applicable(
            "There is no SPF record that can be read.", evidence=evidence, facts={SPF_ALL: None}
        )
    facts = {SPF_ALL: WORDS.get(reading.all)}
    if reading.passes_everyone:
        return failed("It lets every server in the world pass.", evidence=evidence, facts=facts)
    if not reading.all and reading.unknown:
        return inconclusive(
            reading.unknown,
            "Where it ends was not answered.",
            evidence=evidence,
            facts={SPF_ALL: Unknown(reading.unknown)},
        )
    if reading.all in {"-", "~"}:
        return passed("It ends in {word}.", word=WORDS[reading.all], evidence=evidence, facts=facts)
    return failed(
        "It says nothing against servers that it does not list ({word}).",
        word=WORDS.get(reading.all, "no all"),
        severity=Severity.MEDIUM,
        evidence=evidence,
        facts=facts,
    )
