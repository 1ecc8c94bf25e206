"""Names as people type them, and the ids, sites and registrable domains made of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.targets import (
    DEVICES,
    LONGEST_ID,
    LONGEST_NAME,
    Defect,
    InventoryError,
    WwwRule,
    icann_registrable,
    is_public_suffix,
    normalised,
    readable,
    registrable,
    site_of,
    slug,
    target,
)

LABEL = "a" * 60
LETTERS = st.text(alphabet="abz09-.éßوزپ。_:/@* ", max_size=40)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("agency.example", "agency.example"),
        ("  Agency.EXAMPLE. ", "agency.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("agency。example", "agency.example"),
        ("4.agency.example", "4.agency.example"),
    ],
)
def test_a_name_is_read_as_lower_case_a_labels(text: str, host: str) -> None:
    assert normalised(text) == host


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing stands here"),
        ("   ", "nothing stands here"),
        ("https://agency.example", "is a URL"),
        ("webmaster@agency.example", "is a mail address"),
        ("*.agency.example", "is a wildcard"),
        ("192.0.2.7", "is an IP address"),
        ("[2001:db8::7]", "is an IP address"),
        ("::ffff:192.0.2.7", "is an IP address"),
        ("agency.example/path", "has a path"),
        ("agency.example:443", "has a port"),
        ("192.0.2.7:443", "has a port"),
        ("agency example.org", "has a space in it"),
        ("_dmarc.agency.example", "has an underscore"),
        ("agency..example", "has an empty label"),
        ("agency.example..", "has an empty label"),
        (".agency.example", "begins with a dot"),
        ("localhost", "has one label"),
        ("-agency.example", "is not a domain name"),
        ("agency\x00.example", "is not a domain name"),
        ("xn--a.example", "is not a domain name"),
        (f"{'a' * 64}.example", "is not a domain name"),
        (".".join([LABEL] * 5), "is not a domain name"),
    ],
)
def test_what_is_no_name_is_refused_by_what_it_is(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        normalised(text)


def test_a_refusal_shows_neither_control_characters_nor_all_of_a_long_line() -> None:
    with pytest.raises(ValueError, match="is not a domain name") as caught:
        normalised("\x1b[31m" + "a" * 1000 + ".example")
    assert "\x1b" not in str(caught.value)
    assert "a" * 100 not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["وزارت.پاکستان", "وزارة.مصر", "министерство.рф", "agency.example"]
)
def test_people_read_the_name_that_they_typed(name: str) -> None:
    assert readable(normalised(name)) == name
    assert target(normalised(name), "agency").display == name


def test_a_broken_a_label_is_shown_as_it_is() -> None:
    assert readable("xn--a.example") == "xn--a.example"


@given(st.one_of(st.text(max_size=60), LETTERS))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        host = normalised(text)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host)
    assert len(host) <= LONGEST_NAME
    assert normalised(host) == host


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("Ministry of Health", "ministry-of-health"),
        ("  Dept. of -- Energy! ", "dept-of-energy"),
        ("CON", "a-con"),
        ("Lpt1", "a-lpt1"),
        ("a" * 70, "a" * 48),
    ],
)
def test_an_id_is_made_of_a_name(name: str, identity: str) -> None:
    assert slug(name) == identity


def test_names_that_lose_letters_get_ids_that_differ() -> None:
    assert re.fullmatch(r"[0-9a-f]{6}", slug("وزارت صحت"))
    assert re.fullmatch(r"minist-re-[0-9a-f]{6}", slug("Ministère"))
    assert slug("Ministère") != slug("Ministüre")


@given(st.text(max_size=120))
def test_every_id_is_a_file_name(name: str) -> None:
    made = slug(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", made)
    assert len(made) <= LONGEST_ID
    assert made not in DEVICES


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("agency.example", "agency.example"),
        ("www.agency.example", "agency.example"),
        ("www.tax.agency.example", "tax.agency.example"),
        ("www.www.agency.example", "www.agency.example"),
        ("www.example", "www.example"),
        ("wwwagency.example", "wwwagency.example"),
    ],
)
def test_www_is_the_same_site(host: str, site: str) -> None:
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("host", "base", "by_icann"),
    [
        ("a.b.agency.example", "agency.example", "agency.example"),
        ("tax.agency.gov.pk", "agency.gov.pk", "agency.gov.pk"),
        ("gov.pk", "gov.pk", None),
        ("agency.github.io", "agency.github.io", "github.io"),
    ],
)
def test_the_registrable_domain(host: str, base: str, by_icann: str | None) -> None:
    assert registrable(host) == base
    assert icann_registrable(host) == by_icann


def test_below_a_public_suffix_are_strangers() -> None:
    assert is_public_suffix("gov.pk")
    assert is_public_suffix("github.io")
    assert not is_public_suffix("agency.gov.pk")


def test_www_belongs_to_a_registrable_domain_and_below_it_only_where_it_resolves() -> None:
    assert target("agency.gov.pk", "agency").www is WwwRule.PAIR
    below = target("tax.agency.gov.pk", "agency", source="targets.txt:7", tags=("tax",))
    assert below.www is WwwRule.IF_RESOLVES
    assert (below.registrable, below.source, below.tags) == (
        "agency.gov.pk",
        "targets.txt:7",
        ("tax",),
    )


def test_an_error_tells_every_defect_by_its_place() -> None:
    defects = (Defect("a.txt", 3, 5, "It is wrong."), Defect("b.csv", 1, 1, "It is too."))
    error = InventoryError(iter(defects))
    assert error.defects == defects
    assert str(error) == "a.txt:3:5: It is wrong.\nb.csv:1:1: It is too."
