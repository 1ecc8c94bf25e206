"""security.txt has not expired."""

from datetime import datetime, timedelta

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import security_txt as reader
from scanner.formats.certificate_examples import NOW
from scanner.formats.security_txt import Code, File
from scanner.observation.exposure import SecurityTxt
from scanner.observation.web import HttpExchange

PLACE = "https://a.example/.well-known/security.txt"
HEAD = HttpExchange.from_text("HTTP/1.1 200 OK", PLACE)
SOON = timedelta(days=30)


def _file(*expires: str) -> Observed[SecurityTxt]:
    lines = ("Contact: mailto:a@a.example", *(f"Expires: {one}" for one in expires))
    return Observed(SecurityTxt(HEAD, "\n".join(lines)), NOW)


@check(
    id="security-txt-expires",
    title="security.txt is still valid",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Set `Expires:` to a date less than a year ahead, and put its renewal in the calendar.",
    snippets={"file": "Expires: 2027-06-30T00:00:00Z"},
    references=(Reference("RFC 9116", "2.5.5"),),
    passes={
        "next year": _file("2027-01-01T00:00:00Z"),
        "in lower case": _file("2027-01-01t00:00:00.5z"),
        "far away": _file("2029-01-01T00:00:00Z"),
        "soon": _file("2026-11-20T00:00:00Z"),
    },
    fails={
        "expired": _file("2026-01-01T00:00:00Z"),
        "missing": _file(),
        "twice": _file("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"),
        "a date alone": _file("2027-01-01"),
    },
    others={
        "no file": Observed(SecurityTxt(HEAD), NOW),
        "something else": Observed(SecurityTxt(HEAD, "A=1"), NOW),
        "the server fails": Observed(
            SecurityTxt(HttpExchange.from_text("HTTP/1.1 503 Unavailable", PLACE)), NOW
        ),
        "a redirect out of scope": Observed(
            SecurityTxt(
                HttpExchange.from_text("HTTP/1.1 302 Found", PLACE), reason=Reason.OUT_OF_SCOPE
            ),
            NOW,
        ),
    },
)
def security_txt_expires(seen: Observed[SecurityTxt]) -> Judgement:
    """Readers are told to ignore an expired file: it is as good as none."""
    value = seen.value
    if reader.is_security_txt(value.text):
        return _judge(reader.read(value.text), seen.at)
    if value.reason or not reader.is_absence(value.exchange.status, value.text):
        return inconclusive(value.reason or Reason.BLOCKED, "The file could not be had.")
    return not_applicable("There is no security.txt.")


def _judge(file: File, at: datetime) -> Judgement:
    code, ends = reader.expiry(file, at)
    evidence = tuple(f"Expires: {one}" for one in file.values("expires")[:5])
    if ends is None:
        return _unreadable(code, evidence)
    date = f"{ends:%Y-%m-%d}"
    if code is Code.EXPIRED:
        return failed("It expired on {date}.", date=date, evidence=evidence)
    if code is Code.LONG_EXPIRY:
        return passed(
            "It is valid until {date}, longer than the year that is recommended.",
            date=date,
            evidence=evidence,
        )
    if ends - at < SOON:
        return passed("It is valid until {date} only: renew it.", date=date, evidence=evidence)
    return passed("It is valid until {date}.", date=date, evidence=evidence)


def _unreadable(code: Code | None, evidence: tuple[str, ...]) -> Judgement:
    match code:
        case Code.NO_EXPIRES:
            return failed("It has no Expires field; one is needed.")
        case Code.MULTIPLE_EXPIRES:
            return failed(
                "It has {n} Expires fields; one is needed.", n=len(evidence), evidence=evidence
            )
        case _:
            return failed("Its Expires is no date and time of RFC 3339.", evidence=evidence)
