"""security.txt has not expired."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import security_txt as reader
from scanner.formats.certificate_examples import NOW
from scanner.observation.exposure import SecurityTxt
from scanner.observation.web import HttpExchange

HEAD = HttpExchange.from_text("HTTP/1.1 200 OK", "https://a.example/.well-known/security.txt")


def _file(*expires: str) -> Observed[SecurityTxt]:
    lines = ("Contact: mailto:a@a.example", *(f"Expires: {one}" for one in expires))
    return Observed(SecurityTxt(HEAD, "\n".join(lines)), NOW)


@check(
    id="security-txt-expires",
    title="security.txt is still valid",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Set `Expires:` to a date less than a year ahead, and put its renewal in the calendar.",
    references=(Reference("RFC 9116", "2.5.5"),),
    passes={
        "next year": _file("2027-01-01T00:00:00Z"),
        "in lower case": _file("2027-01-01t00:00:00.5z"),
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
    },
)
def security_txt_expires(seen: Observed[SecurityTxt]) -> Judgement:
    """Readers are told to ignore an expired file: it is as good as none."""
    text = seen.value.text
    if not text or reader.is_page(text):
        return not_applicable("There is no security.txt.")
    fields = reader.fields(text)
    if not fields.keys() & {"contact", "expires"}:
        return not_applicable("What is served there is no security.txt.")
    values = fields.get("expires", ())
    evidence = tuple(f"Expires: {one}" for one in values[:5])
    if len(values) != 1:
        return failed("It has {n} Expires fields; one is needed.", n=len(values), evidence=evidence)
    at = reader.timestamp(values[0])
    if at is None:
        return failed("Its Expires is no date and time of RFC 3339.", evidence=evidence)
    if at <= seen.at:
        return failed("It expired on {date}.", date=f"{at:%Y-%m-%d}", evidence=evidence)
    return passed("It is valid until {date}.", date=f"{at:%Y-%m-%d}", evidence=evidence)
