"""Can a stranger send mail in the name of the domain today?"""

from scanner import (
    Confidence,
    Effort,
    Fact,
    FactValue,
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
from scanner.fact import (
    MAIL_SPOOFABLE,
    MAIL_SPOOFABLE_DOMAIN,
    MAIL_SPOOFABLE_NONEXISTENT,
    MAIL_SPOOFABLE_SUBDOMAIN,
)
from scanner.formats import spoofing
from scanner.formats.mail_examples import MAIL, NO_MX, UNANSWERED, dmarc, spf
from scanner.formats.mail_role import sends
from scanner.formats.publish import steps
from scanner.formats.spoofing import Answer, Answers, Can
from scanner.observation.mail import (
    DkimRecords,
    DmarcRecords,
    MailDeclared,
    MailHosts,
    Relatives,
    SpfRecords,
)

RECORDS = (
    MAIL_SPOOFABLE,
    MAIL_SPOOFABLE_DOMAIN,
    MAIL_SPOOFABLE_SUBDOMAIN,
    MAIL_SPOOFABLE_NONEXISTENT,
)
PROMINENT = frozenset({"finance", "police", "tax", "election"})
DARK = Unobserved(Reason.SERVFAIL, "the resolver answered SERVFAIL")
OPEN, CLOSED = spf("v=spf1 +all"), spf("v=spf1 mx -all")
REST = (DARK, DARK, MAIL, MailDeclared())
REJECT = dmarc("v=DMARC1; p=reject")


@check(
    id="mail-spoofing",
    title="A stranger cannot send mail in the name of the domain",
    severity=Severity.CRITICAL,
    mildest=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Follow the steps that stand with the finding: they are the exact records of this domain, in
        the order in which no mail of its own is lost. A domain that sends no mail can take all of
        them today.
    """,
    snippets={
        "bind, with mail": '@ IN TXT "v=spf1 mx -all"\n'
        '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"',
        "bind, without mail": '@ IN MX 0 .\n@ IN TXT "v=spf1 -all"\n'
        '_dmarc IN TXT "v=DMARC1; p=reject"',
    },
    references=(
        Reference("RFC 9989", "4.7"),
        Reference("RFC 7208", "8.4"),
        Reference("CISA BOD 18-01"),
    ),
    records=RECORDS,
    passes={"reject": (CLOSED, REJECT, *REST)},
    fails={
        "everybody passes SPF": (OPEN, REJECT, *REST),
        "everybody passes SPF, and DMARC is not known": (OPEN, DARK, *REST),
        "no DMARC": (CLOSED, dmarc(), *REST),
        "no DMARC at the police": (CLOSED, dmarc(), *REST[:3], MailDeclared("", ("police",))),
        "DMARC only watches": (CLOSED, dmarc("v=DMARC1; p=none"), *REST),
        "quarantine": (CLOSED, dmarc("v=DMARC1; p=quarantine"), *REST),
        "names below are open": (
            CLOSED,
            dmarc("v=DMARC1; p=reject; sp=none"),
            DkimRecords(None, is_closed=True),
            Relatives(),
            DARK,
            MailDeclared(),
        ),
        "it sends nothing, and says nothing": (
            spf(),
            dmarc(),
            DkimRecords(None, is_closed=True),
            Relatives(),
            NO_MX,
            MailDeclared(),
        ),
    },
    others={
        "DMARC is not known": (CLOSED, UNANSWERED, *REST),
        "DMARC was not asked": (CLOSED, DARK, *REST),
        "SPF is not known": (DARK, REJECT, *REST),
    },
)
def mail_spoofing(
    found: SpfRecords | Unobserved,
    policies: DmarcRecords | Unobserved,
    keys: DkimRecords | Unobserved,
    relatives: Relatives | Unobserved,
    mail: MailHosts | Unobserved,
    declared: MailDeclared,
) -> Judgement:
    """Forged letters from a police or tax address are how citizens are robbed of passwords."""
    name = _name(found, policies)
    known_keys = None if isinstance(keys, Unobserved) else keys
    others = Relatives() if isinstance(relatives, Unobserved) else relatives
    answers = spoofing.judge(name, found, policies, known_keys, others)
    facts = _facts(answers)
    evidence = _evidence(name, answers)
    overall = answers.overall
    match overall.can:
        case Can.UNKNOWN:
            return inconclusive(
                overall.reason or Reason.FACT_UNKNOWN,
                "Whether a stranger can send as @{name} cannot be told: {why}.",
                name=name,
                why=overall.why,
                evidence=evidence,
                facts=facts,
            )
        case Can.NO:
            return passed(
                "No, a stranger cannot send as @{name}: {why}.",
                name=name,
                why=overall.why,
                confidence=Confidence.FIRM,
                evidence=evidence,
                facts=facts,
            )
        case Can.PARTLY:
            template, severity = (
                "Partly, a stranger can send in the name of {name}: {why}.",
                Severity.MEDIUM,
            )
        case _:
            template, severity = "Yes, a stranger can send as @{name}: {why}.", Severity.HIGH
            if PROMINENT & {tag.lower() for tag in declared.tags}:
                severity = Severity.CRITICAL
    return failed(
        template,
        name=name,
        why=overall.why,
        severity=severity,
        confidence=Confidence.FIRM,
        evidence=(*evidence, *_to_publish(name, found, policies, known_keys, mail, declared)),
        facts=facts,
    )


def _name(found: SpfRecords | Unobserved, policies: DmarcRecords | Unobserved) -> str:
    if isinstance(found, SpfRecords):
        return found.lookups[0].name
    return policies.steps[0].name if isinstance(policies, DmarcRecords) else "the domain"


def _to_publish(
    name: str,
    found: SpfRecords | Unobserved,
    policies: DmarcRecords | Unobserved,
    keys: DkimRecords | None,
    mail: MailHosts | Unobserved,
    declared: MailDeclared,
) -> tuple[str, ...]:
    """The records that close the name, in the order in which no mail of its own is lost."""
    spf_known = None if isinstance(found, Unobserved) else found
    mail_known = None if isinstance(mail, Unobserved) else mail
    return steps(
        name,
        mail_known,
        spf_known,
        None if isinstance(policies, Unobserved) else policies,
        sends=sends(mail_known, spf_known, keys, inventory=declared.sends),
    )


def _facts(answers: Answers) -> dict[Fact, FactValue]:
    return dict(
        zip(
            RECORDS,
            map(_fact, (answers.overall, answers.domain, answers.subdomain, answers.nonexistent)),
            strict=True,
        )
    )


def _fact(answer: Answer) -> FactValue:
    if answer.can is Can.UNKNOWN:
        return Unknown(answer.reason or Reason.FACT_UNKNOWN)
    return str(answer.can)


def _evidence(name: str, answers: Answers) -> tuple[str, ...]:
    """The answer for each way to write the sender, as receivers that enforce DMARC see it."""
    rows = (
        (f"@{name}", answers.domain),
        (f"@sub.{name}", answers.subdomain),
        (f"@nonexistent.{name}", answers.nonexistent),
        *((f"@{at}", one) for at, one in answers.others),
    )
    return tuple(f"{at}: {one.can}, {one.why.text}" for at, one in rows)
