"""A whole SPF evaluation read without a sender: look-ups, voids, networks, bombs."""

from __future__ import annotations

import time
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import spf, spf_static
from scanner.formats.address_space import is_special, size
from scanner.formats.mail_examples import NAME, included
from scanner.formats.mail_examples import spf as seen
from scanner.formats.mail_providers import bundled, read_providers
from scanner.observation import Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfHost, SpfLookup, SpfRecords

SOON = 5.0  # seconds, on a busy machine


def test_the_tree_is_shown_with_the_number_of_each_look_up() -> None:
    found = seen(
        "v=spf1 include:b.test mx -all",
        below=(
            included("b.test", "v=spf1 a redirect=c.test"),
            included("c.test", "v=spf1 ptr -all"),
        ),
    )
    assert spf_static.read(found).lines == (
        " 1 include:b.test",
        " 2   a",
        " 3   redirect=c.test",
        " 4     ptr",
        " 5 mx",
    )


def test_the_eleventh_is_named() -> None:
    found = seen("v=spf1 " + " ".join(f"a:h{n}.test" for n in range(12)) + " -all")
    eleventh = spf_static.read(found).eleventh
    assert eleventh
    assert (eleventh.number, eleventh.term, eleventh.domain) == (11, "a:h10.test", NAME)
    assert spf_static.read(seen("v=spf1 a -all")).eleventh is None


def test_a_redirect_beside_all_costs_nothing() -> None:
    assert spf_static.read(seen("v=spf1 include:a.test -all redirect=b.test")).lookups == 1


def test_a_redirect_that_leads_back_ends() -> None:
    found = seen("v=spf1 redirect=b.test", below=(included("b.test", f"v=spf1 redirect={NAME}"),))
    reading = spf_static.read(found)
    assert reading.defect
    assert "includes itself" in reading.defect.text
    assert reading.all == ""


def test_a_term_at_the_twentieth_level_is_not_followed() -> None:
    rows = tuple(included(f"n{n}.test", f"v=spf1 include:n{n + 1}.test -all") for n in range(30))
    reading = spf_static.read(seen("v=spf1 include:n0.test -all", below=rows))
    assert reading.lookups == 21
    assert reading.defect is None


def test_mail_hosts_count_with_their_prefix() -> None:
    host = SpfHost(NAME, "MX", ("mx.test",), ("9.9.9.9",), ("2620:fe::9",), Presence.PRESENT)
    reading = spf_static.read(seen("v=spf1 mx/24//64 a:%{d}.x.test -all", hosts=(host,)))
    assert {str(one) for one in reading.networks} == {"9.9.9.0/24", "2620:fe::/64"}
    assert reading.unbounded == ("a:%{d}.x.test",)


def test_what_cannot_pass_is_not_counted() -> None:
    found = seen(
        "v=spf1 -ip4:9.0.0.0/8 ?include:b.test ~a -all",
        below=(included("b.test", "v=spf1 ip4:8.0.0.0/8 +all"),),
    )
    reading = spf_static.read(found)
    assert reading.networks == ()
    assert not reading.passes_everyone
    assert reading.passes_nobody
    assert not reading.is_null


def test_everyone_is_found_below_a_redirect() -> None:
    found = seen(
        "v=spf1 redirect=b.test",
        below=(
            included("b.test", "v=spf1 include:c.test include:c.test include:d.test -all"),
            included("c.test", "v=spf1 all"),
        ),
    )
    reading = spf_static.read(found)
    assert reading.everyone_by == "c.test"
    assert reading.unknown is Reason.BUDGET_EXHAUSTED


@pytest.mark.parametrize(
    ("networks", "version", "addresses"),
    [
        (["10.0.0.0/8"], 4, 0),
        (["8.0.0.0/8"], 4, 1 << 24),
        (["8.0.0.0/9", "8.128.0.0/9", "8.1.0.0/16"], 4, 1 << 24),
        (["9.9.9.9/32", "9.9.9.10/32"], 4, 2),
        (["192.0.0.0/8"], 4, (1 << 24) - 256 - 256 - 65536),
        (["2a00::/16"], 6, 1 << 112),
        (["2001:db8::/32", "8.8.8.8/32"], 6, 0),
        ([], 4, 0),
    ],
)
def test_the_size_of_a_union(networks: list[str], version: int, addresses: int) -> None:
    assert size([ip_network(one) for one in networks], version) == addresses


def test_the_whole_internet_is_less_than_all_addresses() -> None:
    assert 1 << 31 < size([ip_network("0.0.0.0/0")], 4) < 1 << 32
    assert 1 << 124 < size([ip_network("::/0")], 6) < 1 << 125
    assert is_special(ip_network("192.168.1.0/24"))
    assert not is_special(ip_network("9.9.9.9/32"))


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), max_size=8))
def test_a_union_is_never_more_than_its_parts(rows: list[tuple[int, int]]) -> None:
    networks = [ip_network((address, prefix), strict=False) for address, prefix in rows]
    whole = size(networks, 4)
    assert whole <= sum(size([one], 4) for one in networks)
    assert whole >= max((size([one], 4) for one in networks), default=0)


