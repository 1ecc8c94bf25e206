"""The public conformance suite of RFC 7208: 203 cases, all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scanner.formats.spf_check import Evaluation, Question, Reply, check_host
from scanner.formats.spf_macro import Client

SUITE = Path(__file__).parents[2] / "data" / "mail" / "rfc7208-tests.yml"
ALL_CASES = 203


class Zone:
    """The zone data of one document, by the rules of its driver."""

    def __init__(self, data: dict[str, list[Any]]) -> None:
        self.silent: set[tuple[str, str]] = set()
        self.records: dict[tuple[str, str], list[Any]] = {}
        self.mute: set[str] = set()
        for name, items in data.items():
            self._name(name.lower(), items)

    def _name(self, name: str, items: list[Any]) -> None:
        has_txt = any(isinstance(one, dict) and "TXT" in one for one in items)
        for item in items:
            if item == "TIMEOUT":
                self.mute.add(name)
                continue
            ((rdtype, value),) = item.items()
            if value == "TIMEOUT":
                self.silent.add((name, rdtype))
            elif value != "NONE":
                self.records.setdefault((name, rdtype), []).append(value)
                if rdtype == "SPF" and not has_txt:
                    self.records.setdefault((name, "TXT"), []).append(value)

    def reply(self, asked: Question) -> Reply:
        name = asked.name.lower().removesuffix(".")
        for _ in range(10):
            key = name, asked.rdtype
            if alias := self.records.get((name, "CNAME")):
                name = alias[0].lower().removesuffix(".")
                continue
            if key in self.records:
                return Reply(tuple(_text(asked.rdtype, one) for one in self.records[key]))
            if key in self.silent or name in self.mute:
                return Reply(failed="timeout")
            known = {one for one, _ in self.records}
            if name not in known and ".error." in f".{name}.":
                return Reply(failed="timeout")
            return Reply()
        return Reply()


def _text(rdtype: str, value: Any) -> str:
    if rdtype == "MX":
        return f"{value[0]} {value[1]}"
    if isinstance(value, list):
        return "".join(_bytes(one) for one in value)
    return _bytes(value)


def _bytes(value: str) -> str:
    return str(value).encode("utf-8").decode("latin-1")


def run(zone: Zone, client: Client, default: str = "") -> Evaluation:
    """Drive the generator to its end."""
    asking = check_host(client, default=default)
    try:
        question = next(asking)
        while True:
            question = asking.send(zone.reply(question))
    except StopIteration as done:
        found: Evaluation = done.value
        return found


def _cases() -> Iterator[Any]:
    for document in YAML(typ="safe", pure=True).load_all(SUITE):
        zone = Zone(document["zonedata"])
        for name, case in document["tests"].items():
            yield pytest.param(zone, case, id=f"{document['description']}: {name}")


CASES = list(_cases())


def test_the_suite_is_whole() -> None:
    assert len(CASES) == ALL_CASES


@pytest.mark.parametrize(("zone", "case"), CASES)
def test_case(zone: Zone, case: dict[str, Any]) -> None:
    client = Client.from_mail(
        ip=str(case["host"]), sender=case["mailfrom"] or "", helo=case["helo"]
    )
    found = run(zone, client, "DEFAULT")
    expected = case["result"]
    allowed = [expected] if isinstance(expected, str) else expected
    assert found.result in allowed, found
    if "explanation" in case:
        assert found.explanation == case["explanation"]
