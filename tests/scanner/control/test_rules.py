"""Where a rule is evaluated, what unknown means, and the days that count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec import structs

from scanner.control.evidence import Evidence, Known
from scanner.control.judgement import ControlVerdict, Effective, Judge
from scanner.control.profile import Profile, of_plain
from scanner.control.verdict import Verdict
from scanner.fact import RecordedFact, State
from scanner.finding import AddressOutcome, Finding, Outcome
from scanner.observation import Reason
from tests.scanner.control.material import (
    DOMAIN,
    HOST,
    MAIL,
    NOW,
    WEB,
    evidence,
    fact,
    finding,
    library,
)

WWW = f"web:www.{HOST}:443"
FOUR, SIX = "192.0.2.7", "2001:db8::7"
LIBRARY = library()
TODAY = NOW.date()
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE
NONE, OPEN = Verdict.NOT_APPLICABLE, Verdict.NOT_ASSESSED


def profile(rule: Any, **more: Any) -> Profile:
    control = {
        "id": "c",
        "title": "C",
        "level": "required",
        "severity": "high",
        "coverage": "full",
        "rule": rule,
        **{key: value for key, value in more.items() if key not in {"tables", "parameters"}},
    }
    return of_plain(
        {
            "schema_version": 1,
            "id": "p",
            "title": "P",
            "version": "1",
            "assertion": "full",
            "source": {"document": "d", "date": "x", "text_verified": "verified"},
            "tables": more.get("tables", {}),
            "parameters": more.get("parameters", {}),
            "controls": [control],
        }
    )


def judged(under: Profile, seen: Evidence, day: date = TODAY) -> ControlVerdict:
    (made,) = Judge([under], {**LIBRARY, under.id: under}, day).domain(seen)
    return made


def verdict(
    rule: Any,
    findings: Iterable[Finding],
    facts: Iterable[RecordedFact] = (),
    **more: Any,
) -> Verdict:
    known = more.pop("known", {})
    seen = evidence(findings, facts, deselected=more.pop("deselected", ()))
    seen = Evidence(**{**vars(seen), "inventory": {**seen.inventory, **known}})
    return judged(profile(rule, **more), seen).verdict


def expecting(check: str, name: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    test = {"fact": name, "op": op, **({} if value is None else {"value": value})}
    return {"check": check, "expect": [test], **more}


def holds(name: str, value: Any = True) -> dict[str, Any]:  # noqa: FBT002 - a fact's value
    return {"fact": name, "op": "eq", "value": value}


# Trees of subjects

OCSP_OR_CRL = {
    "any_of": [
        expecting("certificate-aia", "certificate.aia_ocsp", "eq", value=True, subject="tls"),
        expecting("certificate-crl", "certificate.crl_dp", "eq", value=True, subject="tls"),
    ]
}


def two_leaves(rsa: tuple[bool, bool], ecdsa: tuple[bool, bool]) -> tuple[list[Any], list[Any]]:
    findings, facts = [], []
    for item, (ocsp, crl) in (("rsa", rsa), ("ecdsa", ecdsa)):
        for check, name, value in (
            ("certificate-aia", "certificate.aia_ocsp", ocsp),
            ("certificate-crl", "certificate.crl_dp", crl),
        ):
            findings.append(finding(check, Outcome.INFORMATIONAL, WEB, item=item))
            facts.append(fact(name, value, WEB, check=check, item=item))
    return findings, facts


def test_two_certificates_may_each_satisfy_another_branch() -> None:
    assert verdict(OCSP_OR_CRL, *two_leaves((True, False), (False, True))) is PASS
    assert verdict(OCSP_OR_CRL, *two_leaves((True, False), (False, False))) is FAIL


PRELOADED_OR_HEADER = {
    "any_of": [
        expecting("hsts-preload-listing", "hsts.preloaded", "eq", value=True),
        expecting("hsts-max-age", "hsts.max_age", "gte", 31536000),
    ]
}


def two_hosts(first: tuple[bool, int], second: tuple[bool, int]) -> tuple[list[Any], list[Any]]:
    findings, facts = [], []
    for subject, (preloaded, age) in ((WEB, first), (WWW, second)):
        host = f"host:{subject.split(':')[1]}"
        findings.append(finding("hsts-preload-listing", Outcome.INFORMATIONAL, host))
        findings.append(finding("hsts-max-age", Outcome.FAIL, subject))
        facts.append(fact("hsts.preloaded", preloaded, host, check="hsts-preload-listing"))
        facts.append(fact("hsts.max_age", age, subject, check="hsts-max-age"))
    return findings, facts


def test_two_hosts_may_each_satisfy_another_branch() -> None:
    assert verdict(PRELOADED_OR_HEADER, *two_hosts((True, 0), (False, 31536000))) is PASS
    assert verdict(PRELOADED_OR_HEADER, *two_hosts((True, 0), (False, 300))) is FAIL


def test_what_is_finer_is_combined_below_its_subject_first() -> None:
    rule = {"any_of": [{"check": "a"}, {"check": "b"}]}
    b = [finding("b", Outcome.PASS, WEB), finding("b", Outcome.FAIL, WWW)]
    assert verdict(rule, [finding("a", Outcome.FAIL, DOMAIN), *b]) is FAIL
    b_any = {"any_of": [{"check": "a"}, {"check": "b", "scope": "any"}]}
    assert verdict(b_any, [finding("a", Outcome.FAIL, DOMAIN), *b]) is PASS


def test_an_applicability_of_a_finer_subject_works_per_subject() -> None:
    rule = expecting("certificate-key", "certificate.key_bits", "gte", 2048, subject="tls")
    is_rsa = holds("certificate.key_type", "rsa")
    findings = [finding("certificate-key", Outcome.PASS, WEB, item=one) for one in ("r", "e")]
    facts = [
        fact("certificate.key_type", "rsa", WEB, item="r"),
        fact("certificate.key_bits", 2048, WEB, item="r"),
        fact("certificate.key_type", "ec-p256", WEB, item="e"),
        fact("certificate.key_bits", 256, WEB, item="e"),
    ]
    assert verdict(rule, findings, facts, applies_when=is_rsa) is PASS
    weak = [*facts[:1], fact("certificate.key_bits", 1024, WEB, item="r"), *facts[2:]]
    assert verdict(rule, findings, weak, applies_when=is_rsa) is FAIL
    only = [findings[1]]
    assert verdict(rule, only, facts[2:], applies_when=is_rsa) is NONE


def test_a_predicate_about_hosts_holds_for_the_domain_when_it_holds_for_one() -> None:
    facts = [
        fact("web.present", False, "host:a.example"),
        fact("web.present", True, "host:b.example"),
    ]
    rule = {"check": "caa-presence"}
    when = holds("web.present")
    assert verdict(rule, [finding("caa-presence")], facts, applies_when=when) is PASS
    assert verdict(rule, [finding("caa-presence")], facts[:1], applies_when=when) is NONE


def test_where_drops_a_subject_and_unknown_does_not() -> None:
    rule = {"check": "a", "where": holds("web.cookies")}
    findings = [finding("a", Outcome.FAIL, WEB), finding("a", Outcome.PASS, WWW)]
    facts = [fact("web.cookies", False, WEB), fact("web.cookies", True, WWW)]
    assert verdict(rule, findings, facts) is PASS
    unknown = [fact("web.cookies", {"unknown": True}, WEB), facts[1]]
    assert verdict(rule, findings, unknown) is UNKNOWN


def test_a_subject_narrows_the_leaf() -> None:
    findings = [finding("tls-sslv3", Outcome.FAIL, WEB), finding("tls-sslv3", Outcome.PASS, MAIL)]
    assert verdict({"check": "tls-sslv3", "subject": "mail"}, findings) is PASS
    assert verdict({"check": "tls-sslv3", "subject": "web"}, findings) is FAIL
    assert verdict({"check": "tls-sslv3", "subject": "tls"}, findings) is FAIL


def test_without_a_subject_a_known_fact_must_prove_that_there_is_none() -> None:
    rule = {"check": "tls-sslv3", "subject": "mail"}
    findings = [finding("tls-sslv3", Outcome.PASS, WEB)]
    assert verdict(rule, findings) is UNKNOWN
    assert verdict(rule, findings, [fact("mail.receives", False)]) is NONE
    assert verdict(rule, findings, [fact("mail.receives", True)]) is UNKNOWN


def test_a_silence_of_the_whole_domain_speaks_for_each_role() -> None:
    silent = [finding("tls-sslv3", Outcome.INCONCLUSIVE, DOMAIN, reason=Reason.TIMEOUT)]
    for subject in ("web", "mail", "tls"):
        assert verdict({"check": "tls-sslv3", "subject": subject}, silent) is UNKNOWN


# Addresses


def addressed(*outcomes: tuple[str, Outcome], folded: Outcome) -> Finding:
    made = finding("tls-versions", folded, WEB, reason=Reason.TIMEOUT)
    return structs.replace(
        made, addresses=tuple(AddressOutcome(address, one) for address, one in outcomes)
    )


MODERN = expecting("tls-versions", "tls.versions", "subset_of", ["TLSv1.3"], subject="web")


def test_expectations_are_tested_on_each_address_and_folded() -> None:
    seen = [addressed((FOUR, Outcome.PASS), (SIX, Outcome.PASS), folded=Outcome.PASS)]
    good = fact("tls.versions", ["TLSv1.3"], WEB, check="tls-versions", address=FOUR)
    bad = fact("tls.versions", ["TLSv1.0"], WEB, check="tls-versions", address=SIX)
    assert verdict(MODERN, seen, [good, bad]) is FAIL
    assert verdict(MODERN, seen, [good, structs.replace(bad, value=("TLSv1.3",))]) is PASS


def test_an_address_that_never_answered_decides_nothing_beside_one_that_did() -> None:
    seen = [addressed((FOUR, Outcome.PASS), (SIX, Outcome.INCONCLUSIVE), folded=Outcome.PASS)]
    good = fact("tls.versions", ["TLSv1.3"], WEB, check="tls-versions", address=FOUR)
    silent = fact("tls.versions", {"unknown": True}, WEB, check="tls-versions", address=SIX)
    assert verdict(MODERN, seen, [good, silent]) is PASS
    nobody = [
        addressed(
            (FOUR, Outcome.INCONCLUSIVE), (SIX, Outcome.INCONCLUSIVE), folded=Outcome.INCONCLUSIVE
        )
    ]
    assert verdict(MODERN, nobody, [silent]) is UNKNOWN


# Three-valued facts


@pytest.mark.parametrize(
    ("op", "value", "given", "expected"),
    [
        ("eq", 5, None, FAIL),
        ("in", [5, 6], None, FAIL),
        ("gte", 5, None, FAIL),
        ("ne", 5, None, PASS),
        ("not_in", [5], None, PASS),
        ("exists", None, None, FAIL),
        ("absent", None, None, PASS),
        ("exists", None, 5, PASS),
        ("eq", 5, {"unknown": True}, UNKNOWN),
        ("ne", 5, {"unknown": True}, UNKNOWN),
        ("exists", None, {"unknown": True}, UNKNOWN),
        ("absent", None, {"unknown": True}, UNKNOWN),
        ("lt", 5, 4, PASS),
        ("lt", 5, 5, FAIL),
        ("lte", 5, 5, PASS),
        ("gt", 5, 5, FAIL),
        ("gt", 5, 6, PASS),
        ("not_in", [5], 6, PASS),
        ("eq", 1, True, FAIL),
        ("has", "a", ["a", "b"], PASS),
        ("has", "a", ["b"], FAIL),
        ("has", "a", None, FAIL),
        ("has", "a", {"value": ["a"], "complete": False}, PASS),
        ("has", "a", {"value": ["b"], "complete": False}, UNKNOWN),
        ("has_not", "a", ["b"], PASS),
        ("has_not", "a", None, PASS),
        ("has_not", "a", {"value": ["b"], "complete": False}, UNKNOWN),
        ("has_not", "a", {"value": ["a"], "complete": False}, FAIL),
        ("subset_of", ["a", "b"], ["a"], PASS),
        ("subset_of", ["a"], None, PASS),
        ("subset_of", ["a"], {"value": ["a"], "complete": False}, UNKNOWN),
        ("subset_of", ["a"], {"value": ["c"], "complete": False}, FAIL),
        ("subset_of", ["a"], {"value": [], "complete": False}, UNKNOWN),
        ("disjoint_from", ["a"], ["b"], PASS),
        ("disjoint_from", ["a"], ["a", "b"], FAIL),
        ("disjoint_from", ["a"], {"value": ["b"], "complete": False}, UNKNOWN),
        ("disjoint_from", ["a"], {"unknown": True}, UNKNOWN),
    ],
)
def test_operators(op: str, value: Any, given: Any, expected: Verdict) -> None:
    rule = expecting("a", "x.y", op, value)
    assert verdict(rule, [finding("a")], [fact("x.y", given, check="a")]) is expected


def test_an_empty_enumeration_of_a_service_that_speaks_tls_is_no_subset() -> None:
    seen = [finding("tls-versions", Outcome.PASS, WEB)]
    empty = fact("tls.versions", [], WEB, check="tls-versions")
    assert verdict(MODERN, seen, [empty, fact("tls.present", True, WEB)]) is UNKNOWN
    assert verdict(MODERN, seen, [empty, fact("tls.present", False, WEB)]) is PASS


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.INCONCLUSIVE, UNKNOWN),
        (Outcome.ERROR, Verdict.ERROR),
        (Outcome.NOT_APPLICABLE, NONE),
        (Outcome.PASS, UNKNOWN),
        (Outcome.FAIL, UNKNOWN),
        (Outcome.INFORMATIONAL, UNKNOWN),
    ],
)
def test_an_unknown_fact_is_what_the_check_says_or_unknown(
    outcome: Outcome, expected: Verdict
) -> None:
    rule = expecting("a", "x.y", "eq", 5)
    facts = [fact("x.y", {"unknown": True}, check="a")]
    assert verdict(rule, [finding("a", outcome)], facts) is expected


def test_a_failing_test_comes_before_an_unknown_one() -> None:
    rule = {
        "check": "a",
        "expect": [
            {"fact": "x.y", "op": "eq", "value": 5},
            {"fact": "x.z", "op": "eq", "value": 5},
        ],
    }
    facts = [fact("x.y", {"unknown": True}, check="a"), fact("x.z", 4, check="a")]
    assert verdict(rule, [finding("a")], facts) is FAIL


def test_a_check_without_a_finding_is_unknown_and_never_a_failure() -> None:
    made = judged(profile({"check": "new-check"}), evidence())
    assert (made.verdict, made.reasons) == (UNKNOWN, (Reason.DEPENDENCY_MISSING,))


def test_unknown_applicability_is_unknown() -> None:
    when = holds("mail.receives")
    facts = [fact("mail.receives", {"unknown": True})]
    made = judged(
        profile({"check": "a"}, applies_when=when), evidence([finding("a", Outcome.FAIL)], facts)
    )
    assert (made.verdict, made.reasons) == (UNKNOWN, (Reason.FACT_UNKNOWN,))


def test_what_does_not_apply_names_the_deciding_fact() -> None:
    made = judged(
        profile({"check": "a"}, applies_when=holds("mail.receives")),
        evidence([finding("a", Outcome.FAIL)], [fact("mail.receives", False, check="null-mx")]),
    )
    assert made.verdict is NONE
    assert made.deciding[0].detail == "mail.receives is false (null-mx)"


def test_defaults_of_the_inventory_are_known_and_say_so() -> None:
    made = judged(
        profile({"check": "a"}, applies_when=holds("agency.us_federal_civilian")),
        evidence([finding("a")]),
    )
    assert made.verdict is NONE
    assert "by default" in made.deciding[0].detail
    silence = judged(
        profile({"check": "a"}, applies_when=holds("service.audience", "public")),
        evidence([finding("a")]),
    )
    assert silence.verdict is UNKNOWN


# Deselected


@pytest.mark.parametrize(
    ("combine", "other", "expected"),
    [
        ("all_of", Outcome.FAIL, FAIL),
        ("all_of", Outcome.PASS, OPEN),
        ("all_of", Outcome.INCONCLUSIVE, OPEN),
        ("any_of", Outcome.PASS, PASS),
        ("any_of", Outcome.FAIL, OPEN),
    ],
)
def test_a_deselected_leaf_is_left_out_unless_the_others_decide(
    combine: str, other: Outcome, expected: Verdict
) -> None:
    rule = {combine: [{"check": "left-out"}, {"check": "a"}]}
    assert verdict(rule, [finding("a", other)], deselected={"left-out"}) is expected


# Grades, includes, parameters


CLASSES = {
    "t": {
        "classes": [
            {"name": "good", "members": ["a"]},
            {"name": "sufficient", "members": ["b"]},
            {"name": "insufficient", "members": []},
        ],
        "default": "insufficient",
        "ignore": ["hybrid"],
    }
}


@pytest.mark.parametrize(
    ("members", "pass_at", "expected"),
    [
        (["a"], "good", PASS),
        (["a", "b"], "good", FAIL),
        (["a", "b"], "sufficient", PASS),
        (["a", "unlisted"], "sufficient", FAIL),
        (["a", "hybrid"], "good", PASS),
        ({"value": ["a"], "complete": False}, "good", UNKNOWN),
        ({"value": ["unlisted"], "complete": False}, "good", FAIL),
        ({"unknown": True}, "good", UNKNOWN),
        (None, "good", PASS),
    ],
)
def test_the_worst_member_decides(members: Any, pass_at: str, expected: Verdict) -> None:
    rule = {"grade": {"check": "a", "fact": "x.y", "table": "t", "pass_at": pass_at}}
    seen = evidence([finding("a")], [fact("x.y", members, check="a")])
    made = judged(profile(rule, tables=CLASSES), seen)
    assert made.verdict is expected
    if expected is FAIL and isinstance(members, list):
        assert made.deciding[0].detail.endswith(members[-1])


def test_an_included_profile_is_asked_of_the_subject_named() -> None:
    rule = {"profile": "ncsc-nl-2025", "levels": ["required"], "subject": "web"}
    findings, facts = [], []
    for control in LIBRARY["ncsc-nl-2025"].controls:
        from tests.scanner.control.material import checks_of  # noqa: PLC0415 - used once

        for check in checks_of(control.rule):
            findings += [finding(check, Outcome.PASS, WEB), finding(check, Outcome.PASS, MAIL)]
    for where, versions in ((WEB, ["TLSv1.3"]), (MAIL, ["TLSv1.0"])):
        facts += [
            fact("tls.present", True, where),
            fact("tls.dhe_offered", False, where),
            fact("tls.versions", versions, where),
            fact("tls.suites", ["TLS_AES_256_GCM_SHA384"], where),
            fact("tls.groups", ["x25519"], where),
            fact("certificate.security_bits", 128, where),
        ]
    unique = list({(one.check, one.subject): one for one in findings}.values())
    assert verdict(rule, unique, facts) is PASS
    assert verdict({**rule, "subject": "mail"}, unique, facts) is FAIL


def test_a_parameter_is_a_fact_and_a_right_side() -> None:
    parameters = {"least": {"type": "integer", "default": 5}}
    rule = {"check": "a", "expect": [{"fact": "x.y", "op": "gte", "parameter": "least"}]}
    under = profile(rule, parameters=parameters)
    seen = evidence([finding("a")], [fact("x.y", 5, check="a")])
    assert judged(under, seen).verdict is PASS
    assert judged(structs.replace(under, chosen={"least": 6}), seen).verdict is FAIL
    as_fact = {"check": "a", "expect": [{"fact": "param.least", "op": "eq", "value": 5}]}
    assert judged(profile(as_fact, parameters=parameters), seen).verdict is PASS


# Days


VALIDITY = LIBRARY["ca-browser-forum"]


@pytest.mark.parametrize(
    ("issued", "seconds", "expected"),
    [
        ("2026-03-14", 398 * 86400, PASS),
        ("2026-03-14", 398 * 86400 + 1, FAIL),
        ("2026-03-15", 200 * 86400 + 1, FAIL),
        ("2026-03-15", 200 * 86400, PASS),
        ("2027-03-15", 100 * 86400 + 1, FAIL),
        ("2029-03-15", 47 * 86400, PASS),
        ("2019-01-01", 800 * 86400, NONE),
    ],
)
@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2031, 1, 1)])
def test_validity_goes_by_the_day_of_issue_on_whatever_day_it_is_judged(
    issued: str, seconds: int, expected: Verdict, day: date
) -> None:
    seen = evidence(
        [finding("certificate-validity", Outcome.PASS, WEB)],
        [
            fact("certificate.public_trust", True, WEB),
            fact("certificate.not_before", issued, WEB, check="certificate-validity"),
            fact("certificate.validity_seconds", seconds, WEB, check="certificate-validity"),
        ],
        at=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    made = Judge([VALIDITY], LIBRARY, day).domain(seen)
    assert next(one for one in made if one.control == "6.3.2-validity").verdict is expected


def test_a_dated_table_with_an_unknown_day_is_unknown() -> None:
    seen = evidence(
        [finding("certificate-validity", Outcome.PASS, WEB)],
        [
            fact("certificate.public_trust", True, WEB),
            fact("certificate.not_before", {"unknown": True}, WEB, check="certificate-validity"),
            fact("certificate.validity_seconds", 86400, WEB, check="certificate-validity"),
        ],
    )
    made = Judge([VALIDITY], LIBRARY, NOW.date()).domain(seen)
    assert next(one for one in made if one.control == "6.3.2-validity").verdict is UNKNOWN


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 12, 31), Effective.UPCOMING),
        (date(2027, 1, 1), Effective.IN_FORCE),
        (date(2027, 12, 31), Effective.IN_FORCE),
        (date(2028, 1, 1), None),
    ],
)
def test_from_is_inclusive_and_until_exclusive(day: date, state: Effective | None) -> None:
    under = profile({"check": "a"}, effective={"from": "2027-01-01", "until": "2028-01-01"})
    seen = evidence([finding("a", Outcome.FAIL)], at=datetime(2027, 1, 1, tzinfo=UTC))
    made = Judge([under], {under.id: under}, day, minds_age=False).domain(seen)
    assert [one.effective for one in made] == ([state] if state else [])
    assert all(one.verdict is FAIL for one in made)


def test_old_evidence_proves_no_pass_and_keeps_a_failure() -> None:
    under = profile({"check": "a"})
    for outcome, expected in ((Outcome.PASS, UNKNOWN), (Outcome.FAIL, FAIL)):
        seen = evidence([finding("a", outcome)])
        assert judged(under, seen, date(2027, 1, 9)).verdict in {PASS, FAIL}
        made = judged(under, seen, date(2027, 1, 10))
        assert made.verdict is expected
        assert made.is_old is (outcome is Outcome.FAIL)


def test_nothing_was_reached() -> None:
    seen = Evidence(**{**vars(evidence()), "is_scanned": False})
    for name, under in LIBRARY.items():
        made = Judge([under], LIBRARY, NOW.date()).domain(seen)
        assert {one.verdict for one in made} <= {UNKNOWN, NONE, OPEN}, name


def test_known_beats_unknown_where_two_checks_record_a_fact() -> None:
    facts = [fact("x.y", {"unknown": True}, check="a"), fact("x.y", 5, check="b")]
    assert verdict(expecting("a", "x.y", "eq", 5), [finding("a")], facts) is PASS


def test_the_inventory_beats_what_was_seen() -> None:
    known = {"mail.sends": Known("mail.sends", State.KNOWN, value=False, source="inventory")}
    rule, when = {"check": "a"}, holds("mail.sends")
    facts = [fact("mail.sends", True)]
    assert verdict(rule, [finding("a")], facts, applies_when=when, known=known) is NONE
