"""HTTPS records of the site."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.observation.dns import ServiceBinding

RECORD = '1 . alpn="h2,h3" ech="AEX+DQ=="'


@check(
    id="https-record",
    title="The site publishes an HTTPS record",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Publish `1 . alpn=h2` (with h3 where the server has it): browsers then use https at once.",
    snippets={"bind": "www IN HTTPS 1 . alpn=h2"},
    references=(Reference("RFC 9460", "9"), Reference("RFC 9848")),
    others={
        "one with ECH": ServiceBinding((RECORD,), ("h2", "h3"), has_ech=True),
        "one without": ServiceBinding(("1 . alpn=h2",), ("h2",)),
        "an alias": ServiceBinding(("0 svc.example.net.",), alias="svc.example.net"),
        "none": ServiceBinding(),
    },
)
def https_record(found: ServiceBinding) -> Judgement:
    """It tells a browser before the first packet that the site speaks https, and how."""
    if not found.records:
        return not_applicable("The site publishes no HTTPS record.")
    if found.alias:
        return informational(
            "Its HTTPS record is an alias of {target}.", target=found.alias, evidence=found.records
        )
    if found.has_ech:
        return informational(
            "Its HTTPS record offers {alpn}, with Encrypted Client Hello.",
            alpn=", ".join(found.alpn) or "the default protocol",
            evidence=found.records,
        )
    return informational(
        "Its HTTPS record offers {alpn}, without Encrypted Client Hello.",
        alpn=", ".join(found.alpn) or "the default protocol",
        evidence=found.records,
    )
