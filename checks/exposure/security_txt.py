"""security.txt says where to report a hole."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Message,
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
from scanner.formats.security_txt import Code
from scanner.observation.exposure import SecurityTxt
from scanner.observation.web import HttpExchange

PLACE = "https://agency.example/.well-known/security.txt"
TEXT = "Contact: mailto:security@agency.example\nExpires: 2027-01-01T00:00:00Z\n"
MOST_SHOWN = 5
WORDS = {
    Code.NO_CONTACT: Message("It names no contact."),
    Code.CONTACT_NOT_URI: Message("A contact is no URI."),
    Code.NOT_HTTPS: Message("It is served over http only."),
    Code.LEGACY_LOCATION: Message("It lies at the old place only, /security.txt."),
}


def _file(text: str, status: str = "200 OK", url: str = PLACE, first: str = PLACE) -> SecurityTxt:
    head = f"HTTP/1.1 {status}\nContent-Type: text/plain; charset=utf-8"
    return SecurityTxt(HttpExchange.from_text(head, url), text, first)


@check(
    id="security-txt",
    title="security.txt says where to report a hole",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Publish /.well-known/security.txt over https with a `Contact:` that somebody reads (a URI:
        `mailto:`, `https:` or `tel:`) and an `Expires:` less than a year ahead.
    """,
    snippets={
        "file": "Contact: mailto:security@agency.example\nExpires: 2027-06-30T00:00:00Z",
        "nginx": "location = /.well-known/security.txt { default_type 'text/plain; charset=utf-8'; }",
    },
    references=(Reference("RFC 9116", "3"), Reference("RFC 9116", "2.5.3")),
    records=(SECURITYTXT_POLICY,),
    passes={
        "a contact": _file(TEXT),
        "a policy too": _file(TEXT + "Policy: https://agency.example/vdp\n"),
        "a redirect to the www host": _file(
            TEXT, url="https://www.agency.example/.well-known/security.txt"
        ),
    },
    fails={
        "missing": _file("", "404 Not Found"),
        "a page instead": _file("<!DOCTYPE html><html>"),
        "no contact": _file("Expires: 2027-01-01T00:00:00Z\n"),
        "a contact that is no URI": _file("Contact: security@agency.example\n"),
        "at the old place only": _file(
            TEXT,
            url="https://agency.example/security.txt",
            first="https://agency.example/security.txt",
        ),
        "over http only": _file(
            TEXT,
            url="http://agency.example/.well-known/security.txt",
            first="http://agency.example/.well-known/security.txt",
        ),
    },
    others={
        "not ours to see": _file("", "403 Forbidden"),
        "the server fails": _file("", "503 Service Unavailable"),
        "a redirect out of scope": SecurityTxt(
            HttpExchange.from_text("HTTP/1.1 302 Found", PLACE),
            first=PLACE,
            hops=("https://other.example/security.txt",),
            reason=Reason.OUT_OF_SCOPE,
            detail="https://other.example/security.txt: other.example is not in the scope",
        ),
    },
)
def security_txt(seen: SecurityTxt) -> Judgement:
    """Who finds a hole by chance must reach someone before someone worse finds it."""
    file = reader.read(seen.text)
    facts: dict[Fact, FactValue] = {SECURITYTXT_POLICY: next(iter(file.values("policy")), None)}
    if code := _no_file(seen):
        if code is Code.MISSING:
            return failed(
                "There is none (status {status}).", status=seen.exchange.status, facts=facts
            )
        return _unknown(seen)
    contacts = file.values("contact")
    evidence = tuple(f"Contact: {one}" for one in contacts[:MOST_SHOWN])
    if fault := reader.contact_fault(file) or _place_fault(seen):
        return failed(WORDS[fault], evidence=evidence, facts=facts)
    return passed("It names {contact}.", contact=contacts[0][:200], evidence=evidence, facts=facts)


def _no_file(seen: SecurityTxt) -> Code | str:
    """Missing where that is proved; a word where it is not told; nothing where there is one."""
    if seen.reason or not (seen.text or reader.is_absence(seen.exchange.status, seen.text)):
        return "unknown"
    if not seen.text or reader.is_page(seen.text):
        return Code.MISSING
    return ""


def _unknown(seen: SecurityTxt) -> Judgement:
    reason = seen.reason or Reason.BLOCKED
    return inconclusive(
        reason,
        "The place answers with status {status}: {why}.",
        status=seen.exchange.status,
        why=seen.detail or "that is no absence",
        evidence=seen.hops,
        facts={SECURITYTXT_POLICY: Unknown(reason)},
    )


def _place_fault(seen: SecurityTxt) -> Code | None:
    first = seen.first or seen.exchange.url
    if first.startswith("http://"):
        return Code.NOT_HTTPS
    return None if "/.well-known/" in first else Code.LEGACY_LOCATION
