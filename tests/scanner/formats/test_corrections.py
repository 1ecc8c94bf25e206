"""What was once read wrongly: each line a defect that a test by the clause found."""

import time
from datetime import UTC, datetime

import pytest

from scanner.formats import caa, csp, dmarc, hsts, html, mta_sts, spf
from scanner.formats.answer import host_of, location
from scanner.formats.cookie import Cookie, Rejected, cookie_date, read, sessions, stored
from scanner.formats.error import FormatError
from scanner.observation.web import Elements, HttpExchange

HOST = "www.agency.gov.pk"


def _answer(*cookies: str, date: str = "Tue, 24 Nov 2026 00:00:00 GMT") -> HttpExchange:
    lines = (f"Date: {date}", *(f"Set-Cookie: {one}" for one in cookies))
    return HttpExchange.from_text("\n".join(("HTTP/1.1 200 OK", *lines)), f"https://{HOST}/")


@pytest.mark.parametrize("domain", ["pk", "gov.pk"])
def test_a_cookie_for_a_public_suffix_is_rejected(domain: str) -> None:
    assert isinstance(read(f"a=1; Domain={domain}", HOST, is_https=True), Rejected)


def test_a_public_suffix_may_keep_its_own_cookie() -> None:
    made = read("a=1; Domain=gov.pk", "gov.pk", is_https=True)
    assert isinstance(made, Cookie)
    assert made.domain == ""


def test_cookies_of_other_paths_do_not_hide_each_other() -> None:
    made = sessions(_answer("sid=1; Path=/a", "sid=2; Path=/b; Secure; HttpOnly"))
    assert [one.secure for one in made] == [False, True]
    assert len(stored(_answer("a=1; Path=foo", "a=2"))) == 1


def test_a_cookie_that_is_deleted_again_is_not_stored() -> None:
    assert stored(_answer("a=1", "a=; Max-Age=0")) == ()
    assert stored(_answer("a=1", "a=; Expires=Fri, 01 Jan 2021 00:00:00 GMT")) == ()
    assert len(stored(_answer("a=1; Expires=Fri, 01 Jan 2027 00:00:00 GMT"))) == 1
    assert len(stored(_answer("a=1; Max-Age=0000000000005"))) == 1


def test_invalid_lifetimes_are_ignored() -> None:
    random = "x=8f14e45fceea167a5a36dedd4bea2543"
    assert sessions(_answer(f"{random}; Max-Age=soon"))
    assert sessions(_answer(f"{random}; Expires=never"))
    assert stored(_answer("a=1; Max-Age=0; Max-Age=x")) == ()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Thu Jan  1 00:00:00 1970", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 0:00:00 GMT", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Wed, 09-Jun-21 10:18:14 GMT", datetime(2021, 6, 9, 10, 18, 14, tzinfo=UTC)),
        ("Wed, 31 Feb 2021 10:18:14 GMT", None),
        ("Wed, 01 Jan 2021 99:18:14 GMT", None),
        ("10:18:14", None),
        ("", None),
    ],
)
def test_dates_of_cookies(text: str, at: datetime | None) -> None:
    assert cookie_date(text) == at


def test_a_policy_in_a_page_is_read_to_its_end() -> None:
    policy = "img-src " + "https://a.example " * 120 + "; script-src 'self'"
    page = f'<head><meta http-equiv=Content-Security-Policy content="{policy}"></head>'
    (found,) = csp.meta_policies(html.read(page.encode()).policies)
    assert found.directives["script-src"] == ("'self'",)


def test_a_base_that_is_no_url_is_none() -> None:
    seen = html.resolved("y", Elements(base="https://["), "https://a.example/x/")
    assert seen
    assert seen.geturl() == "https://a.example/x/y"


def test_a_modifier_of_a_mechanism_s_name_is_a_modifier() -> None:
    record = spf.parse("v=spf1 all=x redirect=b.test")
    assert record.redirect == "b.test"
    assert not record.passes_nobody
    assert [one.name for one in spf.parse("v=spf1 all=x include:b.test").evaluated] == ["include"]
    assert not spf.parse("v=spf1 a=1 -all").terms[0].costs


@pytest.mark.parametrize(
    "term",
    [
        "a:foo:bar/baz.example.com",
        "exists:%{l/}.example.com",
        "a:%{d/}/24",
        "exists:%{iR}.a.test",
        "exists:a.b.%%",
    ],
)
def test_what_a_domain_may_hold(term: str) -> None:
    assert spf.parse(f"v=spf1 {term}")


@pytest.mark.parametrize(
    "term", ["include:foo}", "ip6:fe80::1%eth0", "exists:%{d0}.a.test", "redirect=a.test/24"]
)
def test_what_it_may_not(term: str) -> None:
    with pytest.raises(FormatError):
        spf.parse(f"v=spf1 {term}")


def test_a_newline_is_not_the_end() -> None:
    assert not spf.is_record("v=spf1\n")
    assert not dmarc.is_candidate("v=DMARC1\n")


def test_an_address_without_a_host_is_none() -> None:
    with pytest.raises(FormatError):
        dmarc.parse("v=DMARC1; p=bogus; rua=mailto:a@.")


@pytest.mark.parametrize("host", ["", "*", "a.*.test", "two words"])
def test_names_of_mail_hosts(host: str) -> None:
    with pytest.raises(FormatError):
        mta_sts.policy(f"version: STSv1\nmode: enforce\nmx: {host}\nmax_age: 1")


def test_report_addresses_have_an_address() -> None:
    with pytest.raises(FormatError):
        mta_sts.reporting(["v=TLSRPTv1; rua=mailto:,https:"])


@pytest.mark.parametrize(
    "record", ['-1 issue "a"', '256 issue "a"', '0 is-sue "a"', '1_0 issue "a"']
)
def test_caa_records_that_are_none(record: str) -> None:
    with pytest.raises(FormatError):
        caa.parse(record)


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        ("ca.example; my-tag=x", True),
        ("ca.example; a= b", True),
        ("ca.example;", True),
        ("ca.example;;", False),
        ("ca.example; a=b;", False),
    ],
)
def test_caa_parameters(value: str, sound: bool) -> None:
    assert caa.Property(0, "issue", value).is_sound is sound


def test_a_hostile_caa_value_costs_no_time() -> None:
    began = time.process_time()
    assert not caa.Property(0, "issue", " " * 65_000 + "!").is_sound
    assert time.process_time() - began < 1


def test_zeros_before_a_number_are_no_number() -> None:
    assert hsts.parse("max-age=" + "0" * 4000 + "1").max_age == 1


def test_addresses_that_are_none() -> None:
    assert host_of("https://[") == ""
    seen = HttpExchange.from_text("HTTP/1.1 302 Found\nLocation: https:///x.example/")
    assert location(seen) == "https://x.example/"
