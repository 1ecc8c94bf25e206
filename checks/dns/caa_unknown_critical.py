"""No CAA record forbids all issuance by mistake."""

from scanner import Effort, Judgement, Reference, Severity, check, failed, not_applicable, passed
from scanner.formats import caa
from scanner.formats.error import FormatError
from scanner.observation.dns import CaaRecords

EVERY_CA_KNOWS = frozenset({"issue", "issuewild", "iodef"})


def _at(*records: str) -> CaaRecords:
    return CaaRecords("agency.example", records)


@check(
    id="caa-unknown-critical",
    title="No CAA record has a critical tag that authorities do not know",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Set the flags of the record to 0, or remove it.",
    snippets={"bind": '@ IN CAA 0 issue "letsencrypt.org"'},
    references=(Reference("RFC 8659", "4.1"),),
    passes={
        "none is critical": _at('0 issue "ca.example"'),
        "a critical tag that all know": _at('128 issue "ca.example"'),
        "another flag": _at('1 tbs "x"'),
        "unreadable": _at("x"),
    },
    fails={
        "an unknown tag": _at('128 tbs "x"'),
        "a tag that few know": _at('128 issuemail ";"'),
    },
    others={"no record": CaaRecords()},
)
def caa_unknown_critical(found: CaaRecords) -> Judgement:
    """An authority must refuse what it does not know and is told to heed: no certificate at all."""
    if not found.records:
        return not_applicable("There is no CAA record.")
    for record in found.records:
        try:
            one = caa.parse(record)
        except FormatError:
            continue
        if not one.flags & caa.CRITICAL or one.tag in EVERY_CA_KNOWS:
            continue
        if one.tag in caa.KNOWN:
            return failed(
                "The tag {tag} is critical: an authority without that extension refuses.",
                tag=one.tag,
                severity=Severity.LOW,
                evidence=(record,),
            )
        return failed(
            "The tag {tag} is critical and unknown: every authority must refuse.",
            tag=one.tag,
            evidence=(record,),
        )
    return passed("No record has a critical tag that is unknown.", evidence=found.records)
