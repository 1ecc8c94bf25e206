"""Agreement with pyspf, an evaluator that others wrote, on every SPF record of the tests."""

from __future__ import annotations

import importlib
import json
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scanner.formats.spf_check import Question
from scanner.formats.spf_macro import Client
from tests.scanner.formats.test_rfc7208 import CASES, Zone, run

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pyspf: ModuleType = importlib.import_module("spf")

FOLDER = Path(__file__).parents[2] / "data" / "mail"
# Where they differ the suite's word is ours (test_rfc7208.py), or the specification's.
KNOWN: dict[str, str] = {}
PROGRAM = [
    {"A": "192.0.2.1"},
    {"AAAA": "2001:db8::1"},
    {"MX": [10, "mx.agency.example"]},
]
NAMES = ("agency.example", "relay.agency.example", "mx.agency.example")


def _lookup(zone: Zone) -> Any:
    def lookup(name: str, rdtype: str, *_: Any, **__: Any) -> list[Any]:
        reply = zone.reply(Question(name, rdtype))
        if reply.failed:
            raise pyspf.TempError("DNS timeout")
        return [((name, rdtype), _value(rdtype, one)) for one in reply.values]

    return lookup


def _value(rdtype: str, text: str) -> Any:
    if rdtype == "MX":
        preference, _, host = text.partition(" ")
        return int(preference), host
    return (text.encode("latin-1"),) if rdtype in {"TXT", "SPF"} else text


def _theirs(monkeypatch: pytest.MonkeyPatch, zone: Zone, ip: str, sender: str, helo: str) -> str:
    monkeypatch.setattr(pyspf, "DNSLookup", _lookup(zone))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result: str = pyspf.check2(i=ip, s=sender, h=helo, querytime=0)[0]
    return result


@pytest.mark.parametrize(("zone", "case"), CASES)
def test_suite(
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    zone: Zone,
    case: dict[str, Any],
) -> None:
    ip, sender, helo = str(case["host"]), case["mailfrom"] or "", case["helo"]
    ours = run(zone, Client.from_mail(ip=ip, sender=sender, helo=helo)).result
    theirs = _theirs(monkeypatch, zone, ip, sender, helo)
    name = request.node.callspec.id
    assert (ours == theirs) is (name not in KNOWN), (ours, theirs)


def _records() -> list[str]:
    own = json.loads((FOLDER / "own_examples.json").read_bytes())
    peers = json.loads((FOLDER / "peer_verdict_vectors.json").read_bytes())
    rows = (*own["spf_records"], *peers["spf"])
    return sorted({one["record"] for one in rows if one["record"].isascii()})


@pytest.mark.parametrize("ip", ["192.0.2.1", "198.51.100.9", "2001:db8::1", "2001:db8::9"])
@pytest.mark.parametrize("record", _records())
def test_record(monkeypatch: pytest.MonkeyPatch, record: str, ip: str) -> None:
    data: dict[str, list[Any]] = {name: list(PROGRAM) for name in NAMES}
    data["agency.example"] = [{"TXT": record}, *PROGRAM]
    data["_s.agency.example"] = [{"TXT": "v=spf1 ip4:192.0.2.0/24 ~all"}]
    data["_spf.ok"] = [{"TXT": "v=spf1 ip6:2001:db8::/32 -all"}]
    zone = Zone(data)
    client = Client.from_mail(ip=ip, sender="a@agency.example", helo="mx.agency.example")
    assert run(zone, client).result == _theirs(
        monkeypatch, zone, ip, "a@agency.example", "mx.agency.example"
    )
