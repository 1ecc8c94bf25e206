"""The smaller readers of the web: characters, parties, frames, checksums, spam, drift, lists."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import charset, defacement, drift, framing, integrity, mixed, party, reporting
from scanner.formats.framing import Framing
from scanner.formats.html_script import redirect_in, signs
from scanner.formats.mixed import Mixed
from scanner.formats.shown import expected, header_snippets, seen
from scanner.formats.simhash import distance, simhash
from scanner.formats.version import is_below
from scanner.formats.web_lists import (
    compromised_hosts,
    covers,
    kind_of,
    listed_as,
    script_hosts,
    third_parties,
)
from scanner.lists import bundled
from scanner.observation.page import Elements, Form, Resource
from scanner.observation.web import HttpExchange, Page

URL = "https://www.agency.example/"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), None, "é"),
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        (b"\x80", "text/html; charset=latin1", "€"),
        ("ü".encode("utf-16"), "text/html; charset=x", "ü"),
        ("é".encode("utf-8-sig"), "text/html; charset=latin1", "é"),
        (b"<meta charset='windows-1252'>\x80", None, "<meta charset='windows-1252'>€"),
        (b"<meta charset=utf-16>\xc3\xa9", None, "<meta charset=utf-16>é"),
        (
            b'<meta http-equiv=x content="a; charset=koi8-r">\xc1',
            None,
            '<meta http-equiv=x content="a; charset=koi8-r">\u0430',
        ),
        (b"<meta name=x>\xff", None, "<meta name=x>\ufffd"),
        (b"\xff", "text/html; charset=utf-7", "\ufffd"),
        (b"\xff", "text/html; charset=rot13", "\ufffd"),
        (b"a", "text/html; charset=undefined", "a"),
        (b"a\x00b", "text/html; charset=\x00", "a\x00b"),
    ],
)
def test_characters(body: bytes, content_type: str | None, text: str) -> None:
    assert charset.decode(body, content_type) == text


@given(st.binary(max_size=100), st.text(max_size=40))
def test_any_bytes_are_text(body: bytes, label: str) -> None:
    assert isinstance(charset.decode(body, f"text/html; charset={label}"), str)
    assert isinstance(charset.decode(b"<meta charset=" + label.encode() + b">" + body), str)


@pytest.mark.parametrize(
    ("joined", "effect"),
    [
        (None, Framing.ABSENT),
        ("DENY", Framing.DENY),
        ("sameorigin, SAMEORIGIN", Framing.SAMEORIGIN),
        ("deny, sameorigin", Framing.CONFUSED),
        ("allowall, x", Framing.CONFUSED),
        ("x, y", Framing.IGNORED),
        ("ALLOW-FROM https://a.example", Framing.IGNORED),
        ("allowall", Framing.IGNORED),
        ("", Framing.IGNORED),
    ],
)
def test_frames(joined: str | None, effect: Framing) -> None:
    assert framing.effect(joined) is effect


@pytest.mark.parametrize(
    ("title", "is_defaced"),
    [
        ("Hacked by X", True),
        ("- DEFACED_BY crew", True),
        ("..:: Pwned By Y ::..", True),
        ("Owned by Z", True),
        ("[ owned by Z ]", True),
        ("Land owned by the state", False),
        ("News: minister's account was hacked", False),
        ("Company hackedby", False),
    ],
)
def test_titles_of_defacers(title: str, is_defaced: bool) -> None:
    assert defacement.is_defaced(title) is is_defaced


def test_the_heading_counts_on_a_short_page_only() -> None:
    assert defacement.defaced_title("Tax", "hacked by x", 100) == "hacked by x"
    assert defacement.defaced_title("Tax", "hacked by x", 6000) == ""


@pytest.mark.parametrize(
    ("text", "is_spam"),
    [
        ("Slot Gacor hari ini", True),
        ("SITUS TOTO", True),
        ("buy cialis", True),
        ("online casino", True),
        ("gacors", False),
        ("specialist", False),
        ("gambling commission", False),
        ("casino licensing", False),
    ],
)
def test_words_of_spam(text: str, is_spam: bool) -> None:
    assert defacement.is_spam(text) is is_spam


@pytest.mark.parametrize(
    ("style", "is_hidden"),
    [
        ("display: none", True),
        ("position:absolute; left:-9999px", True),
        ("font-size:0px", True),
        ("font-size:0.9em", False),
        ("height:1px", True),
        ("height:100px", False),
        ("color:#fff; background-color: #FFF", True),
        ("color:#000;background:#fff", False),
        ("color:red", False),
        ("margin-left:-12px", False),
        ("visibility:hidden", True),
        ("opacity:0", True),
        ("opacity:0.5", False),
    ],
)
def test_hidden_styles(style: str, is_hidden: bool) -> None:
    assert defacement.is_hidden(style) is is_hidden


def test_fingerprints_of_texts() -> None:
    text = " ".join(f"word{number % 97} sentence{number % 13}" for number in range(400))
    near, far = text.replace("word5 ", "other "), " ".join(f"x{number} y" for number in range(400))
    assert distance(simhash(text), simhash(text)) == 0
    assert distance(simhash(text), simhash(near)) < 20
    assert distance(simhash(text), simhash(far)) >= 20
    assert simhash("") == ""
    assert len(simhash("one")) == 16
    assert distance("", "") == 0
    assert distance("", simhash("a")) == 64


@given(st.text(max_size=200))
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert distance(simhash(text), simhash(text)) == 0


@pytest.mark.parametrize(
    ("one", "other", "is_less"),
    [
        ("3.0.0-rc1", "3.0.0", True),
        ("3.0.0", "3.0.0-rc1", False),
        ("1.9", "1.10", True),
        ("1.2", "1.2.0", False),
        ("1.2", "1.2.1", True),
        ("2.0.0-beta", "2.0.0-rc", True),
        ("9" * 40, "1", True),
    ],
)
def test_versions(one: str, other: str, is_less: bool) -> None:
    assert is_below(one, other) is is_less


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_versions_have_an_order(one: str, other: str) -> None:
    assert not (is_below(one, other) and is_below(other, one))
    assert not is_below(one, one)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("eval(atob('x'))", ("obfuscated",)),
        ("Function (String.fromCharCode(1))", ("obfuscated",)),
        ("setTimeout('x'); unescape('y')", ("obfuscated",)),
        ("\\x41" * 50, ("obfuscated",)),
        ("_0x12ab;" * 25, ("obfuscated",)),
        ("new CoinHive.Anonymous('k')", ("coin-miner",)),
        ("eval('1')", ()),
        ("atob('x')", ()),
        ("setTimeout(f, 1)", ()),
    ],
)
def test_signs_of_scripts(text: str, found: tuple[str, ...]) -> None:
    assert signs(text) == found


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("window.location = '/x'", "/x"),
        ('location.replace("https://a.test/")', "https://a.test/"),
        ("location.href='/y'" + " " * 3000, ""),
        ("var a = 1", ""),
    ],
)
def test_scripts_that_redirect(text: str, target: str) -> None:
    assert redirect_in(text) == target


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        (Resource("img", "http://x.test/"), Mixed.UPGRADEABLE),
        (Resource("image", "http://x.test/"), Mixed.UPGRADEABLE),
        (Resource("body", "http://x.test/", attribute="background"), Mixed.UPGRADEABLE),
        (Resource("use", "http://x.test/a.svg#b"), Mixed.BLOCKABLE),
        (Resource("link", "http://x.test/", attribute="imagesrcset"), Mixed.BLOCKABLE),
        (Resource("img", "HTTP://x.test/"), Mixed.UPGRADEABLE),
        (Resource("img", "http://x.test/", crossorigin=""), Mixed.BLOCKABLE),
        (Resource("img", "http://[2001:db8::1]/"), Mixed.BLOCKABLE),
        (Resource("img", "http://192.0.2.7/"), Mixed.BLOCKABLE),
        (Resource("img", "http://x.test/", attribute="srcset"), Mixed.BLOCKABLE),
        (Resource("source", "http://x.test/"), Mixed.UPGRADEABLE),
        (Resource("style", "http://x.test/a.png", attribute="url()"), Mixed.UPGRADEABLE),
        (Resource("style", "http://x.test/a.woff2", attribute="url()"), Mixed.BLOCKABLE),
        (Resource("style", "http://x.test/a.css", attribute="@import"), Mixed.BLOCKABLE),
        (Resource("p", "http://x.test/a", attribute="style url()"), Mixed.UPGRADEABLE),
        (Resource("link", "http://x.test/", rel="icon"), Mixed.UPGRADEABLE),
        (Resource("link", "http://x.test/", rel="stylesheet"), Mixed.BLOCKABLE),
        (Resource("iframe", "http://x.test/"), Mixed.BLOCKABLE),
        (Resource("iframe", "//x.test/"), None),
        (Resource("iframe", "http://localhost/"), None),
        (Resource("iframe", "http://a.localhost/"), None),
        (Resource("iframe", "http://127.0.0.9/"), None),
        (Resource("iframe", "http://[::1]/"), None),
        (Resource("iframe", "https://["), None),
    ],
)
def test_mixed_content(resource: Resource, kind: Mixed | None) -> None:
    found = [*mixed.insecure(Elements(resources=(resource,)), URL)]
    assert [one.kind for one in found] == ([kind] if kind else [])
    for one in found:
        assert resource.element in one.shown


@pytest.mark.parametrize(
    ("text", "algorithm", "digests"),
    [
        ("sha256-a sha512-b?x sha512-c", "sha512", ("b", "c")),
        ("SHA384-a", "sha384", ("a",)),
        ("md5-a sha1-b", "", ()),
        ("sha256", "", ()),
        ("", "", ()),
    ],
)
def test_metadata(text: str, algorithm: str, digests: tuple[str, ...]) -> None:
    assert integrity.metadata(text) == (algorithm, digests)


def test_checksums() -> None:
    digest = "A" * 43 + "="
    made = integrity.metadata(f"sha256-{digest}")
    assert made.can_match
    assert integrity.holds(made, {"sha256": digest})
    assert not integrity.holds(made, {"sha256": "B"})
    assert not integrity.holds(made, {})
    assert not integrity.metadata("sha256-" + "-" * 44).can_match
    assert not integrity.metadata("").can_match
    assert integrity.executes(Resource("link", "/a", rel="alternate stylesheet"))
    assert not integrity.executes(Resource("link", "/a", rel="preload"))
    assert integrity.is_checked(Resource("link", "/a", rel="preload"))
    assert not integrity.is_checked(Resource("link", "/a", rel="icon"))
    assert not integrity.is_checked(Resource("img", "/a"))


def test_parties() -> None:
    assert party.is_foreign("https://cdn.test/a", URL)
    assert not party.is_foreign("https://static.agency.example/a", URL)
    assert not party.is_foreign("/a", URL)
    assert party.is_foreign("https://192.0.2.7/", URL)
    assert party.same_site("192.0.2.7", "192.0.2.7")
    assert not party.same_site("192.0.2.7", "192.0.2.8")
    assert not party.is_address("1.2.3")
    assert not party.is_address("a.example")
    assert party.is_loopback("::1")
    assert not party.is_loopback("192.0.2.7")


def test_where_reports_go() -> None:
    page = HttpExchange.from_text(
        'HTTP/1.1 200 OK\nReporting-Endpoints: a="https://a.test/", b=c, d="/d"\n'
        'Report-To: {"endpoints":[{"url":"https://b.test/"}, 5, {"url":6}]}, {"group":7}, 8\n'
    )
    assert reporting.endpoints(page) == {
        "a": ("https://a.test/",),
        "d": ("/d",),
        "default": ("https://b.test/",),
    }
    broken = HttpExchange.from_text("HTTP/1.1 200 OK\nReporting-Endpoints: A\nReport-To: {\n")
    assert reporting.endpoints(broken) == {}
    assert not reporting.is_report_to("[" * 9000)


@given(st.text(max_size=80))
def test_any_text_is_asked_for_reports(text: str) -> None:
    assert reporting.is_report_to(text) in {True, False}


def test_lines_as_evidence() -> None:
    page = HttpExchange.from_text("HTTP/1.1 404 Gone\nA: 1\nb: 2\nB: 3", url=URL)
    assert seen(page, "B") == (f"line 2 of {URL} (404): b: 2", f"line 3 of {URL} (404): B: 3")
    assert expected("x") == "expected: x"
    assert "&quot;x&quot;" in header_snippets("A", '"x"')["iis"]


REFRESHES = [
    ("0; url=https://x.test/", "x.test"),
    ("0;URL='https://x.test/'", "x.test"),
    ("5, https://x.test/", "x.test"),
    ("0; url=/own", ""),
    ("30", ""),
    ("", ""),
]


@pytest.mark.parametrize(("refresh", "host"), REFRESHES)
def test_refreshes(refresh: str, host: str) -> None:
    assert drift.refresh_target(Elements(refresh=refresh), URL) == host


def test_hosts_of_a_page() -> None:
    made = Elements(
        resources=(
            Resource("script", "//a.test/x"),
            Resource("script", "/own"),
            Resource("img", "//b.test/"),
        ),
        forms=(Form("https://c.test/", has_password=True), Form("https://d.test/")),
    )
    assert drift.foreign_hosts(made, URL, "script") == {"a.test"}
    assert drift.login_hosts(made, URL) == {"c.test"}
    assert drift.refresh_url(Elements(refresh="1; url=/x")) == "/x"


def test_the_bundled_lists() -> None:
    hosts = script_hosts.read(bundled(script_hosts))
    assert len(hosts.hosts) > 100
    known = compromised_hosts.read(bundled(compromised_hosts))
    assert listed_as("cdn.polyfill.io", known.compromised)
    assert listed_as("notpolyfill.io", known.compromised) == ""
    parties = third_parties.read(bundled(third_parties))
    assert kind_of("www.googletagmanager.com", parties) == "analytics"
    assert kind_of("fonts.googleapis.com", parties) == "fonts"
    assert kind_of("x.agency.example", parties) == "other"
    assert covers("a.example", "b.a.example")


DEFECTS = [
    b"",
    b"[]",
    b"{}",
    b'{"dated":"","source":"","hosts":5,"compromised":5,"miners":[],"shorteners":[],"kinds":5}',
    b'{"dated":"","source":"","hosts":[5],"compromised":[5],"miners":[],"shorteners":[],"kinds":[5]}',
    (
        b'{"dated":"","source":"","hosts":[["A b","x","/"]],"compromised":["A b"],"miners":[],'
        b'"shorteners":[],"kinds":[["A b","x"]]}'
    ),
    b"[" * 20_000,
]


@pytest.mark.parametrize("data", DEFECTS)
@pytest.mark.parametrize("one", [script_hosts, compromised_hosts, third_parties])
def test_what_is_no_list(one: object, data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the texts differ
        one.read(data)  # type: ignore[attr-defined]


@given(
    st.binary(max_size=80)
    | st.builds(lambda one: json.dumps(one).encode(), st.dictionaries(st.text(), st.text()))
)
def test_any_bytes_are_a_list_or_a_value_error(data: bytes) -> None:
    for one in (script_hosts, compromised_hosts, third_parties):
        with suppress(ValueError):
            assert one.read(data).dated is not None


def test_a_page_of_examples() -> None:
    assert Page.from_text("A: b").exchange.first("a") == "b"
