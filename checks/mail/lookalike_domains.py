"""Names like the domain's that somebody holds."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats.lookalike import LookalikeTable
from scanner.observation.mail import LookalikeName, Lookalikes
from scanner.targets import readable

TABLE = LookalikeTable("2026-11-25", "an example", {}, {}, {}, (), ())


@check(
    id="lookalike-domains",
    title="Names that could be taken for the domain are known",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Report a name that deceives to its registrar, and to the national CERT.",
    references=(Reference("RFC 5895", "1"), Reference("UTS 39", "4")),
    others={
        "none": (Lookalikes(300, 300), TABLE),
        "one takes mail": (
            Lookalikes(300, 299, (LookalikeName("po1ice.test", "alike", ("10 mx.test",)),)),
            TABLE,
        ),
        "one has a site": (
            Lookalikes(300, 299, (LookalikeName("po1ice.test", "alike", (), ("192.0.2.1",)),)),
            TABLE,
        ),
        "held, and unused": (
            Lookalikes(9, 9, (LookalikeName("a.test", "alike", ("0 .",)),)),
            TABLE,
        ),
        "an ending that answers everything": (Lookalikes(9, 1, open_suffixes=("ws",)), TABLE),
    },
)
def lookalike_domains(found: Lookalikes, table: LookalikeTable) -> list[Judgement]:
    """A letter from a name that looks right is believed, whatever DMARC says of the right one."""
    del table  # its annotation loads the list, which the gatherer reads
    told = [_told(one) for one in found.names if _is_used(one)]
    text = ", ".join(found.open_suffixes)
    evidence = (f"not asked below {text}: every name exists there",) if text else ()
    return told or [
        not_applicable(
            "None of {asked} names that were asked is in use ({made} were made).",
            asked=found.asked,
            made=found.made,
            evidence=evidence,
        )
    ]


def _is_used(one: LookalikeName) -> bool:
    return bool(one.addresses) or any(host != "0 ." for host in one.mail_hosts)


def _told(one: LookalikeName) -> Judgement:
    takes_mail = any(host != "0 ." for host in one.mail_hosts)
    template = "The name {shown} ({name}; {how}) exists and has a site."
    if takes_mail:
        template = "The name {shown} ({name}; {how}) exists and takes mail."
    return informational(
        template,
        shown=readable(one.name),
        name=one.name,
        how=one.how,
        item=one.name,
        confidence=Confidence.TENTATIVE,
        evidence=(*(f"MX {host}" for host in one.mail_hosts), *one.addresses, *one.texts),
        command=f"dig {one.name} MX",
    )
