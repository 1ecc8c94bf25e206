"""The short formats: MTA-STS, TLS reporting, CAA, security.txt, answers, pages."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import caa, html, mta_sts, security_txt
from scanner.formats.answer import Target, blocked, host_of, leads_to, location
from scanner.formats.error import FormatError
from scanner.observation import Reason
from scanner.observation.web import Body, HttpExchange, exchange

POLICY = "version: STSv1\nmode: enforce\nmx: *.a.example\nmx: b.example\nmax_age: 86400\n"


def test_mta_sts_policy() -> None:
    made = mta_sts.policy(POLICY.replace("\n", "\r\n") + "\r\nother: x\nmode: none")
    assert (made.mode, made.max_age, made.mx) == ("enforce", 86400, ("*.a.example", "b.example"))
    assert made.matches("mx.A.example.")
    assert made.matches("b.example")
    assert not made.matches("a.example")
    assert not made.matches("x.y.a.example")
    assert mta_sts.policy("version: STSv1\nmode: none\nmax_age: 0").mx == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        POLICY.replace("STSv1", "STSv2"),
        POLICY.replace("enforce", "on"),
        POLICY.replace("86400", "31557601"),
        POLICY.replace("86400", "x"),
        "version: STSv1\nmode: testing\nmax_age: 1",
    ],
)
def test_mta_sts_policy_ignored(text: str) -> None:
    with pytest.raises(FormatError):
        mta_sts.policy(text)


def test_mta_sts_record() -> None:
    assert mta_sts.record_id(["v=STSv1; id=2026;", "other"]) == "2026"
    assert mta_sts.record_id(["v=STSv11; id=1"]) is None
    for texts in (["v=STSv1; id=a-b"], ["v=STSv1; id=1"] * 2, ["v=STSv1; id"]):
        with pytest.raises(FormatError):
            mta_sts.record_id(texts)


def test_tls_reporting() -> None:
    assert mta_sts.reporting(["v=TLSRPTv1; rua=mailto:a@b.example,https://x.example/"]) == (
        "mailto:a@b.example",
        "https://x.example/",
    )
    assert mta_sts.reporting(["x"]) is None
    for texts in (["v=TLSRPTv1;"], ["v=TLSRPTv1; rua=ftp://x"], ["v=TLSRPTv1; rua=mailto:a"] * 2):
        with pytest.raises(FormatError):
            mta_sts.reporting(texts)


@pytest.mark.parametrize(
    ("value", "sound", "issuer"),
    [
        ("ca.example", True, "ca.example"),
        (" CA.example ; accounturi=https://x/1 ; a=b", True, "ca.example"),
        (";", True, ""),
        ("", True, ""),
        ("https://ca.example", False, "https://ca.example"),
        ("ca example", False, "ca example"),
        ("-ca.example", False, "-ca.example"),
    ],
)
def test_caa_issue(value: str, sound: bool, issuer: str) -> None:
    made = caa.parse(f'0 ISSUE "{value}"')
    assert (made.tag, made.is_sound, made.issuer) == ("issue", sound, issuer)


def test_caa_restriction() -> None:
    assert caa.restricts([caa.Property(0, "issue", ";")])
    assert not caa.restricts([caa.Property(0, "issuewild", "ca.example")])
    for text in ("", "x issue y", '0 issue "open'):
        with pytest.raises(FormatError):
            caa.parse(text)


def test_security_txt() -> None:
    text = (
        "# x\nContact: mailto:a@b.example\ncontact: tel:+1\n"
        "Expires: 2027-01-01T00:00:00z\nbad line\n"
    )
    found = security_txt.fields(text)
    assert found["contact"] == ("mailto:a@b.example", "tel:+1")
    assert security_txt.is_security_txt(text)
    assert not security_txt.is_security_txt("A=1")
    assert not security_txt.is_security_txt("<!DOCTYPE html>\nContact: x")
    assert security_txt.is_uri("https://x")
    assert not security_txt.is_uri("a@b.example")


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2027-01-01T00:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027-01-01t05:00:00.25+05:00", datetime(2027, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
        ("2027-01-01", None),
        ("2027-13-01T00:00:00Z", None),
        ("tomorrow", None),
    ],
)
def test_timestamps(value: str, at: datetime | None) -> None:
    assert security_txt.timestamp(value) == at


@pytest.mark.parametrize(
    ("lines", "url", "target"),
    [
        ("HTTP/1.1 200 OK", None, Target.NOWHERE),
        ("HTTP/1.1 304 Not Modified\nLocation: /x", None, Target.NOWHERE),
        ("HTTP/1.1 301 M\nLocation: /x?y#z", "https://www.agency.example/x?y#z", Target.HTTPS),
        ("HTTP/1.1 302 M\nLocation: http://a.example/", "http://a.example/", Target.HTTP),
        ("HTTP/1.1 302 M\nLocation: //a.example/", "https://a.example/", Target.HTTPS),
        ("HTTP/1.1 302 M", "", Target.INVALID),
        ("HTTP/1.1 302 M\nLocation:", "", Target.INVALID),
        ("HTTP/1.1 302 M\nLocation: /a\nLocation: /a", "", Target.INVALID),
        ("HTTP/1.1 302 M\nLocation: javascript:alert(1)", "", Target.INVALID),
        ("HTTP/1.1 302 M\nLocation: https://u:p@a.example/", "", Target.INVALID),
        ("HTTP/1.1 302 M\nLocation: https://[", "", Target.INVALID),
        ("HTTP/1.1 302 M\nLocation: https://a.example:x/", "", Target.INVALID),
    ],
)
def test_redirects(lines: str, url: str | None, target: Target) -> None:
    seen = HttpExchange.from_text(lines)
    assert location(seen) == url
    assert leads_to(seen) is target


def test_host_of() -> None:
    assert host_of("https://WWW.Agency.example.:443/x") == "www.agency.example"
    assert host_of("nonsense") == ""


def _answer(status: int, *lines: str, size: int = 5000) -> HttpExchange:
    return exchange(
        method="GET",
        url="https://a.example/",
        status=status,
        lines=lines,
        body=Body(volatile={"size": size}),
    )


def test_guards_are_recognised() -> None:
    assert blocked(_answer(200)) is None
    assert blocked(_answer(403)) is Reason.BLOCKED
    assert blocked(_answer(403, size=200)) is Reason.BLOCKED
    assert blocked(_answer(503, "cf-mitigated: challenge")) is Reason.BLOCKED
    assert blocked(_answer(429, "Retry-After: 9")) is Reason.RATE_LIMITED
    assert blocked(_answer(404, "Retry-After: 9")) is None


PAGE = b"""<!doctype html><html lang=ur dir=rtl><head><title> A &amp; B </title><base href="/x/">
<meta name=Generator content="CMS 1"><meta name=referrer content=no-referrer>
<meta http-equiv="Content-Security-Policy" content="script-src 'self'">
<meta http-equiv=refresh content=9>
<link rel=stylesheet href=a.css integrity=sha256-x crossorigin><link rel=canonical href=/c>
<script src=//cdn.test/a.js></script></head><body>
<meta http-equiv="content-security-policy" content="void in the body">
<img src=i.png><iframe src=f></iframe><form action=/s method=POST><input type=PASSWORD></form>
<form></form></body></html>"""


def test_elements() -> None:
    made = html.read(PAGE)
    assert (made.title, made.language, made.generator) == ("A & B", "ur", "CMS 1")
    assert (made.base, made.referrer) == ("/x/", "no-referrer")
    assert made.policies == ("script-src 'self'",)
    urls = {one.url: one for one in made.resources}
    assert set(urls) == {"a.css", "//cdn.test/a.js", "i.png", "f"}
    assert urls["a.css"].integrity == "sha256-x"
    assert urls["a.css"].crossorigin == ""
    assert urls["i.png"].crossorigin is None
    first, second = made.forms
    assert (first.action, first.method, first.has_password) == ("/s", "post", True)
    assert (second.method, second.has_password) == ("get", False)
    assert not made.truncated


def test_pages_are_bounded() -> None:
    assert html.read(b"<p>" * 200_000).truncated
    assert html.read(b"x" * (html.MOST_BYTES + 1)).truncated
    assert html.read(b"").title == ""


def test_addresses_of_elements() -> None:
    made = html.read(PAGE)
    seen = html.resolved("y", made, "https://a.example/z/")
    assert seen
    assert seen.geturl() == "https://a.example/x/y"
    assert html.resolved("https://[", made, "https://a.example/") is None
    assert html.resolved("y", html.read(b""), "https://a.example/z/")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (None, True),
        ("text/html; charset=x", True),
        ("Application/XHTML+xml", True),
        ("text/plain", False),
    ],
)
def test_types_of_pages(kind: str | None, expected: bool) -> None:
    assert html.is_html(kind) is expected


@given(st.binary(max_size=400))
def test_any_bytes_are_a_page(body: bytes) -> None:
    assert html.read(body).title is not None
