"""Templates against the vectors of the specification: what is matched, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scanner.template.load import load
from scanner.template.model import Refusal
from scanner.template.run import Run
from scanner.template.values import Answer

DATA = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[2] / "data" / "exposure" / "template_vectors.yaml").read_bytes()
)


def _read(case: dict[str, Any]) -> Any:
    info = {"name": "a vector", "author": "the specification", "severity": "high"}
    document = {"id": case["name"], "info": info, "http": [case["block"]]}
    return load(json.dumps(document).encode())  # JSON is YAML


def _answer(case: dict[str, Any], number: int) -> Answer:
    if "responses" in case:
        said = case["responses"][min(number, len(case["responses"]) - 1)]
    else:
        said = case.get("response", {})
    body = bytes.fromhex(said["body-hex"]) if "body-hex" in said else said.get("body", "").encode()
    headers = said.get("headers", DATA["defaults"]["headers"])
    return Answer(said.get("status", 200), tuple((one, other) for one, other in headers), body)


def drive(run: Run, case: dict[str, Any]) -> list[str]:
    """The URLs that were wished for."""
    urls: list[str] = []
    going = run.go()
    try:
        wish = next(going)
        while True:
            urls.append(wish.url)
            wish = going.send([_answer(case, len(urls) - 1)])
    except StopIteration:
        return urls


@pytest.mark.parametrize("case", DATA["vectors"], ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    made, wanted = _read(case), case["expect"]
    if "refused" in wanted:
        refusal = made if isinstance(made, Refusal) else made.aside
        assert refusal
        assert refusal.code == wanted["refused"]
        assert refusal.line.endswith(refusal.said)
        return
    assert not isinstance(made, Refusal), made.line
    run = Run(made, case.get("target", "http://agency.example"))
    urls = drive(run, case)
    assert bool(run.matches) is wanted["match"]
    if "names" in wanted:
        assert [one.name for one in run.matches] == wanted["names"]
    if "extracted" in wanted:
        assert set(run.matches[0].values) == set(wanted["extracted"])
    assert len(urls) == wanted.get("requests", len(urls))
    assert urls == wanted.get("urls", urls)
