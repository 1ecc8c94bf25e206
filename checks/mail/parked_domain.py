"""A domain that sends and takes no mail says so."""

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
    informational,
    not_applicable,
    passed,
)
from scanner.fact import MAIL_SENDS
from scanner.formats import spf_static
from scanner.formats.dmarc import discover
from scanner.observation.dns import Presence
from scanner.observation.mail import (
    DmarcRecords,
    MailHost,
    MailHosts,
    PolicyRecord,
    SpfLookup,
    SpfRecords,
)

NAME = "agency.example"
NULL = MailHosts(NAME, Presence.PRESENT, (MailHost(0, "."),))
NOTHING = MailHosts(NAME, Presence.NODATA)
SITE = MailHosts(NAME, Presence.NODATA, (), has_address=True)
MAIL = MailHosts(NAME, Presence.PRESENT, (MailHost(10, "mx.agency.example"),))


def _spf(*texts: str) -> SpfRecords:
    return SpfRecords((SpfLookup(NAME, texts),))


def _dmarc(*texts: str) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts),))


REJECT = _dmarc("v=DMARC1; p=reject")
UNKNOWN = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))


@check(
    id="parked-domain",
    title="A domain without mail says that it sends and takes none",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish the three records of a domain without mail.",
    snippets={"bind": '@ IN MX 0 .\n@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=reject"'},
    references=(
        Reference("RFC 7505", "3"),
        Reference("RFC 7208", "10.1.2"),
        Reference("RFC 9989", "4.7"),
    ),
    records=(MAIL_SENDS,),
    passes={"all three": (NULL, _spf("v=spf1 -all"), REJECT)},
    fails={
        "no mail host, and nothing says that it does not send": (NOTHING, _spf(), _dmarc()),
        "it takes none, but sends": (NULL, _spf("v=spf1 a -all"), REJECT),
        "reject without SPF": (NOTHING, _spf(), REJECT),
    },
    others={
        "it has mail": (MAIL, _spf("v=spf1 mx -all"), REJECT),
        "closed, but without null MX": (SITE, _spf("v=spf1 -all"), REJECT),
        "a site that may take mail": (SITE, _spf(), _dmarc()),
        "no answer": (NULL, _spf("v=spf1 -all"), UNKNOWN),
    },
)
def parked_domain(mail: MailHosts, found: SpfRecords, policies: DmarcRecords) -> Judgement:
    """Names that nobody uses are the first that forgers use: no one is watching."""
    reading = spf_static.read(found)
    silent = reading.record is not None and reading.record.passes_nobody
    seen = discover(policies)
    facts: dict[Fact, FactValue] = {
        MAIL_SENDS: False if silent else (True if reading.text else Unknown(Reason.FACT_UNKNOWN))
    }
    if mail.hosts and not mail.is_null:
        return not_applicable("The domain has mail hosts.", facts=facts)
    if seen.unknown:
        return inconclusive(
            Reason.SERVFAIL,
            "The DMARC policy was not answered ({where}).",
            where=seen.unknown,
            facts=facts,
        )
    rejects = seen.effective is not None and seen.effective.policy == "reject"
    if silent and rejects:
        if mail.is_null or not mail.has_address:
            return passed("It says so in every way.", evidence=found.lookups[0].texts, facts=facts)
        return informational(
            "It is closed; a null MX would say the same for incoming mail.", facts=facts
        )
    if mail.has_address and not mail.hosts and not reading.text:
        return not_applicable(
            "The name has an address that may take mail: see SPF and DMARC.", facts=facts
        )
    return _open(mail, sends=bool(reading.text) and not silent, rejects=rejects, facts=facts)


def _open(
    mail: MailHosts, *, sends: bool, rejects: bool, facts: dict[Fact, FactValue]
) -> Judgement:
    if mail.is_null and sends:
        return failed(
            "It takes no mail, but its SPF record lets servers send: replies come back.",
            severity=Severity.LOW,
            facts=facts,
        )
    if rejects:
        return failed(
            "Forged mail is refused, but no SPF record says that nobody sends.",
            severity=Severity.LOW,
            facts=facts,
        )
    return failed(
        "It has no mail, and nothing keeps strangers from sending in its name.", facts=facts
    )
