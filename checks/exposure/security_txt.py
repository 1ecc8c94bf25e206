"""security.txt says where to report a hole."""

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
    passed,
)
from scanner.fact import SECURITYTXT_POLICY
from scanner.formats import security_txt as reader
from scanner.observation.exposure import SecurityTxt
from scanner.observation.web import HttpExchange

PLACE = "https://agency.example/.well-known/security.txt"
TEXT = "Contact: mailto:security@agency.example\nExpires: 2027-01-01T00:00:00Z\n"
ABSENT = frozenset({404, 410})
UNSETTLED = frozenset({401, 403, 408, 425, 429})


def _file(text: str, status: str = "200 OK", url: str = PLACE) -> SecurityTxt:
    head = f"HTTP/1.1 {status}\nContent-Type: text/plain"
    return SecurityTxt(HttpExchange.from_text(head, url), text)


@check(
    id="security-txt",
    title="security.txt says where to report a hole",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Publish /.well-known/security.txt with a `Contact:` that somebody reads and an `Expires:`
        less than a year ahead.
    """,
    snippets={"file": "Contact: mailto:security@agency.example\nExpires: 2027-06-30T00:00:00Z"},
    references=(Reference("RFC 9116", "3"), Reference("RFC 9116", "2.5.3")),
    records=(SECURITYTXT_POLICY,),
    passes={
        "a contact": _file(TEXT),
        "a policy too": _file(TEXT + "Policy: https://agency.example/vdp\n"),
    },
    fails={
        "missing": _file("", "404 Not Found"),
        "a page instead": _file("<!DOCTYPE html><html>"),
        "no contact": _file("Expires: 2027-01-01T00:00:00Z\n"),
        "a contact that is no URI": _file("Contact: security@agency.example\n"),
        "at the old place only": _file(TEXT, url="https://agency.example/security.txt"),
    },
    others={
        "not ours to see": _file("", "403 Forbidden"),
        "a redirect": _file("", "302 Found"),
    },
)
def security_txt(seen: SecurityTxt) -> Judgement:
    """Who finds a hole by chance must reach someone before someone worse finds it."""
    status = seen.exchange.status
    fields = reader.fields(seen.text)
    facts: dict[Fact, FactValue] = {SECURITYTXT_POLICY: next(iter(fields.get("policy", ())), None)}
    if not seen.text and (status in UNSETTLED or status >= 500 or 300 <= status < 400):  # noqa: PLR2004
        return inconclusive(
            Reason.BLOCKED,
            "The place answers with status {status}.",
            status=status,
            facts={SECURITYTXT_POLICY: Unknown(Reason.BLOCKED)},
        )
    if not seen.text or reader.is_page(seen.text):
        return failed("There is none (status {status}).", status=status, facts=facts)
    contacts = fields.get("contact", ())
    evidence = tuple(f"Contact: {one}" for one in contacts[:5])
    if not contacts:
        return failed("It names no contact.", facts=facts)
    if not all(map(reader.is_uri, contacts)):
        return failed("A contact is no URI.", evidence=evidence, facts=facts)
    if "/.well-known/" not in seen.exchange.url:
        return failed(
            "It lies at the old place only, /security.txt.", evidence=evidence, facts=facts
        )
    return passed("It names {contact}.", contact=contacts[0][:200], evidence=evidence, facts=facts)
