"""Cookies as a browser stores them (RFC 6265bis 5.6, 5.7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.cookie import Cookie, Purpose, Rejected, is_known_session, purpose, read

HOST = "www.agency.example"


def _stored(line: str, *, is_https: bool = True) -> Cookie:
    made = read(line, HOST, is_https=is_https)
    assert isinstance(made, Cookie), made
    return made


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a=\x01", "control character"),
        ("=", "empty"),
        ("a=" + "x" * 4096, "4096"),
        ("a=1; Domain=other.example", "Domain is not"),
        ("a=1; Domain=example", "public suffix"),
        ("id=7; SameSite=None", "SameSite=None needs Secure"),
        ("__Secure-a=1", "__Secure- needs Secure"),
        ("__Host-a=1; Secure", "__Host-"),
        ("__Host-a=1; Secure; Path=/; Domain=agency.example", "__Host-"),
        ("__host-a=1; Secure", "__Host-"),
        ("__Host-a", "no name"),
    ],
)
def test_rejected(line: str, why: str) -> None:
    made = read(line, HOST, is_https=True)
    assert isinstance(made, Rejected)
    assert why in made.why


def test_a_secure_cookie_over_http_is_rejected() -> None:
    assert isinstance(read("a=1; Secure", HOST, is_https=False), Rejected)


def test_attributes() -> None:
    made = _stored(
        "__Secure-a=b=c; secure=false; HTTPONLY; SameSite=LAX; samesite=Strict; "
        "Domain=.Agency.Example; Path=/x; Max-Age=60"
    )
    assert (made.name, made.value) == ("__Secure-a", "b=c")
    assert made.secure
    assert made.http_only
    assert made.same_site == "strict"
    assert made.domain == "agency.example"
    assert made.path == "/x"
    assert made.lasts
    assert not made.deletes


def test_no_equals_sign_is_a_value_without_a_name() -> None:
    assert _stored(" abc ").value == "abc"
    assert _stored("abc").name == ""


def test_an_attribute_that_is_too_long_is_ignored() -> None:
    assert _stored("a=1; Domain=" + "x" * 1025).domain == ""


def test_an_unknown_word_is_the_default() -> None:
    assert _stored("a=1; SameSite=maybe").same_site == "default"


@pytest.mark.parametrize(
    ("attributes", "deletes"),
    [
        ("Max-Age=0", True),
        ("Max-Age=-5", True),
        ("Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Max-Age=soon; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        ("Expires=Thu, 01-Jan-70 00:00:01 GMT", True),
        ("Expires=Thu, 01-Jan-05 00:00:01 GMT", True),
        ("Expires=Wed, 01 Jan 2098 00:00:00 GMT", False),
        ("Expires=never", False),
        ("", False),
    ],
)
def test_deletion(attributes: str, deletes: bool) -> None:
    assert _stored(f"a=1; {attributes}").deletes is deletes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("BIGipServerpool=1.2.3", Purpose.INFRASTRUCTURE),
        ("XSRF-TOKEN=abc", Purpose.CSRF),
        ("_ga=GA1.2.3", Purpose.ANALYTICS),
        ("cookie_consent=yes", Purpose.PREFERENCE),
        ("lang=ur", Purpose.PREFERENCE),
        ("PHPSESSID=1", Purpose.SESSION),
        ("__Host-sid=1; Secure; Path=/", Purpose.SESSION),
        ("my_auth=1", Purpose.SESSION),
        ("author=jane", Purpose.UNKNOWN),
        ("x=8f14e45fceea167a5a36dedd4bea2543", Purpose.SESSION),
        ("x=8f14e45fceea167a5a36dedd4bea2543; Max-Age=99", Purpose.UNKNOWN),
        ("x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Purpose.UNKNOWN),
        ("tok=eyJhbGciOi.eyJzdWIi.abc", Purpose.SESSION),
        ("colour=red", Purpose.UNKNOWN),
    ],
)
def test_purpose(line: str, expected: Purpose) -> None:
    assert purpose(_stored(line)) is expected


def test_what_is_known_and_what_is_guessed() -> None:
    assert is_known_session(_stored("JSESSIONID=1"))
    assert not is_known_session(_stored("x=8f14e45fceea167a5a36dedd4bea2543"))


@given(st.text(max_size=300), st.booleans())
def test_any_line_is_stored_or_rejected(line: str, is_https: bool) -> None:
    made = read(line, HOST, is_https=is_https)
    if isinstance(made, Cookie):
        assert purpose(made) in Purpose


@pytest.mark.parametrize(
    ("line", "lifetime"),
    [
        ("a=1", None),
        ("a=1; Max-Age=60", 60),
        ("a=1; Max-Age=60; Expires=Thu, 01 Jan 2026 00:00:00 GMT", 60),
        ("a=1; Expires=Sun, 01 Jan 2017 00:00:00 GMT", 731 * 86_400),
        ("a=1; Expires=yesterday", None),
        ("a=1; Max-Age=" + "9" * 50, 1 << 53),
    ],
)
def test_lifetimes_count_from_the_answer_s_date(line: str, lifetime: int | None) -> None:
    assert _stored(line).lifetime == lifetime


@pytest.mark.parametrize(
    ("name", "is_session"),
    [
        ("accessToken", True),
        ("userSession", True),
        ("SSO", True),
        ("x-auth", True),
        ("JWTCookie", True),
        ("author", False),
        ("sidebar", False),
        ("tokens", False),
    ],
)
def test_words_of_a_name(name: str, is_session: bool) -> None:
    assert (purpose(Cookie(name, "1")) is Purpose.SESSION) is is_session
