"""The CAA records are well formed."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import caa
from scanner.formats.error import FormatError
from scanner.observation.dns import CaaRecords


@check(
    id="caa-syntax",
    title="The CAA records can be read by the authorities",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Correct the value: the authority's domain name, parameters after a semicolon.",
    snippets={"bind": '@ IN CAA 0 issue "letsencrypt.org"'},
    references=(Reference("RFC 8659", "4.2"), Reference("RFC 8659", "4.1")),
    passes={"well formed": CaaRecords("a.example", ('0 issue "ca.example; account=1"',))},
    fails={
        "a URL instead of a name": CaaRecords("a.example", ('0 issue "https://ca.example/"',)),
        "an address that is none": CaaRecords("a.example", ('0 iodef "a@agency.example"',)),
        "flags 1": CaaRecords("a.example", ('1 issue "ca.example"',)),
        "unreadable": CaaRecords("a.example", ("x y z q",)),
    },
    others={"no record": CaaRecords()},
)
def caa_syntax(found: CaaRecords) -> Judgement:
    """A malformed value authorises nobody: the next renewal of the certificate fails."""
    if not found.records:
        return not_applicable("There is no CAA record.")
    for record in found.records:
        try:
            one = caa.parse(record)
        except FormatError as error:
            return failed(
                "A record cannot be read: {why}.", why=error.message, evidence=found.records
            )
        if one.tag in {"issue", "issuewild"} and not one.is_sound:
            return failed(
                "The value {value} names no authority: likely the next renewal fails.",
                value=one.value[:100],
                evidence=(record,),
            )
        if one.tag == "iodef" and not one.value.startswith(("mailto:", "http:", "https:")):
            return failed(
                "The value {value} of iodef is no mailto:, http: or https: address.",
                value=one.value[:100],
                severity=Severity.LOW,
                evidence=(record,),
            )
        if one.flags & ~caa.CRITICAL:
            return failed(
                "The flags are {flags}; only 128 (critical) has a meaning.",
                flags=one.flags,
                severity=Severity.LOW,
                evidence=(record,),
            )
    return passed("All {n} records are well formed.", n=len(found.records), evidence=found.records)
