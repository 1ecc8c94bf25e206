"""SPF says who may send."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.fact import SPF_PRESENT
from scanner.formats import spf_static
from scanner.formats.dmarc import discover
from scanner.formats.mail_examples import NAME, dmarc, spf
from scanner.observation.mail import DmarcRecords, SpfLookup, SpfRecords


@check(
    id="spf-presence",
    title="An SPF record says which servers may send for the domain",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        List every service that sends for the domain, and publish one TXT record that ends in
        `-all`. A domain that never sends publishes `v=spf1 -all`.
    """,
    snippets={
        "bind": '; a domain that sends from its mail hosts\n@ IN TXT "v=spf1 mx -all"\n'
        '; a domain that never sends\n@ IN TXT "v=spf1 -all"'
    },
    references=(Reference("RFC 7208", "4.5"), Reference("CISA BOD 18-01")),
    records=(SPF_PRESENT,),
    passes={
        "a record": (spf("v=spf1 mx -all"), dmarc()),
        "nobody sends": (spf("v=spf1 -all"), Unobserved(Reason.SERVFAIL)),
    },
    fails={
        "none": (spf(), dmarc()),
        "none, but DMARC rejects": (spf(), dmarc("v=DMARC1; p=reject")),
        "none, and DMARC is not known": (spf(), Unobserved(Reason.SERVFAIL)),
        "one that nobody reads": (
            SpfRecords((SpfLookup(NAME, others=(" v=spf1 mx -all",)),)),
            dmarc(),
        ),
        "two": (spf("v=spf1 -all", "v=spf1 mx -all"), dmarc()),
    },
    others={
        "no answer": (SpfRecords((SpfLookup(NAME, reason=Reason.SERVFAIL),)), dmarc()),
    },
)
def spf_presence(found: SpfRecords, policies: DmarcRecords | Unobserved) -> Judgement:
    """Without it receivers cannot tell the agency's servers from anybody's."""
    own = found.lookups[0]
    if own.reason:
        return inconclusive(
            own.reason,
            "The TXT records of {name} were not seen.",
            name=own.name,
            facts={SPF_PRESENT: Unknown(own.reason)},
        )
    if len(own.texts) > 1:
        return failed(
            "There are {n} SPF records at {name}, and receivers then use none.",
            n=len(own.texts),
            name=own.name,
            evidence=own.texts,
            facts={SPF_PRESENT: False},
        )
    if spf_static.read(found).text:
        return passed("There is one.", evidence=own.texts, facts={SPF_PRESENT: True})
    effective = None if isinstance(policies, Unobserved) else discover(policies).effective
    covered = effective is not None and effective.policy == "reject"
    severity = Severity.MEDIUM if covered else Severity.HIGH
    if own.others:
        return failed(
            "There is no SPF record at {name}: what was meant as one does not begin with v=spf1 "
            "and a blank, and receivers pass over it.",
            name=own.name,
            severity=severity,
            evidence=own.others,
            facts={SPF_PRESENT: False},
        )
    return failed(
        "There is no SPF record at {name}.",
        name=own.name,
        severity=severity,
        facts={SPF_PRESENT: False},
    )
