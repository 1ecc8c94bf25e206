"""Waivers and manual outcomes: their life, and what they can and cannot do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scanner.control.judgement import ControlVerdict, Judge
from scanner.control.manual import ManualOutcomes
from scanner.control.manual import read as read_manual
from scanner.control.profile import Profile, of_plain
from scanner.control.strict_yaml import DocumentError
from scanner.control.verdict import Verdict
from scanner.control.waiver import NoticeKind, Waivers
from scanner.control.waiver import read as read_waivers
from scanner.finding import Finding, Outcome
from scanner.observation import Reason
from tests.scanner.control.material import HOST, WEB, evidence, fact, finding

WWW = f"web:www.{HOST}:443"
DAY = date(2026, 11, 25)


def control(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": name,
        "level": "required",
        "severity": "high",
        "coverage": "full",
        "rule": {"check": name, "expect": [{"fact": "x.y", "op": "eq", "value": 5}]},
        **more,
    }


PROFILE: Profile = of_plain(
    {
        "schema_version": 1,
        "id": "p",
        "title": "P",
        "version": "1",
        "assertion": "full",
        "source": {"document": "d", "date": "x", "text_verified": "verified"},
        "controls": [
            control("a"),
            control("part", coverage="partial", coverage_note="Only in part."),
            {
                "id": "hand",
                "title": "h",
                "level": "required",
                "coverage": "none",
                "manual": {"question": "Is it so?", "max_age_days": 100},
            },
        ],
    }
)
LIBRARY = {"p": PROFILE}

WAIVER = """\
schema_version: 1
waivers:
  - id: W-1
    profile: p
    targets: [agency.example]
    controls: [a]
    kind: risk-accepted
    reason: "It is replaced in spring, and nobody else uses it."
    requested_by: "Head of messaging"
    approved_by: "CISO"
    approved_on: "2026-11-01"
    expires_on: "2027-03-01"
"""
MANUAL = """\
schema_version: 1
outcomes:
  - profile: p
    control: hand
    target: {agency: agency}
    outcome: pass
    assessor: "Lead auditor"
    assessed_on: "2026-10-05"
    method: examine
    statement: "The policy names everything that it must name."
    evidence: [{title: "The policy as retrieved"}]
