"""The TLSA records of the mail server can be used."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.dane import read, usable_by_mail
from scanner.formats.dane_examples import of, tlsa
from scanner.observation.dane import TlsaRecords


@check(
    id="dane-smtp-usage",
    title="The mail server's TLSA records are such as senders act on",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Publish usage 3 (3 1 1) or usage 2 (2 1 1); usages 0 and 1 are void for mail.",
    snippets={"bind": "_25._tcp.mx IN TLSA 3 1 1 <SHA-256 of the key>"},
    references=(Reference("RFC 7672", "3.1.3"), Reference("RFC 6698", "2.1")),
    roles=(Role.MAIL,),
    passes={"3 1 1": tlsa(of(3, 1, 1)), "one of two": tlsa(of(3, 1, 1), of(1, 1, 1))},
    fails={
        "usage 1 alone": tlsa(of(1, 1, 1)),
        "a matching type that nobody knows": tlsa("3 1 9 " + "00" * 32),
        "unreadable": tlsa("x"),
    },
    others={"none": tlsa()},
)
def dane_smtp_usage(found: TlsaRecords) -> Judgement:
    """Senders then fall back to encryption that anyone on the way can break."""
    if not found.records:
        return not_applicable("No TLSA record of {host} was found.", host=found.base)
    usable = usable_by_mail(read(found.records))
    if usable:
        return passed(
            "Of {all} TLSA records, {n} can be used.",
            all=len(found.records),
            n=len(usable),
            evidence=found.records,
        )
    return failed(
        "None of the {n} TLSA records can be used for mail.",
        n=len(found.records),
        evidence=found.records,
    )
