"""Where an HTTP answer leads (RFC 9110 10.2.2, 15.4), and whether a guard gave it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.answer import (
    REDIRECTS,
    SMALL,
    Target,
    api_addresses,
    blocked,
    host_of,
    leads_to,
    located,
    location,
    markup_target,
    wants_certificate,
)
from scanner.formats.guard import CLIENT_CERTIFICATE, guard
from scanner.observation import Reason
from scanner.observation.web import Body, HttpExchange, exchange

URL = "https://www.agency.example/a/b?c"


def _answer(status: int, *lines: str, size: int | None = 5000, url: str = URL) -> HttpExchange:
    body = Body() if size is None else Body(volatile={"size": size})
    return exchange(method="GET", url=url, status=status, lines=lines, body=body)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(status: int) -> None:
    seen = _answer(status, "LOCATION: http://other.example/")
    assert location(seen) == "http://other.example/"
    assert leads_to(seen) is Target.HTTP


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 404, 503])
def test_other_answers_lead_nowhere(status: int) -> None:
    seen = _answer(status, "Location: https://other.example/")
    assert location(seen) is None
    assert leads_to(seen) is Target.NOWHERE
    assert status not in REDIRECTS


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("/x", "https://www.agency.example/x"),
        ("x", "https://www.agency.example/a/x"),
        ("?d", "https://www.agency.example/a/b?d"),
        ("../x", "https://www.agency.example/x"),
        ("//other.example/", "https://other.example/"),
        ("https://other.example:8443/", "https://other.example:8443/"),
        ("https://other.example/u@v", "https://other.example/u@v"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
    ],
)
def test_relative_and_absolute(value: str, url: str) -> None:
    seen = _answer(301, f"Location:\t{value} ")
    assert location(seen) == url
    assert leads_to(seen) is Target.HTTPS


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Location:"],
        ["Location: /a", "location: /b"],
        ["Location: javascript:alert(1)"],
        ["Location: ftp://other.example/"],
        ["Location: data:text/html,x"],
        ["Location: mailto:a@b.example"],
        ["Location: https://user@other.example/"],
        ["Location: https://user:word@other.example/"],
        ["Location: https://"],
        ["Location: https://:443/"],
        ["Location: https://["],
        ["Location: https://other.example:port/"],
        ["Location: https://other.example:65536/"],
    ],
)
def test_void_targets(lines: list[str]) -> None:
    seen = _answer(302, *lines)
    assert location(seen) == ""
    assert leads_to(seen) is Target.INVALID


def test_the_scheme_of_a_relative_target_is_the_page_s() -> None:
    seen = _answer(301, "Location: /x", url="http://www.agency.example/")
    assert leads_to(seen) is Target.HTTP


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Agency.example.:443/x", "www.agency.example"),
        ("http://agency.example", "agency.example"),
        ("/x", ""),
        ("", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("status", "lines", "size", "reason"),
    [
        (403, ["cf-mitigated: challenge"], 5000, Reason.BLOCKED),
        (406, ["X-Sucuri-ID: 1"], 5000, Reason.BLOCKED),
        (503, ["Retry-After: 30"], 5000, Reason.BLOCKED),
        (429, ["Retry-After: 30"], 5000, Reason.RATE_LIMITED),
        (403, [], SMALL - 1, Reason.BLOCKED),
        (403, [], None, Reason.BLOCKED),
        (429, [], 10, Reason.RATE_LIMITED),
        (403, [], SMALL, Reason.BLOCKED),
        (503, [], SMALL, None),
        (503, [], 10, Reason.BLOCKED),
        (200, ["cf-mitigated: challenge"], 10, None),
        (401, [], 10, None),
        (404, ["Retry-After: 30"], 10, None),
        (500, [], 10, None),
    ],
)
def test_guards(status: int, lines: list[str], size: int | None, reason: Reason | None) -> None:
    assert blocked(_answer(status, *lines, size=size)) is reason


PARTS = st.sampled_from(
    [
        "http",
        "https",
        ":",
        "//",
        "/",
        "?",
        "#",
        "@",
        "[",
        "]",
        "::1",
        "a.example",
        "%",
        "\\",
        "99999",
    ]
)


@given(st.text(max_size=80) | st.lists(PARTS, max_size=8).map("".join))
def test_any_location_is_usable_or_void(value: str) -> None:
    seen = _answer(301, f"Location: {value}")
    url = location(seen)
    assert url is not None
    assert (leads_to(seen) is Target.INVALID) is (url == "")
    assert not url or url.lower().startswith(("http:", "https:"))


@pytest.mark.parametrize(
    ("status", "lines", "body", "name"),
    [
        (403, ["CF-Mitigated: challenge"], b"", "Cloudflare"),
        (202, ["x-amzn-waf-action: challenge"], b"", "AWS WAF"),
        (403, ["X-DataDome: protected"], b"", "DataDome"),
        (200, ["X-DataDome: protected"], b"", ""),
        (200, [], b"<iframe src='/_Incapsula_Resource?x'>", "Imperva"),
        (200, [], b"Request Rejected. Your support ID is: 12345", "F5"),
        (503, [], b"<script src=/cdn-cgi/challenge-platform/x>", "Cloudflare"),
        (200, [], b"<script src=/cdn-cgi/challenge-platform/x>", ""),
        (400, [], b"400 No required SSL certificate was sent", CLIENT_CERTIFICATE),
        (200, [], b"400 No required SSL certificate was sent", ""),
        (200, [], b"Your support ID is: in a long page" + b" " * (20 << 10), ""),
        (403, [], b"Your support ID is: in a long page" + b" " * (20 << 10), "F5"),
        (200, ["Server: cloudflare"], b"<title>Tax office</title>", ""),
        (403, [], b"Forbidden", ""),
    ],
)
def test_a_guard_is_known_by_its_marks(
    status: int, lines: list[str], body: bytes, name: str
) -> None:
    assert guard(status, lines, body) == name


def test_a_challenge_is_no_page_whatever_its_status() -> None:
    seen = exchange(method="GET", url=URL, status=200, lines=(), body=Body(guard="Imperva"))
    assert blocked(seen) is Reason.BLOCKED
    asked = exchange(
        method="GET", url=URL, status=400, lines=(), body=Body(guard=CLIENT_CERTIFICATE)
    )
    assert wants_certificate(asked)
    assert blocked(asked) is None


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (b"fetch('/api/news?x=1')", ("/api/news?x=1",)),
        (b'<link href="/wp-json/" rel=x> "/data/list.json"', ("/wp-json/", "/data/list.json")),
        (b"'/api/logout' '/api/delete/7' '/api/session/RESET'", ()),
        (b"'//cdn.test/api/x' '/api/<b>' '/style.css'", ()),
        (b"'/api/a' '/api/a#b' '/api/c' '/api/d'", ("/api/a", "/api/c")),
        ("'/api/é'".encode(), ()),
    ],
)
def test_addresses_for_programs(text: bytes, paths: tuple[str, ...]) -> None:
    assert api_addresses(text) == paths


@given(st.binary(max_size=300), st.integers(100, 599))
def test_any_body_is_read(body: bytes, status: int) -> None:
    assert isinstance(guard(status, (), body), str)
    assert len(api_addresses(body)) <= 2


def test_evidence_says_hop_and_line_and_no_value_of_a_cookie() -> None:
    seen = _answer(200, "Server: x", "Set-Cookie: id=secret; Path=/", "set-cookie: bare", url=URL)
    assert located(seen, "SET-COOKIE") == (
        f"{URL} line 2: Set-Cookie: id=…; Path=/",
        f"{URL} line 3: set-cookie: =…",
    )
    assert located(seen, "Server", "Date") == (f"{URL} line 1: Server: x",)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (b"<meta http-equiv='refresh' content='0; url=https://a.example/'>", "https://a.example/"),
        (b'<META HTTP-EQUIV="Refresh" CONTENT="0;URL=/x">', "/x"),
        (b"<script>location.href = 'https://a.example/';</script>", "https://a.example/"),
        (b'<script>window.location.replace("https://a.example/")</script>', "https://a.example/"),
        (b"<script>if(location.protocol!='https:')location.protocol = 'https:'</script>", "https"),
        (b"<meta http-equiv=refresh content=30><p>the location = 'x'", ""),
        (b"", ""),
    ],
)
def test_where_markup_sends_a_browser(text: bytes, target: str) -> None:
    assert markup_target(text) == target
