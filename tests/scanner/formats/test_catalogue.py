"""The catalogue of exposures: what is read, in which order, and what is refused."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scanner.formats.catalogue import CatalogueError, read
from scanner.formats.exposure.entry import Proof

ENTRY = (
    "- {{id: {id}, check: c, title: t, category: g, cwe: 1, remediation: r, severity: {severity}, "
    "paths: [/x], proof: [{proof}]}}\n"
)


def _entry(name: str, severity: str, proof: str = "{parser: dotenv}") -> str:
    return ENTRY.format(id=name, severity=severity, proof=proof)


def test_the_gravest_comes_first_and_equals_keep_their_order() -> None:
    first = _entry("a", "info") + _entry("b", "high")
    second = _entry("c", "critical") + _entry("d", "high")
    made = read([("1.yaml", first.encode()), ("2.yaml", second.encode())])
    assert [one.id for one in made.entries] == ["c", "b", "d", "a"]


def test_the_keys_of_a_proof_are_written_with_hyphens() -> None:
    proof = "{class: html, all-regex: ['a'], any-regex: ['b', 'c']}"
    (entry,) = read([("x.yaml", _entry("a", "low", proof).encode())]).entries
    assert entry.proof == (Proof("html", all_regex=("a",), any_regex=("b", "c")),)


def test_no_file_is_an_empty_catalogue() -> None:
    assert read([]).entries == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "NoneType"),
        ("a: 1", "object"),
        ("[", "bad.yaml"),
        (_entry("e1", "dire"), "e1: 'dire' is not a severity"),
        (_entry("e2", "low", "{parser: none}"), "e2: there is no parser 'none'"),
        (_entry("e3", "low", "{any-regex: ['(?=a)']}"), "e3: '(?=a)' is not RE2"),
        (_entry("e5", "low", "{class: odd}"), "e5: there is no class 'odd'"),
        (
            _entry("e6", "low").replace("title: t", "grades: [{severity: x}], title: t"),
            "'x' is not",
        ),
        (_entry("e4", "low", "{all_regex: ['a']}"), "unknown field"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(text: str, said: str) -> None:
    good = ("good.yaml", _entry("ok", "low").encode())
    with pytest.raises(CatalogueError, match=r"^bad\.yaml: ") as caught:
        read([good, ("bad.yaml", text.encode())])
    assert said in str(caught.value)


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(CatalogueError, match="two entries are called ok"):
        read([(name, _entry("ok", "low").encode()) for name in ("a.yaml", "b.yaml")])


def test_no_key_is_given_twice_in_our_own_files() -> None:
    root = Path(__file__).parents[3] / "checks" / "exposure" / "catalogue"
    for path in root.glob("*.yaml"):
        assert YAML(typ="safe", pure=True).load(path.read_bytes())
