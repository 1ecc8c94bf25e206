"""SPF records, clause by clause (RFC 7208 4.5, 4.6, 5, 6, 7, 12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import spf
from scanner.formats.error import FormatError
from scanner.formats.spf import Term


@pytest.mark.parametrize(
    ("text", "is_record"),
    [
        ("v=spf1", True),
        ("V=sPf1 a", True),
        ("v=spf1  ", True),
        ("v=spf1-all", False),
        ("v=spf10", False),
        ("v=spf1-", False),
        ("\u017f=spf1", False),
        (" v=spf1 -all", False),
        ("x v=spf1 -all", False),
        ("", False),
    ],
)
def test_selection(text: str, is_record: bool) -> None:
    assert spf.is_record(text) is is_record


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("all", Term("all")),
        ("~ALL", Term("all", "~")),
        ("?mx", Term("mx", "?")),
        ("-a/0//0", Term("a", "-", "", "/0//0")),
        ("mx/24//64", Term("mx", cidr="/24//64")),
        ("a:relay.agency.example/32//128", Term("a", "+", "relay.agency.example", "/32//128")),
        ("+ip4:192.0.2.0/24", Term("ip4", "+", "192.0.2.0/24")),
        ("IP6:2001:DB8::/32", Term("ip6", "+", "2001:DB8::/32")),
        ("ip6:::ffff:192.0.2.1/96", Term("ip6", "+", "::ffff:192.0.2.1/96")),
        ("exists:%{ir}.%{v}._spf.%{d2}", Term("exists", "+", "%{ir}.%{v}._spf.%{d2}")),
        ("include:%{d1r}.foo.test", Term("include", "+", "%{d1r}.foo.test")),
        ("exists:%{lr-}.lp._spf.%{D2}", Term("exists", "+", "%{lr-}.lp._spf.%{D2}")),
        ("exists:a%%b%_c%-d.test", Term("exists", "+", "a%%b%_c%-d.test")),
        ("include:foo.xn--zckzah", Term("include", "+", "foo.xn--zckzah")),
        ("ptr:agency.example.", Term("ptr", "+", "agency.example.")),
        ("REDIRECT=_s.agency.example", Term("redirect", "=", "_s.agency.example")),
        ("exp=e.%{d}", Term("exp", "=", "e.%{d}")),
        ("moo.cow-far_out=man:dog/cat", Term("moo.cow-far_out", "=", "man:dog/cat")),
        ("unknown=", Term("unknown", "=")),
    ],
)
def test_sound(word: str, term: Term) -> None:
    assert spf.parse(f"v=spf1  {word} ").terms == (term,)


@pytest.mark.parametrize(
    "terms",
    [
        "ip4:192.0.2.300 -all",
        "a:/24 -all",
        "foo:bar -all",
        "foo",
        "a:%{x}.agency.example -all",
        "exists:%{c}.agency.example",
        "exists:%{d.test",
        "exists:100%.test",
        "redirect=a.agency.example redirect=b.agency.example",
        "exp=a.test EXP=b.test",
        "redirect=",
        "exp=",
        "foo=%{",
        "redirect=a.test/24",
        "include:example.com-",
        "include:example.co_m",
        "include:example.com..",
        "a:example.com:8080",
        "foo=100%",
        "1foo=bar",
        "all:agency.example",
        "all/8",
        "-all.",
        "++a",
        "+redirect=a.test",
        "include",
        "include/24",
        "include:",
        "include:a.test/24",
        "exists",
        "exists:a.test//64",
        "ptr:",
        "ptr/0",
        "a/33",
        "a//129",
        "a/024",
        "a/",
        "a//",
        "a/24/64",
        "a:museum",
        "a:museum.",
        "a:111.222.33.44",
        "a:example.-com",
        "mx:",
        "ip4",
        "ip4:",
        "ip4/24",
        "ip4:192.0.2.1/33",
        "ip4:192.0.2.1/",
        "ip4:192.0.2.0/255.255.255.0",
        "ip4:192.0.2",
        "ip4:192.0.2.01",
        "ip4:2001:db8::1",
        "ip6:192.0.2.1",
        "ip6:2001:db8::/129",
        "ip6:2001:db8::/032",
        "a\tmx",
        "caf\u00e9",
        "=x",
        "/24",
    ],
)
def test_permerror(terms: str) -> None:
    with pytest.raises(FormatError):
        spf.parse(f"v=spf1 {terms}")


@pytest.mark.parametrize(
    ("terms", "lookups"),
    [
        ("ip4:192.0.2.0/24 a:relay.agency.example ~all", 1),
        ("a mx ptr include:a.test exists:%{i}.a.test redirect=b.test", 6),
        ("all ip4:192.0.2.1 ip6:2001:db8::1 exp=e.test foo=bar", 0),
    ],
)
def test_what_costs_a_lookup(terms: str, lookups: int) -> None:
    assert sum(one.costs for one in spf.parse(f"v=spf1 {terms}").terms) == lookups


@pytest.mark.parametrize(
    ("terms", "ending", "redirect", "evaluated"),
    [
        ("", None, "", ""),
        ("-all ip4:192.0.2.1", "-", "", "all"),
        ("include:a.test -all redirect=t.test", "-", "", "include all"),
        ("redirect=s.test ip4:192.0.2.7", None, "s.test", "ip4"),
        ("exp=e.test a ?all mx", "?", "", "a all"),
    ],
)
def test_order(terms: str, ending: str | None, redirect: str, evaluated: str) -> None:
    made = spf.parse(f"v=spf1 {terms}")
    assert (made.all.qualifier if made.all else None) == ending
    assert made.redirect == redirect
    assert [one.name for one in made.evaluated] == evaluated.split()


@pytest.mark.parametrize(
    ("terms", "nobody"),
    [
        ("-all", True),
        ("~all", True),
        ("-a -all ip4:192.0.2.1", True),
        ("all", False),
        ("mx -all", False),
        ("redirect=a.test", False),
    ],
)
def test_who_passes(terms: str, nobody: bool) -> None:
    assert spf.parse(f"v=spf1 {terms}").passes_nobody is nobody


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["v=spf1 include:A.test. -include:%{d}.x ~include:b.test -all"], ["a.test", "b.test"]),
        (["other", "v=spf1 include:a.test redirect=C.test."], ["a.test", "c.test"]),
        (["v=spf1 redirect=%{d}.c.test"], []),
        (["v=spf1 -all include:a.test"], []),
        (["v=spf1 redirect=a.test all"], []),
        (["v=spf1 include:a.test", "v=spf1 include:b.test"], []),
        (["v=spf1 include:a.test nonsense"], []),
        ([], []),
    ],
)
def test_followed_names(texts: list[str], names: list[str]) -> None:
    assert list(spf.followed(texts)) == names


def test_macros_cannot_be_followed() -> None:
    assert spf.has_macro("%{i}.a.test")
    assert not spf.has_macro("a.test")


def test_networks_are_those_that_pass_before_all() -> None:
    made = spf.parse(
        "v=spf1 ip4:192.0.2.7/24 -ip4:198.51.100.1 ip6:2001:db8::1 a -all ip4:0.0.0.0/0"
    )
    assert [str(one) for one in spf.networks(made)] == ["192.0.2.0/24", "2001:db8::1/128"]


PARTS = st.sampled_from(
    [
        "a",
        "mx",
        "ip4",
        "ip6",
        "all",
        "include",
        "exists",
        "redirect",
        "exp",
        ":",
        "=",
        "/",
        "//",
        " ",
        "24",
        "64",
        "192.0.2.1",
        "2001:db8::",
        "x.test",
        "%{d}",
        "%",
        "{",
        "}",
        "-",
        "~",
        ".",
    ]
)


@given(st.text(max_size=100) | st.lists(PARTS, max_size=10).map("".join))
def test_any_text_is_read_or_a_permerror(text: str) -> None:
    record = f"v=spf1 {text}"
    followed = list(spf.followed([record]))
    try:
        made = spf.parse(record)
    except FormatError:
        assert followed == []
        return
    assert len(spf.networks(made)) <= len(made.evaluated) <= len(made.terms)
