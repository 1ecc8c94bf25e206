"""How the SPF record ends."""

from scanner import (
    Effort,
    Fact,
    FactValue,
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
from scanner.fact import SPF_ALL, SPF_NULL
from scanner.formats import spf_static
from scanner.formats.mail_examples import NAME, included, spf
from scanner.observation.mail import SpfLookup, SpfRecords


@check(
    id="spf-all",
    title="The SPF record refuses all servers that it does not list",
    severity=Severity.CRITICAL,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="End the record in `-all` (in `~all` while you still collect who sends).",
    snippets={"bind": '@ IN TXT "v=spf1 mx -all"'},
    references=(Reference("RFC 7208", "4.7"), Reference("RFC 7208", "5.1")),
    records=(SPF_ALL, SPF_NULL),
    passes={
        "-all": spf("v=spf1 mx -all"),
        "~all": spf("v=spf1 mx ~all"),
        "through a redirect": spf(
            "v=spf1 redirect=x.test", below=(included("x.test", "v=spf1 a -all"),)
        ),
        "an include that ends in ?all": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", "v=spf1 a ?all"),)
        ),
    },
    fails={
        "+all": spf("v=spf1 +all"),
        "?all": spf("v=spf1 mx ?all"),
        "no end": spf("v=spf1 mx"),
        "an include lets everybody pass": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", "v=spf1 +all"),)
        ),
    },
    others={
        "no record": spf(),
        "no answer": SpfRecords((SpfLookup(NAME, reason=Reason.SERVFAIL),)),
        "a faulty record": spf("v=spf1 al"),
        "a redirect that was not answered": spf(
            "v=spf1 redirect=x.test", below=(included("x.test", reason=Reason.TIMEOUT),)
        ),
        "an include that was not answered": spf(
            "v=spf1 include:x.test -all", below=(included("x.test", reason=Reason.TIMEOUT),)
        ),
    },
)
def spf_all(found: SpfRecords) -> Judgement:
    """How it ends decides what happens to the mail of strangers."""
    reading = spf_static.read(found)
    evidence = found.lookups[0].texts
    if missing := found.lookups[0].reason:
        return inconclusive(
            missing,
            "The TXT records were not seen.",
            facts=dict.fromkeys((SPF_ALL, SPF_NULL), Unknown(missing)),
        )
    if reading.record is None:
        return not_applicable(
            "There is no SPF record that can be read.",
            evidence=evidence,
            facts={SPF_ALL: None, SPF_NULL: False},
        )
    facts: dict[Fact, FactValue] = {SPF_ALL: reading.all or None, SPF_NULL: reading.is_null}
    if reading.passes_everyone:
        return failed(
            "It lets every server in the world pass ({term} in the record of {name}).",
            term=reading.everyone_term,
            name=reading.everyone_by,
            evidence=evidence,
            facts=facts,
        )
    if reading.unknown:
        unknown = Unknown(reading.unknown)
        return inconclusive(
            reading.unknown,
            "A name that it includes or redirects to was not answered.",
            evidence=evidence,
            facts=facts if reading.record.all else {**facts, SPF_ALL: unknown},
        )
    if reading.all in {"-", "~"}:
        return passed("It ends in {word}all.", word=reading.all, evidence=evidence, facts=facts)
    return failed(
        "It says nothing against servers that it does not list ({word}).",
        word=f"{reading.all}all" if reading.all else "no all",
        severity=Severity.MEDIUM,
        evidence=evidence,
        facts=facts,
    )
