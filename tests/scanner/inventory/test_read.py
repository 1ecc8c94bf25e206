"""Inventories: text, CSV, the public list of .gov domains; what is merged, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inventory import Input, read
from scanner.targets import Inventory, InventoryError, WwwRule


def _read(text: str, *, name: str = "t.txt", subdomains: str = "") -> Inventory:
    more = [Input("s.txt", subdomains.encode())] if subdomains else []
    return read([Input(name, text.encode())], subdomains=more)


def _hosts(text: str) -> list[str]:
    return [one.host for one in _read(text).targets]


def test_text() -> None:
    made = _read(
        "# a comment\n\n[Ministry of A]\nid = moa\ngroup = Cabinet\ncontact = mailto:x@a.example\n"
        "A.example.  # trailing dot and case\nwww.a.example\ntax.a.example\n[B]\nb.example\n"
    )
    assert [one.host for one in made.targets] == ["a.example", "tax.a.example", "b.example"]
    first, second = made.agencies
    assert (first.id, first.name, first.group) == ("moa", "Ministry of A", "Cabinet")
    assert first.contact == "mailto:x@a.example"
    assert second.id == "b"
    assert made.targets[0].www is WwwRule.PAIR
    assert made.targets[1].www is WwwRule.IF_RESOLVES
    assert made.targets[1].registrable == "a.example"
    assert any("one site" in note for note in made.notes)


def test_csv() -> None:
    made = _read(
        "domain,agency,group,tags,retired\n"
        'a.example,"Office, A",G,"police, tax",2026-01-01\nb.example,B,,,\n',
        name="t.csv",
    )
    first, second = made.targets
    assert first.tags == ("police", "tax")
    assert first.attributes["retired"] == "2026-01-01"
    assert [one.name for one in made.agencies] == ["Office, A", "B"]
    assert second.attributes == {}


def test_the_public_list_of_gov_domains() -> None:
    made = _read(
        "Domain name,Domain type,Organization name,Suborganization name,City,State,"
        "Security contact email\n"
        "ALPHA.GOV,Federal - Executive,Department of Alpha,Office,Washington,DC,a@alpha.gov\n"
        "springfield-il.gov,City,City of Springfield,,Springfield,IL,\n"
        "springfield-mo.gov,City,City of Springfield,,Springfield,MO,\n"
    )
    assert [one.host for one in made.targets] == [
        "alpha.gov",
        "springfield-il.gov",
        "springfield-mo.gov",
    ]
    names = [one.name for one in made.agencies]
    assert len(set(names)) == 3
    assert "IL" in names[1]
    assert "MO" in names[2]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("موسم.example", "xn--ygb9abk.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
    ],
)
def test_names_of_all_scripts(text: str, host: str) -> None:
    assert _hosts(text) == [host]


def test_an_agency_of_another_script_has_an_id_of_its_own() -> None:
    (agency,) = _read("[محکمہ موسمیات]\na.example\n").agencies
    assert agency.id.isascii()
    assert agency.id
    (other,) = _read("[CON]\na.example\n").agencies
    assert other.id == "a-con"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("https://a.example/", "1:1", "is a URL"),
        ("\n  *.a.example", "2:3", "is a wildcard"),
        ("a@b.example", "1:1", "is a mail address"),
        ("192.0.2.1", "1:1", "is an IP address"),
        ("2001:db8::1", "1:1", "is an IP address"),
        ("a.example/x", "1:1", "has a path"),
        ("a.example:443", "1:1", "has a port"),
        ("a b.example", "1:1", "has a space"),
        ("a_b.example", "1:1", "underscore"),
        ("a..example", "1:1", "empty label"),
        (".a.example", "1:1", "begins with a dot"),
        ("localhost", "1:1", "one label"),
        ("1.2.3.4.", "1:1", "is an IP address"),
        ("127\u30020\u30020\u30021", "1:1", "is an IP address"),
        ("\uff11\uff12\uff17.0.0.1", "1:1", "is an IP address"),
        ("0177.0.0.1", "1:1", "is an IP address"),
        ("0x7f.1", "1:1", "is an IP address"),
        ("agency.123", "1:1", "is an IP address"),
        ("abc:80", "1:1", "has a port"),
        ("domain,domain\na.example,b.example", "1:1", "stands there twice"),
        ("[A]\na.example\nid = late\nb.example", "3:1", "behind a domain"),
        ("a" * 64 + ".example", "1:1", "is not a domain name"),
        ("-a.example", "1:1", "is not a domain name"),
        ("[A]\nnonsense = 1\na.example", "2:1", "is not an inventory fact"),
        ("[A]\nretired = soon\na.example", "2:1", "a date"),
        ("[A\na.example", "1:1", ""),
        ("domain,agency\na.example,A\nb c,B\n", "3:1", "has a space"),
    ],
)
def test_refused(text: str, place: str, said: str) -> None:
    with pytest.raises(InventoryError) as caught:
        _read(text)
    (defect, *_) = caught.value.defects
    assert f"{defect.line}:{defect.column}" == place
    assert said in defect.text
    assert str(defect).startswith("t.txt:")


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    with pytest.raises(InventoryError, match="t:2:3: byte 0xff"):
        read([Input("t", b"a.example\nb.\xffexample")])


def test_every_defect_is_told_at_once() -> None:
    with pytest.raises(InventoryError) as caught:
        _read("\n".join(f"x y{number}" for number in range(50)))
    assert len(caught.value.defects) == 20


def test_the_same_name_twice_is_said_and_for_two_agencies_refused() -> None:
    made = _read("a.example\na.example\n")
    assert len(made.targets) == 1
    assert "listed twice" in made.notes[0]
    with pytest.raises(InventoryError, match="gives it to"):
        _read("[A]\na.example\n[B]\na.example\n")


def test_more_names_go_to_the_agency_of_their_domain() -> None:
    made = _read("[A]\na.example\n", subdomains="x.a.example\nwww.a.example\n")
    assert [(one.host, one.agency) for one in made.targets] == [
        ("a.example", "a"),
        ("x.a.example", "a"),
    ]
    with pytest.raises(InventoryError, match="belongs to no target"):
        _read("a.example", subdomains="x.b.example")


def test_a_target_without_an_agency_is_one() -> None:
    (agency,) = _read("a.example").agencies
    assert agency.name == "a.example"


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    try:
        made = read([Input("f", data)])
    except InventoryError as error:
        told = error.defects
        assert told
    else:
        assert all(one.host.isascii() for one in made.targets)
