"""CAA names who may issue certificates."""

from scanner import Effort, Judgement, Reference, Severity, check, failed, passed
from scanner.formats import caa
from scanner.formats.error import FormatError
from scanner.observation.dns import CaaRecords


@check(
    id="caa-presence",
    title="CAA records name who may issue certificates",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish a CAA record at the domain that names the authority you use.",
    snippets={
        "bind": '@ IN CAA 0 issue "letsencrypt.org"',
        "knot": "knotc zone-begin agency.example\n"
        "knotc zone-set agency.example @ 3600 CAA '0 issue \"letsencrypt.org\"'\n"
        "knotc zone-commit agency.example",
        "powerdns": "pdnsutil add-record agency.example @ CAA '0 issue \"letsencrypt.org\"'",
        "windows": "# type 257: flags 00, length of the tag 05, issue, letsencrypt.org\n"
        "Add-DnsServerResourceRecord -ZoneName agency.example -Name . -Type 257 "
        "-RecordData 000569737375656C657473656E63727970742E6F7267",
    },
    references=(Reference("RFC 8659", "3"), Reference("RFC 8659", "4.2")),
    passes={
        "one authority": CaaRecords("agency.example", ('0 issue "ca.example"',)),
        "nobody may": CaaRecords("agency.example", ('0 issue ";"',)),
    },
    fails={
        "no record on the way up": CaaRecords(),
        "wildcards only": CaaRecords("agency.example", ('0 issuewild "ca.example"',)),
        "reports only": CaaRecords("agency.example", ('0 iodef "mailto:a@agency.example"',)),
        "unreadable": CaaRecords("agency.example", ("x y z q",)),
    },
)
def caa_presence(found: CaaRecords) -> Judgement:
    """Without it any authority in the world may certify a stranger for the agency's name."""
    if not found.records:
        return failed("There is no CAA record at the name or above it.")
    properties = []
    for record in found.records:
        try:
            properties.append(caa.parse(record))
        except FormatError:
            continue
    if caa.restricts(properties):
        names = ", ".join(one.issuer or "nobody" for one in properties if one.tag == "issue")
        return passed(
            "The records at {name} let issue: {who}.",
            name=found.found_at,
            who=names,
            evidence=found.records,
        )
    return failed(
        "The records at {name} do not restrict who issues ordinary certificates.",
        name=found.found_at,
        evidence=found.records,
    )
