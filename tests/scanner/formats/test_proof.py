"""Structural proofs, and what may be shown of a body that holds secrets."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scanner import registry
from scanner.formats import catalogue, proof
from scanner.formats.proof import Entry, Proof

VECTORS = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[2] / "data" / "exposure" / "proof_vectors.yaml").read_bytes()
)["vectors"]
OURS = [one for one in VECTORS if one["parser"] in {*proof.PARSERS, "html-class"}]


def _body(case: dict[str, Any]) -> bytes:
    if "body-hex" in case:
        return bytes.fromhex(case["body-hex"])
    return str(case["body"]).encode()


@pytest.mark.parametrize("case", OURS, ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    parser = proof.is_html if case["parser"] == "html-class" else proof.PARSERS[case["parser"]]
    assert bool(parser(_body(case))) is case["accept"]


ENTRY = Entry(
    "e",
    "c",
    "high",
    ("/x",),
    (Proof("file", "git_head"), Proof("html", "", ("<h1>A",), ("Bravo", "Charlie"))),
)


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (200, b"ref: refs/heads/main\n", "git_head"),
        (200, b"<!DOCTYPE html><h1>A</h1>Charlie", "pattern"),
        (200, b"<!DOCTYPE html><h1>A</h1>", ""),
        (200, b"<!DOCTYPE html>Bravo", ""),
        (404, b"ref: refs/heads/main\n", ""),
        (200, b"  \n", ""),
        (200, b"nothing", ""),
    ],
)
def test_an_entry_is_proved_or_not(status: int, body: bytes, name: str) -> None:
    assert proof.proved(ENTRY, status, body) == name


SECRET = "s3cr3t-value"  # noqa: S105 - it is none


@pytest.mark.parametrize(
    ("name", "body", "shown"),
    [
        ("dotenv", f"export A_KEY={SECRET}\nDB_PASS={SECRET}\n", "A_KEY=… DB_PASS=…"),
        ("git_head", f"ref: refs/heads/{SECRET}", "ref: refs/heads/…"),
        ("git_head", "0" * 40, ""),
        (
            "sqldump",
            f"CREATE TABLE `users` (x);\nINSERT INTO users VALUES ('{SECRET}');",
            "tables: users",
        ),
        ("pattern", SECRET, ""),
    ],
)
def test_nothing_secret_is_shown(name: str, body: str, shown: str) -> None:
    assert proof.redacted(name, body.encode()) == shown
    assert SECRET not in proof.redacted(name, body.encode())


@given(st.binary(max_size=400))
def test_any_bytes_can_be_looked_at(body: bytes) -> None:
    for name, parser in proof.PARSERS.items():
        parser(body)
        proof.redacted(name, body)
    proof.is_html(body)


def test_the_catalogue_is_sorted_and_names_checks() -> None:
    made = registry.catalogue()
    ranks = [catalogue.SEVERITIES.index(one.severity) for one in made.entries]
    assert ranks == sorted(ranks)
    checks = registry.load().checks
    assert {one.check for one in made.entries} <= set(checks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: a}", "required field"),
        ("[", "x.yaml"),
        ("- {id: a, check: c, severity: dire, paths: [/], proof: []}", "'dire' is not a severity"),
        ("- {id: a, check: c, severity: low, paths: [/], proof: [{parser: x}]}", "no parser 'x'"),
        ("- {id: a, check: c, severity: low, paths: [/], proof: [{all-regex: ['(']}]}", "not RE2"),
        ("- {id: a, check: c, severity: low, paths: [/], proof: [{odd: 1}]}", "unknown field"),
    ],
)
def test_a_bad_catalogue_is_refused(text: str, said: str) -> None:
    with pytest.raises(catalogue.CatalogueError, match=r"x\.yaml") as caught:
        catalogue.read([("x.yaml", text.encode())])
    assert said in str(caught.value)
