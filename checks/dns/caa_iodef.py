"""Where refused requests are reported to."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.formats import caa
from scanner.formats.error import FormatError
from scanner.observation.dns import CaaRecords


def _at(*records: str) -> CaaRecords:
    return CaaRecords("agency.example", records)


@check(
    id="caa-iodef",
    title="CAA names whom to tell of refused requests",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Add a record with the tag iodef and a mailto: or https: address.",
    snippets={"bind": '@ IN CAA 0 iodef "mailto:security@agency.example"'},
    references=(Reference("RFC 8659", "4.4"),),
    others={
        "named": _at('0 iodef "mailto:a@agency.example"'),
        "nobody": _at('0 issue "ca.example"', "x"),
        "no record": CaaRecords(),
    },
)
def caa_iodef(found: CaaRecords) -> Judgement:
    """An authority that was asked for a certificate by a stranger can say so to somebody."""
    if not found.records:
        return not_applicable("There is no CAA record.")
    for record in found.records:
        try:
            one = caa.parse(record)
        except FormatError:
            continue
        if one.tag == "iodef":
            return informational(
                "Reports go to {where}.", where=one.value[:200], evidence=(record,)
            )
    return informational("No record says whom to tell.", evidence=found.records)