"""


def waivers(text: str = WAIVER) -> Waivers:
    return read_waivers("w.yaml", text.encode(), LIBRARY)


def manual(text: str = MANUAL) -> ManualOutcomes:
    return read_manual("m.yaml", text.encode(), LIBRARY)


def judge(
    *findings: Finding,
    value: Any = 4,
    day: date = DAY,
    given: Waivers | None = None,
    said: ManualOutcomes | None = None,
    names_on: dict[str, frozenset[str]] | None = None,
) -> tuple[dict[str, ControlVerdict], set[tuple[NoticeKind, str]]]:
    facts = [fact("x.y", value, one.subject, check=one.check) for one in findings]
    made = Judge(
        [PROFILE],
        LIBRARY,
        day,
        given or Waivers(),
        said or ManualOutcomes(),
        names_on or {},
        minds_age=False,
    )
    verdicts = {one.control: one for one in made.domain(evidence(findings, facts))}
    return verdicts, {(one.kind, one.text) for one in made.close()}


FAILING = finding("a", Outcome.FAIL, WEB)


@pytest.mark.parametrize(
    ("day", "waived", "kinds"),
    [
        (date(2026, 10, 31), "", set()),
        (date(2026, 11, 1), "W-1", set()),
        (date(2027, 1, 29), "W-1", set()),
        (date(2027, 1, 30), "W-1", {NoticeKind.WAIVER_EXPIRES_SOON}),
        (date(2027, 2, 28), "W-1", {NoticeKind.WAIVER_EXPIRES_SOON}),
        (date(2027, 3, 1), "", {NoticeKind.WAIVER_EXPIRED}),
    ],
)
def test_the_life_of_a_waiver(day: date, waived: str, kinds: set[NoticeKind]) -> None:
    verdicts, notices = judge(FAILING, day=day, given=waivers())
    assert (verdicts["a"].verdict, verdicts["a"].waived) == (Verdict.FAIL, waived)
    assert {kind for kind, _ in notices} == kinds


def test_an_expired_waiver_names_control_and_domain() -> None:
    _, notices = judge(FAILING, day=date(2027, 3, 1), given=waivers())
    ((_, text),) = notices
    assert "W-1" in text
    assert "agency.example" in text


def test_a_waiver_of_what_passes_is_unused() -> None:
    verdicts, notices = judge(finding("a", Outcome.PASS, WEB), value=5, given=waivers())
    assert (verdicts["a"].verdict, verdicts["a"].waived) == (Verdict.PASS, "")
    assert {kind for kind, _ in notices} == {NoticeKind.WAIVER_UNUSED}


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.ERROR])
def test_a_waiver_never_covers_ignorance(outcome: Outcome) -> None:
    seen = finding("a", outcome, WEB, reason=Reason.TIMEOUT)
    verdicts, _ = judge(seen, value={"unknown": True}, given=waivers())
    assert verdicts["a"].verdict in {Verdict.INCONCLUSIVE, Verdict.ERROR}
    assert not verdicts["a"].waived


def test_a_waiver_with_subjects_covers_only_if_it_covers_all_that_fail() -> None:
    text = WAIVER.replace("    kind:", f"    subjects: ['{HOST}:443']\n    kind:")
    verdicts, _ = judge(FAILING, given=waivers(text))
    assert verdicts["a"].waived == "W-1"
    verdicts, _ = judge(FAILING, finding("a", Outcome.FAIL, WWW), given=waivers(text))
    assert (verdicts["a"].verdict, verdicts["a"].waived) == (Verdict.FAIL, "")


def test_a_waiver_of_another_name_covers_nothing() -> None:
    verdicts, _ = judge(FAILING, given=waivers(WAIVER.replace("[agency.example]", "[b.example]")))
    assert not verdicts["a"].waived


def test_a_waiver_by_suffix_covers_the_names_of_one_day() -> None:
    text = WAIVER.replace("[agency.example]", "[{suffix: agency.example, as_of: '2026-10-01'}]")
    for names, waived in ((frozenset({HOST}), "W-1"), (frozenset({"b.agency.example"}), "")):
        verdicts, _ = judge(FAILING, given=waivers(text), names_on={"2026-10-01": names})
        assert verdicts["a"].waived == waived
    other = text.replace("suffix: agency.example,", "suffix: other.example,")
    verdicts, _ = judge(FAILING, given=waivers(other), names_on={"2026-10-01": frozenset({HOST})})
    assert not verdicts["a"].waived


def test_a_waiver_of_changed_evidence_is_void() -> None:
    verdicts, _ = judge(FAILING, value=4)
    named = WAIVER.replace("    kind:", f"    evidence_hash: '{verdicts['a'].hash}'\n    kind:")
    assert judge(FAILING, value=4, given=waivers(named))[0]["a"].waived == "W-1"
    verdicts, notices = judge(FAILING, value=3, given=waivers(named))
    assert not verdicts["a"].waived
    assert NoticeKind.WAIVER_VOID in {kind for kind, _ in notices}
    (text,) = [text for kind, text in notices if kind is NoticeKind.WAIVER_VOID]
    assert verdicts["a"].hash in text


def test_the_hash_minds_neither_time_nor_text_nor_address() -> None:
    from datetime import timedelta  # noqa: PLC0415 - used once

    from msgspec import structs  # noqa: PLC0415 - used once

    assert FAILING.at
    later = structs.replace(FAILING, text="Otherwise said.", at=FAILING.at + timedelta(days=9))
    assert judge(FAILING)[0]["a"].hash == judge(later)[0]["a"].hash
    elsewhere = finding("a", Outcome.FAIL, WWW)
    assert judge(elsewhere)[0]["a"].hash != judge(FAILING)[0]["a"].hash


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('expires_on: "2027-03-01"', 'expires_on: "2028-03-01"', "w.yaml:12:17: it lives 486 days"),
        ('expires_on: "2027-03-01"', 'expires_on: "2026-11-01"', "before it is approved"),
        ('expires_on: "2027-03-01"', 'expires_on: "2027-02-30"', "no day of the calendar"),
        ('    expires_on: "2027-03-01"\n', "", "'expires_on' is missing"),
        ('approved_by: "CISO"', 'approved_by: "head  of Messaging"', "may not approve"),
        ("[agency.example]", "['*.example']", "does not have the form"),
        ("controls: [a]", "controls: ['*']", "does not have the form"),
        ("controls: [a]", "controls: [zz]", "w.yaml:6:16: the profile p has no control 'zz'"),
        ("profile: p", "profile: q", "there is no profile 'q'"),
        ('"It is replaced in spring, and nobody else uses it."', '"Because."', "20 or more"),
        ("kind: risk-accepted", "kind: compensating-control", "'compensating_control' is missing"),
        ("kind: risk-accepted", "kind: because", "is not one of"),
        (
            "targets: [agency.example]",
            "targets: [{suffix: a.example, as_of: '2026-13-01'}]",
            "no day",
        ),
        ("id: W-1", "id: W-1\n    owner: me", "the key 'owner' is not known"),
    ],
)
def test_a_bad_file_is_refused_at_its_place(old: str, new: str, said: str) -> None:
    assert old in WAIVER
    with pytest.raises(DocumentError) as error:
        waivers(WAIVER.replace(old, new))
    assert said in str(error.value)


def test_an_id_stands_once() -> None:
    with pytest.raises(DocumentError, match="stands twice"):
        waivers(WAIVER + WAIVER.split("waivers:\n")[1])


def test_the_file_has_a_hash() -> None:
    assert len(waivers().sha256) == 64
    assert waivers().sha256 != waivers(WAIVER + "\n").sha256


# Manual outcomes


def test_without_a_person_it_is_not_assessed() -> None:
    verdicts, _ = judge()
    assert verdicts["hand"].verdict is Verdict.NOT_ASSESSED


@pytest.mark.parametrize(
    ("day", "expected", "is_expired"),
    [
        (date(2026, 10, 4), Verdict.NOT_ASSESSED, False),
        (date(2026, 10, 5), Verdict.PASS, False),
        (date(2027, 1, 12), Verdict.PASS, False),
        (date(2027, 1, 13), Verdict.NOT_ASSESSED, True),
    ],
)
def test_the_life_of_a_manual_outcome(day: date, expected: Verdict, is_expired: bool) -> None:
    verdicts, notices = judge(day=day, said=manual())
    assert verdicts["hand"].verdict is expected
    assert (NoticeKind.MANUAL_EXPIRED in {kind for kind, _ in notices}) is is_expired


def test_an_end_that_is_stated_holds() -> None:
    text = MANUAL.replace("    method:", '    valid_until: "2026-11-26"\n    method:')
    assert judge(said=manual(text))[0]["hand"].verdict is Verdict.PASS
    assert judge(said=manual(text), day=date(2026, 11, 26))[0]["hand"].verdict is (
        Verdict.NOT_ASSESSED
    )


def test_what_is_said_of_the_domain_beats_what_is_said_of_the_agency() -> None:
    own = MANUAL.split("outcomes:\n")[1].replace("{agency: agency}", f"{{domain: {HOST}}}")
    text = MANUAL + own.replace("outcome: pass", "outcome: fail")
    assert judge(said=manual(text))[0]["hand"].verdict is Verdict.FAIL
    elsewhere = text.replace(HOST, "b.example")
    assert judge(said=manual(elsewhere))[0]["hand"].verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("value", "said", "expected"),
    [
        (5, "pass", Verdict.PASS),
        (5, "fail", Verdict.FAIL),
        (5, "not-applicable", Verdict.PASS),
        (4, "pass", Verdict.FAIL),
        ({"unknown": True}, "pass", Verdict.INCONCLUSIVE),
        ({"unknown": True}, "fail", Verdict.FAIL),
    ],
)
def test_a_person_adds_to_a_partial_control_and_never_overrides_a_failure(
    value: Any, said: str, expected: Verdict
) -> None:
    text = MANUAL.replace("control: hand", "control: part").replace(
        "outcome: pass", f"outcome: {said}"
    )
    verdicts, _ = judge(finding("part", Outcome.PASS, WEB), value=value, said=manual(text))
    assert verdicts["part"].verdict is expected
    assert verdicts["part"].manual is not None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('    evidence: [{title: "The policy as retrieved"}]\n', "", "'evidence' is missing"),
        ('evidence: [{title: "The policy as retrieved"}]', "evidence: []", "1 or more"),
        ("control: hand", "control: a", "judged by the scan alone"),
        ("control: hand", "control: zz", "has no control 'zz'"),
        ("profile: p", "profile: q", "there is no profile 'q'"),
        ("method: examine", "method: guess", "is not one of"),
        ("outcome: pass", "outcome: inconclusive", "is not one of"),
        ('"2026-10-05"', '"2026-02-30"', "no day of the calendar"),
        (
            "    method:",
            '    valid_until: "2026-10-05"\n    method:',
            "ends before it was assessed",
        ),
        ("{agency: agency}", "{agency: agency, domain: a.example}", "target"),
    ],
)
def test_a_bad_file_of_outcomes_is_refused(old: str, new: str, said: str) -> None:
    assert old in MANUAL
    with pytest.raises(DocumentError) as error:
        manual(MANUAL.replace(old, new))
    assert said in str(error.value) or said == "target"
