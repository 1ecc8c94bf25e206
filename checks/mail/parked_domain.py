"""A domain that sends and takes no mail says so."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reference,
    Severity,
    Unknown,
    Unobserved,
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
from scanner.formats.mail_examples import (
    MAIL,
    NO_MX,
    NULL_MX,
    SITE_ALONE,
    UNANSWERED,
    dmarc,
    spf,
)
from scanner.formats.mail_role import sends
from scanner.observation import Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import (
    DkimRecords,
    DmarcRecords,
    MailDeclared,
    MailHosts,
    SpfRecords,
)

REJECT = dmarc("v=DMARC1; p=reject")
KEYS = DkimRecords(Presence.NXDOMAIN)
SAYS = MailDeclared()


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
    passes={"all three": (NULL_MX, spf("v=spf1 -all"), REJECT, KEYS, SAYS)},
    fails={
        "no mail host, and nothing says that it does not send": (NO_MX, spf(), dmarc(), KEYS, SAYS),
        "a site alone": (SITE_ALONE, spf(), dmarc(), KEYS, SAYS),
        "it takes none, but sends": (NULL_MX, spf("v=spf1 a -all"), REJECT, KEYS, SAYS),
        "reject without SPF": (NO_MX, spf(), REJECT, KEYS, SAYS),
        "closed for SPF alone": (NULL_MX, spf("v=spf1 -all"), dmarc(), KEYS, SAYS),
    },
    others={
        "it has mail": (MAIL, spf("v=spf1 mx -all"), REJECT, KEYS, SAYS),
        "it sends and takes none": (NO_MX, spf("v=spf1 a -all"), REJECT, KEYS, SAYS),
        "closed, but without null MX": (SITE_ALONE, spf("v=spf1 -all"), REJECT, KEYS, SAYS),
        "closed, and nobody could send there": (NO_MX, spf("v=spf1 -all"), REJECT, KEYS, SAYS),
        "no answer": (NULL_MX, spf("v=spf1 -all"), UNANSWERED, KEYS, SAYS),
        "the keys are not known": (
            NO_MX,
            spf(),
            UNANSWERED,
            DkimRecords(None, reason=Reason.TIMEOUT),
            SAYS,
        ),
        "the keys were not seen": (NO_MX, spf(), UNANSWERED, Unobserved(Reason.TIMEOUT), SAYS),
    },
)
def parked_domain(
    mail: MailHosts,
    found: SpfRecords,
    policies: DmarcRecords,
    keys: DkimRecords | Unobserved,
    declared: MailDeclared,
) -> Judgement:
    """Names that nobody uses are the first that forgers use: no one is watching."""
    reading = spf_static.read(found)
    seen = discover(policies)
    known = None if isinstance(keys, Unobserved) else keys
    said = sends(mail, found, known, inventory=declared.sends)
    unknown = keys.reason if isinstance(keys, Unobserved) or keys.reason else None
    facts: dict[Fact, FactValue] = {
        MAIL_SENDS: Unknown(unknown or Reason.FACT_UNKNOWN) if said is None else said
    }
    evidence = (
        *(f"MX {one.preference} {one.name}" for one in mail.hosts),
        *found.lookups[0].texts,
        *(f"_dmarc.{one.name}: {text}" for one in policies.steps for text in one.texts),
    )
    if mail.hosts and not mail.is_null:
        return not_applicable("The domain has mail hosts.", facts=facts)
    if reading.text and not reading.passes_nobody:
        return _sending(mail, evidence, facts)
    if seen.reason:
        return inconclusive(
            seen.reason,
            "The DMARC policy was not answered ({where}).",
            where=seen.unknown,
            facts=facts,
        )
    rejects = seen.effective is not None and seen.effective.policy == "reject"
    return _silent(mail, evidence, facts, is_null=reading.is_null, rejects=rejects)


def _sending(mail: MailHosts, evidence: tuple[str, ...], facts: dict[Fact, FactValue]) -> Judgement:
    if mail.is_null:
        return failed(
            "It takes no mail, but its SPF record lets servers send: replies come back.",
            severity=Severity.LOW,
            evidence=evidence,
            facts=facts,
        )
    return not_applicable("The domain sends mail.", evidence=evidence, facts=facts)


def _silent(
    mail: MailHosts,
    evidence: tuple[str, ...],
    facts: dict[Fact, FactValue],
    *,
    is_null: bool,
    rejects: bool,
) -> Judgement:
    if not rejects:
        return failed(
            "It has no mail, and nothing keeps strangers from sending in its name.",
            evidence=evidence,
            facts=facts,
        )
    if not is_null:
        return failed(
            "Forged mail is refused, but no SPF record says that nobody sends (v=spf1 -all).",
            severity=Severity.LOW,
            evidence=evidence,
            facts=facts,
        )
    if mail.is_null:
        return passed("It says so in every way.", evidence=evidence, facts=facts)
    return informational(
        "It is closed; a null MX would say the same for incoming mail.",
        evidence=evidence,
        facts=facts,
    )
