"""Set-Cookie, clause by clause (RFC 6265bis 5.6, 5.7), and the classes of web.md 5.2."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats.cookie import (
    Cookie,
    Purpose,
    Rejected,
    is_known_session,
    purpose,
    read,
    sessions,
    stored,
)
from scanner.observation.web import HttpExchange, exchange

HOST = "www.agency.example"
RANDOM = "8f14e45fceea167a5a36dedd4bea2543"


def _stored(line: str, host: str = HOST) -> Cookie:
    made = read(line, host, is_https=True)
    assert isinstance(made, Cookie), made
    return made


@pytest.mark.parametrize("code", [*range(9), *range(10, 32), 127])
def test_control_characters_reject(code: int) -> None:
    assert isinstance(read(f"a=1{chr(code)}; Secure", HOST, is_https=True), Rejected)


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("a=b=c", Cookie("a", "b=c")),
        ("\ta = 1 ", Cookie("a", "1")),
        ("a=", Cookie("a", "")),
        ("=v", Cookie("", "v")),
        ("v", Cookie("", "v")),
        ("a=secure; x=httponly; y; =", Cookie("a", "secure")),
        ("a=1;Secure=false;HttpOnly=0", Cookie("a", "1", secure=True, http_only=True)),
        (
            "a=1; SameSite=NONE; Secure",
            Cookie("a", "1", secure=True, same_site="none", same_site_word="NONE"),
        ),
        (
            "a=1; SameSite=Strict; SameSite=lax",
            Cookie("a", "1", same_site="lax", same_site_word="lax"),
        ),
        ("a=1; SameSite=often", Cookie("a", "1", same_site_word="often")),
        ("a=1; Domain=", Cookie("a", "1")),
        ("a=1; Domain=www.agency.example", Cookie("a", "1", domain=HOST)),
        ("a=1; Domain=x.test; Domain=.AGENCY.example", Cookie("a", "1", domain="agency.example")),
        ("a=1; Path=/a; Path=/", Cookie("a", "1", path="/")),
        ("a=1; Path=/" + "x" * 1024, Cookie("a", "1")),
        ("a=1; Path=/" + "x" * 1023, Cookie("a", "1", path="/" + "x" * 1023)),
        ("a=1; Max-Age=60", Cookie("a", "1", lasts=True, lifetime=60)),
        ("a=1; Max-Age=0", Cookie("a", "1", lasts=True, deletes=True, lifetime=0)),
        (
            "__Secure-a=1; Secure; Domain=agency.example",
            Cookie("__Secure-a", "1", secure=True, domain="agency.example"),
        ),
        (
            "__Host-a=1; Secure; Path=/; Domain=",
            Cookie("__Host-a", "1", secure=True, path="/"),
        ),
    ],
)
def test_stored(line: str, made: Cookie) -> None:
    assert _stored(line) == made


@pytest.mark.parametrize(
    "line",
    [
        "",
        " = ",
        "; Secure",
        "a=" + "x" * 4096,
        "a=1; Domain=gency.example",
        "a=1; Domain=x.www.agency.example",
        "a=1; Domain=agency.example.test",
        "a=1; Domain=caf\u00e9.example",
        "a=1; Domain=example",
        "id=7; SameSite=None",
        "__SECURE-a=1",
        "__Host-a=1; Secure",
        "__Host-a=1; Path=/",
        "__Host-a=1; Secure; Path=/x",
        "__Host-a=1; Secure; Path=/; Domain=www.agency.example",
        "=__Host-a; Secure; Path=/",
        "__secure-a; Secure",
    ],
)
def test_dropped(line: str) -> None:
    made = read(line, HOST, is_https=True)
    assert isinstance(made, Rejected)
    assert made.why


def test_the_longest_pair_is_4096_octets() -> None:
    assert len(_stored("a=" + "x" * 4095).value) == 4095


def test_a_public_suffix_is_no_domain_unless_it_is_the_host() -> None:
    assert isinstance(read("a=1; Domain=gov.pk", "www.agency.gov.pk", is_https=True), Rejected)
    assert _stored("a=1; Domain=gov.pk", "gov.pk").name == "a"


def test_secure_is_refused_over_http_and_the_rest_is_not() -> None:
    assert isinstance(read("a=1; Secure", HOST, is_https=False), Rejected)
    assert read("a=1", HOST, is_https=False) == Cookie("a", "1")


@pytest.mark.parametrize(
    ("attributes", "deletes"),
    [
        ("Max-Age=-1", True),
        ("Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Max-Age=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        ("Max-Age=1.5; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        ("expires=Thursday, 01-Jan-70 00:00:01 GMT", True),
        ("Expires=Mon, 01 Jan 2096 00:00:00 GMT", False),
        ("Expires=Mon, 01-Jan-69 00:00:00 GMT", False),
        ("Expires=0", False),
        ("Path=/", False),
    ],
)
def test_deletion(attributes: str, deletes: bool) -> None:
    assert _stored(f"a=1; {attributes}").deletes is deletes


KNOWN = (
    "PHPSESSID JSESSIONID asp.net_sessionid .ASPXAUTH .AspNetCore.Cookies connect.sid "
    f"laravel_session ci_session SESS{RANDOM} SSESS{RANDOM} wordpress_logged_in_1 _session_id "
    "shop_session rack.session CFID CFTOKEN sessionid sid PLAY_SESSION MoodleSessionx"
).split()


@pytest.mark.parametrize("name", [*KNOWN, "__Host-phpsessid", "__secure-SID"])
def test_known_session_names(name: str) -> None:
    assert is_known_session(Cookie(name, "1"))
    assert purpose(Cookie(name, "1")) is Purpose.SESSION


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("BIGipServerx awsalb AWSALBCORS TS01ab23cd NSC_x citrix_ns_id", Purpose.INFRASTRUCTURE),
        ("ARRAffinitySameSite serverid ROUTEID incap_ses_1 nlbi_2", Purpose.INFRASTRUCTURE),
        ("visid_incap_1 __cf_bm cf_clearance _cfuvid ak_bmsc bm_sv", Purpose.INFRASTRUCTURE),
        ("csrftoken XSRF-TOKEN .AspNetCore.Antiforgery.x csrf_session", Purpose.CSRF),
        ("__RequestVerificationToken_x __Host-csrf", Purpose.CSRF),
        ("_ga _ga_session _gid _gat_x _gcl_au _fbp _pk_id.1 _hjid _clck _clsk", Purpose.ANALYTICS),
        ("AMCV_x IDE fr personalization_id", Purpose.ANALYTICS),
        ("CookieConsent cookie_law_notice lang LOCALE theme currency", Purpose.PREFERENCE),
        ("user-auth x.token my_sess jwt sso login_1 a-sid", Purpose.SESSION),
        ("authority passion language tokens ssot colour from TSunami", Purpose.UNKNOWN),
    ],
)
def test_class_by_name(names: str, expected: Purpose) -> None:
    for name in names.split():
        assert purpose(Cookie(name, "1")) is expected, name


@pytest.mark.parametrize(
    ("cookie", "expected", "is_known"),
    [
        (Cookie("x", "eyJh.eyJz.sig_-1"), Purpose.SESSION, True),
        (Cookie("x", "eyJh.eyJz"), Purpose.UNKNOWN, False),
        (Cookie("x", RANDOM), Purpose.SESSION, False),
        (Cookie("x", RANDOM, lasts=True), Purpose.UNKNOWN, False),
        (Cookie("x", "0123456789abcdef"), Purpose.SESSION, False),
        (Cookie("x", "0123456789abcde"), Purpose.UNKNOWN, False),
        (Cookie("x", "ab" * 31), Purpose.UNKNOWN, False),
        (Cookie("lang", "u" * 32), Purpose.UNKNOWN, False),
    ],
)
def test_class_by_value(cookie: Cookie, expected: Purpose, is_known: bool) -> None:
    assert purpose(cookie) is expected
    assert is_known_session(cookie) is is_known


def _answer(url: str, *lines: str) -> HttpExchange:
    sent = tuple(f"Set-Cookie: {line}" for line in lines)
    return exchange(method="GET", url=url, status=200, lines=sent)


def test_what_an_answer_leaves_in_a_browser() -> None:
    lines = ("a=1", "id=7; SameSite=None", "sid=x; Secure", "a=2", "gone=; Max-Age=0")
    seen = _answer("https://www.agency.example./x", *lines)
    assert stored(seen) == (Cookie("a", "2"), Cookie("sid", "x", secure=True))
    assert sessions(seen) == (Cookie("sid", "x", secure=True),)
    over_http = _answer("http://www.agency.example/x", *lines)
    assert stored(over_http) == (Cookie("a", "2"),)
    assert sessions(over_http) == ()
    assert stored(_answer("https://www.agency.example/")) == ()


PARTS = st.sampled_from(
    [
        "a=1",
        "__Host-",
        "; ",
        "=",
        "Secure",
        "Path=/",
        "Domain=",
        "agency.example",
        "Max-Age=",
        "-9",
        "Expires=",
        "01-Jan-70 00:00:00",
        "SameSite=None",
        "\t",
        "ÿ",
        "9" * 30,
        ".",
    ]
)


@settings(deadline=None)
@given(st.text(max_size=200) | st.lists(PARTS, max_size=12).map("".join), st.booleans())
def test_any_line_is_stored_or_dropped(line: str, is_https: bool) -> None:
    made = read(line, HOST, is_https=is_https)
    if isinstance(made, Rejected):
        assert made.why
    else:
        assert is_https or not made.secure
        assert made.name or made.value
        assert purpose(made) in Purpose
