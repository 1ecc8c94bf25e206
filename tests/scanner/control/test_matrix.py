"""The contradiction matrix: one host, forty situations, and what each profile must say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from scanner.control.evidence import Evidence
from scanner.control.judgement import Judge
from scanner.finding import Outcome
from tests.scanner.control.material import (
    DATA,
    DOMAIN,
    MAIL,
    NOW,
    WEB,
    checks_of,
    evidence,
    fact,
    finding,
    library,
)

LIBRARY = library()
MATRIX = json.loads((DATA / "contradiction-matrix.json").read_bytes())
CHECKS = frozenset().union(
    *(checks_of(one.rule) for profile in LIBRARY.values() for one in profile.controls)
)
TLS_CHECKS = {
    check
    for check in CHECKS
    if check.startswith(("tls-", "certificate-", "cipher-", "dh-", "ocsp-", "extended-"))
    or check
    in {
        "signature-hash",
        "secure-renegotiation",
        "client-renegotiation",
        "early-data",
        "forward-secrecy",
        "robot",
        "heartbleed",
    }
}
WEB_FACTS = ("hsts.", "csp.", "xfo.", "coop.", "cookie.", "web.", "http.", "https.")
INVENTORY = {"service.audience", "host.role"}


def _subjects(check: str) -> tuple[str, ...]:
    if check in TLS_CHECKS:
        return WEB, MAIL
    if check.startswith("starttls"):
        return (MAIL,)
    return (DOMAIN,) if check.startswith(("spf", "dmarc", "dkim", "null-mx", "mx-")) else (WEB,)


def _places(name: str) -> tuple[str, ...]:
    if name.startswith(("tls.", "certificate.")):
        return WEB, MAIL
    return (WEB,) if name.startswith(WEB_FACTS) else (DOMAIN,)


def _evidence(situation: Mapping[str, Any]) -> Evidence:
    facts = {**MATRIX["base_facts"], **situation.get("facts", {})}
    outcomes = situation.get("check_outcomes", {})
    made = evidence(
        [
            finding(check, Outcome(outcomes.get(check, "pass")), subject)
            for check in sorted(CHECKS)
            for subject in _subjects(check)
        ],
        [
            fact(name, value, place)
            for name, value in facts.items()
            if name not in INVENTORY
            for place in _places(name)
        ],
    )
    known = dict(made.inventory)
    del known["domain.organizational"]
    for name in INVENTORY:
        if not isinstance(facts[name], dict):
            known[name] = known["host.role"]._replace(name=name, value=facts[name])
    return _with(made, known)


def _with(made: Evidence, known: dict[str, Any]) -> Evidence:
    return Evidence(made.host, made.agency, made.findings, made.facts, made.at, known)


CASES = [
    pytest.param(
        one, expected, id=f"{one['situation']}: {expected['profile']} {expected['control']}"
    )
    for one in MATRIX["situations"]
    for expected in one["expect"]
]


@pytest.mark.parametrize(("situation", "expected"), CASES)
def test_each_profile_says_of_each_situation_what_its_source_says(
    situation: Mapping[str, Any], expected: Mapping[str, str]
) -> None:
    profile = LIBRARY[expected["profile"]]
    chosen = situation.get("parameters", {}).get(profile.id, {})
    profile = msgspec.structs.replace(profile, chosen=chosen)
    made = Judge([profile], LIBRARY, NOW.date()).domain(_evidence(situation))
    verdict = next(one for one in made if one.control == expected["control"])
    assert verdict.verdict == expected["verdict"], verdict


def test_the_matrix_is_whole() -> None:
    assert (len(MATRIX["situations"]), len(CASES)) == (40, 170)
