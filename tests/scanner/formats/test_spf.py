"""SPF records, term by term (RFC 7208)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import spf, spf_static
from scanner.formats.error import FormatError
from scanner.observation import Reason
from scanner.observation.mail import SpfLookup, SpfRecords


@pytest.mark.parametrize(
    ("text", "is_record"),
    [
        ("v=spf1", True),
        ("V=SPF1 -all", True),
        ("v=spf1 ", True),
        ("v=spf10", False),
        ("v=spf1-all", False),
        (" v=spf1", False),
        ("v=spf1\t-all", False),
    ],
)
def test_selection(text: str, is_record: bool) -> None:
    assert spf.is_record(text) is is_record


@pytest.mark.parametrize(
    "terms",
    [
        "+all",
        "a",
        "A/24",
        "a:mail.example.com//64",
        "mx/24//64",
        "ip4:192.0.2.1",
        "ip4:192.0.2.0/24",
        "ip6:2001:db8::/32",
        "?exists:%{i}._spf.%{d2}",
        "include:_spf.example.com",
        "ptr",
        "ptr:example.com",
        "redirect=_spf.example.com",
        "exp=explain._spf.%{d}",
        "unknown-modifier=%{l}%%%_%-",
        "include:example.com.",
        "a:%{d}",
    ],
)
def test_sound(terms: str) -> None:
    assert spf.parse(f"v=spf1 {terms}").terms


@pytest.mark.parametrize(
    "terms",
    [
        "al",
        "ipv4:192.0.2.1",
        "ip4:192.0.2.256",
        "ip4:192.0.2.0/33",
        "ip4:192.0.2.0/024",
        "ip4:2001:db8::1",
        "ip4",
        "ip6:192.0.2.1",
        "all:x",
        "all/8",
        "include",
        "include:",
        "include:localhost",
        "include:a.b/24",
        "exists/24",
        "a:",
        "a/33",
        "a//129",
        "a/08",
        "mx/x",
        "include:example.123",
        "include:x.-a",
        "a:%{z}.example",
        "a:%(d).example",
        "redirect=a.b redirect=c.d",
        "exp=a.b exp=a.b",
        "redirect=",
        "foo=%{",
        "a b",
        "-",
        "\u00e4",
        "include:x.test\x00",
    ],
)
def test_permerror(terms: str) -> None:
    with pytest.raises(FormatError):
        spf.parse(f"v=spf1 {terms}")


def test_evaluation_ends_at_all() -> None:
    record = spf.parse("v=spf1 a -all mx redirect=x.test")
    assert [one.name for one in record.evaluated] == ["a", "all"]
    assert record.redirect == ""
    assert not record.passes_nobody
    assert spf.parse("v=spf1 -all").passes_nobody
    assert not spf.parse("v=spf1 redirect=x.test").passes_nobody


def test_what_is_followed() -> None:
    assert list(spf.followed(["v=spf1 include:A.test include:%{d}.x ?include:b.test"])) == [
        "a.test",
        "b.test",
    ]
    assert list(spf.followed(["v=spf1 redirect=c.test", "other"])) == ["c.test"]
    assert list(spf.followed(["v=spf1", "v=spf1"])) == []
    assert list(spf.followed(["v=spf1 al"])) == []


def test_networks_are_those_that_pass() -> None:
    record = spf.parse("v=spf1 ip4:192.0.2.7/24 -ip4:198.51.100.1 ip6:2001:db8::/32 -all")
    assert [str(one) for one in spf.networks(record)] == ["192.0.2.0/24", "2001:db8::/32"]


@given(st.text(max_size=200))
def test_any_text_gives_a_record_or_a_reason(text: str) -> None:
    try:
        spf.parse(f"v=spf1 {text}")
    except FormatError as error:
        said = error.message.text
        assert said


def _records(*rows: tuple[str, tuple[str, ...]], cut: bool = False) -> SpfRecords:
    return SpfRecords(tuple(SpfLookup(name, texts) for name, texts in rows), cut=cut)


def test_lookups_are_counted_through_includes() -> None:
    found = _records(
        ("a.test", ("v=spf1 include:b.test mx -all",)),
        ("b.test", ("v=spf1 a exists:c.test redirect=d.test",)),
        ("d.test", ("v=spf1 ip4:192.0.2.1 ptr -all",)),
    )
    reading = spf_static.read(found)
    assert reading.lookups == 6
    assert reading.defect is None
    assert reading.all == "-"


def test_a_cut_walk_is_unknown() -> None:
    reading = spf_static.read(_records(("a.test", ("v=spf1 a -all",)), cut=True))
    assert reading.unknown is Reason.BUDGET_EXHAUSTED


def test_a_name_that_was_never_asked_is_unknown() -> None:
    reading = spf_static.read(_records(("a.test", ("v=spf1 include:b.test -all",))))
    assert reading.unknown is Reason.BUDGET_EXHAUSTED


def test_a_macro_is_not_followed() -> None:
    reading = spf_static.read(_records(("a.test", ("v=spf1 include:%{d}.b.test -all",))))
    assert (reading.lookups, reading.unknown, reading.defect) == (1, None, None)


def test_a_fault_below_is_no_ending() -> None:
    found = _records(("a.test", ("v=spf1 redirect=b.test",)), ("b.test", ("v=spf1 al",)))
    assert spf_static.read(found).all == ""