def _bomb(depth: int) -> SpfRecords:
    rows = tuple(
        SpfLookup(f"n{n}.test", (f"v=spf1 include:n{n + 1}.test include:n{n + 1}.test -all",))
        for n in range(depth)
    )
    return SpfRecords(rows)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(_bomb(29), id="each includes the next twice"),
        pytest.param(
            seen("v=spf1 " + " ".join(f"a:h{n}.x.test" for n in range(10_000)) + " -all"),
            id="ten thousand mechanisms",
        ),
        pytest.param(seen("v=spf1 " + "a" * 65_000), id="64 kB of one term"),
        pytest.param(seen("v=spf1 " + "%{" * 32_000), id="64 kB of macros"),
        pytest.param(
            seen("v=spf1 " + " ".join(f"ip4:9.{n // 250}.{n % 250}.0/24" for n in range(5_000))),
            id="five thousand networks",
        ),
        pytest.param(seen(f"v=spf1 include:{NAME} redirect={NAME}"), id="itself"),
        pytest.param(seen("v=spf1 include:a\x00b.test \x1b[31m -all"), id="control bytes"),
    ],
)
def test_hostile_records_are_read_in_bounded_time(found: SpfRecords) -> None:
    began = time.process_time()
    reading = spf_static.read(found)
    assert time.process_time() - began < SOON
    assert reading.text


@given(
    st.lists(
        st.sampled_from(
            [
                *("a", "mx", "ptr", "all", "~all", "include:b.test", "redirect=b.test"),
                *("ip4:9.9.9.9", "exists:%{i}.x.test", "exp=x.test", "a:b.test/24//64", "junk:"),
                "include:agency.example",
            ]
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from(["a", "-all", "+all", "include:agency.example", "x"]), max_size=4),
)
def test_any_tree_is_read(own: list[str], other: list[str]) -> None:
    found = seen(
        " ".join(("v=spf1", *own)), below=(included("b.test", " ".join(("v=spf1", *other))),)
    )
    reading = spf_static.read(found)
    assert reading.all in {"", "-", "~", "?", "+"}
    assert len(reading.lines) == min(reading.lookups, 30)
    assert reading.is_null <= reading.passes_nobody


def test_terms_are_quoted_as_they_are_written() -> None:
    record = spf.parse("v=spf1 +a:x.test/24 ?mx//64 -ip4:9.9.9.9 exp=e.test")
    assert [one.text for one in record.terms] == [
        "a:x.test/24",
        "?mx//64",
        "-ip4:9.9.9.9",
        "exp=e.test",
    ]
    assert [one.prefixes for one in record.terms[:2]] == [(24, 128), (32, 64)]
    assert spf.parse("v=spf1 a/0//0").terms[0].prefixes == (0, 0)
    assert record.exp == "e.test"
    assert spf.parse("v=spf1").exp == ""


def test_providers_are_known_by_label_and_not_by_ending() -> None:
    known = bundled()
    assert known.of_include("_spf.google.com") == "Google Workspace"
    assert known.of_include("evil-_spf.google.com.test") == ""
    assert known.implied(("mx.mail.protection.outlook.com",), ()) == ("selector1", "selector2")
    assert known.implied((), ("spf.mandrillapp.com",))[:2] == ("k1", "k2")
    assert known.dated
    with pytest.raises(ValueError, match="truncated"):
        read_providers.read(b"{")


def test_mx_with_more_than_ten_hosts_is_an_error() -> None:
    host = SpfHost(NAME, "MX", tuple(f"m{n}.test" for n in range(11)), ("9.9.9.9",))
    assert spf_static.read(seen("v=spf1 mx -all", hosts=(host,))).defect
    fewer = SpfHost(NAME, "MX", tuple(f"m{n}.test" for n in range(10)), ("9.9.9.9",))
    assert not spf_static.read(seen("v=spf1 mx -all", hosts=(fewer,))).defect


def test_exists_with_a_fixed_name_passes_everyone() -> None:
    there = SpfHost("a.test", "A", (), ("192.0.2.9",), presence=Presence.PRESENT)
    reading = spf_static.read(seen("v=spf1 exists:a.test -all", hosts=(there,)))
    assert (reading.everyone_by, reading.everyone_term) == (NAME, "exists:a.test")
    for text in ("v=spf1 ?exists:a.test -all", "v=spf1 exists:b.test -all"):
        assert not spf_static.read(seen(text, hosts=(there,))).passes_everyone


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (" v=spf1 mx -all", True),
        ("\xef\xbb\xbfv=spf1 mx -all", True),
        ('"v=spf1 mx -all"', True),
        ("v=spf1-all", True),
        ("v = spf1 mx -all", True),
        ("spf1 mx -all", True),
        ("MS=ms1 v=spf1 mx -all", True),
        ("v=spf1 mx -all", False),
        ("V=SPF1", False),
        ("spf2.0/pra mx -all", False),
        ("google-site-verification=xv-spf1", False),
    ],
)
def test_what_was_meant_as_spf(text: str, near: bool) -> None:
    assert spf.is_near_miss(text) is near
