"""DMARC records and policy discovery (RFC 9989)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import dmarc
from scanner.formats.error import FormatError
from scanner.observation import Reason
from scanner.observation.mail import DmarcRecords, PolicyRecord


@pytest.mark.parametrize(
    ("text", "is_candidate"),
    [
        ("v=DMARC1; p=none", True),
        ("v = DMARC1 ;p=none", True),
        ("V=DMARC1", True),
        ("v=dmarc1; p=none", False),
        ("v=DMARC1x", False),
        ("p=none; v=DMARC1", False),
        ("v=spf1", False),
    ],
)
def test_candidates(text: str, is_candidate: bool) -> None:
    assert dmarc.is_candidate(text) is is_candidate


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("v=DMARC1; p=Reject", ("reject", "reject", "reject")),
        ("v=DMARC1; p=reject; sp=none", ("reject", "none", "none")),
        ("v=DMARC1; p=none; np=reject", ("none", "none", "reject")),
        ("v=DMARC1; p=none; sp=quarantine; np=reject", ("none", "quarantine", "reject")),
        ("v=DMARC1", ("none", "none", "none")),
        ("v=DMARC1; p=maybe; rua=mailto:a@b.example", ("none", "none", "none")),
        ("v=DMARC1; p=reject; sp=x; rua=mailto:a@b.example", ("none", "none", "none")),
        ("v=DMARC1; p=reject; unknown=1;;", ("reject", "reject", "reject")),
    ],
)
def test_policies(text: str, policies: tuple[str, str, str]) -> None:
    made = dmarc.parse(text)
    assert (made.policy, made.sub, made.nonexistent) == policies


@pytest.mark.parametrize(
    "text",
    [
        "v=DMARC1; p=maybe",
        "v=DMARC1; p",
        "v=DMARC1; p=none; P=none",
        "v=DMARC1; sp=x",
        "v=DMARC1; =1",
    ],
)
def test_not_usable(text: str) -> None:
    with pytest.raises(FormatError):
        dmarc.parse(text)


def test_reports() -> None:
    made = dmarc.parse(
        "v=DMARC1; p=none; rua=mailto:a@b.example!10m, a@b.example ,https://x.example,mailto:@,mailto:[x"
    )
    assert made.reports == ("mailto:a@b.example",)
    assert len(made.bad_reports) == 4
    assert not dmarc.parse("v=DMARC1; p=none; rua=mailto://[").reports


def test_test_mode_and_percent() -> None:
    made = dmarc.parse("v=DMARC1; p=reject; t=Y; pct=5")
    assert made.is_test
    assert made.percent == 5
    assert [made.lowered(one) for one in dmarc.POLICIES] == ["none", "none", "quarantine"]
    assert dmarc.parse("v=DMARC1; p=none; pct=x").percent == 100
    assert dmarc.parse("v=DMARC1; p=none; pct=999").percent == 100


def test_the_walk_asks_at_most_eight() -> None:
    assert list(dmarc.walk("a.b.example")) == ["a.b.example", "b.example", "example"]
    long = ".".join("abcdefghij") + ".example"
    names = list(dmarc.walk(long))
    assert len(names) == 8
    assert names[1].count(".") == 6


def _steps(*rows: tuple[str, str]) -> DmarcRecords:
    return DmarcRecords(tuple(PolicyRecord(name, (text,) if text else ()) for name, text in rows))


def test_its_own_record_comes_first() -> None:
    found = dmarc.discover(
        _steps(("a.b.example", "v=DMARC1; p=none"), ("b.example", "v=DMARC1; p=reject"))
    )
    assert found.effective
    assert (found.owner, found.effective.policy) == ("a.b.example", "none")


def test_the_organisational_domain_gives_sp_and_not_the_nearest_parent() -> None:
    found = dmarc.discover(
        _steps(
            ("a.b.c.example", ""),
            ("b.c.example", "v=DMARC1; p=reject"),
            ("c.example", "v=DMARC1; p=reject; sp=quarantine"),
            ("example", ""),
        )
    )
    assert found.effective
    assert (found.owner, found.effective.policy) == ("c.example", "quarantine")


def test_a_name_that_does_not_exist_gets_np() -> None:
    rows = _steps(("a.c.example", ""), ("c.example", "v=DMARC1; p=none; sp=none; np=reject"))
    found = dmarc.discover(DmarcRecords(rows.steps, exists=False))
    assert found.effective
    assert found.effective.policy == "reject"


def test_psd_n_ends_the_organisation() -> None:
    found = dmarc.discover(
        _steps(
            ("a.b.example", ""),
            ("b.example", "v=DMARC1; p=quarantine; psd=n"),
            ("example", "v=DMARC1; p=none"),
        )
    )
    assert found.owner == "b.example"


def test_a_public_suffix_record_covers_those_without() -> None:
    found = dmarc.discover(_steps(("agency.gov", ""), ("gov", "v=DMARC1; p=reject; psd=y")))
    assert found.effective
    assert (found.owner, found.effective.policy) == ("gov", "reject")
    records = {"gov": dmarc.parse("v=DMARC1; p=reject; psd=y")}
    assert dmarc.organisational("www.agency.gov", records) == "agency.gov"


def test_two_records_are_none() -> None:
    texts = ("v=DMARC1; p=none", "v=DMARC1; p=reject")
    found = dmarc.discover(DmarcRecords((PolicyRecord("a.example", texts),)))
    assert found.effective is None
    assert not dmarc.has_suffix_tag(texts)
    assert dmarc.has_suffix_tag(["v=DMARC1; p=none; psd=n"])
    assert not dmarc.has_suffix_tag(["v=DMARC1; p=maybe"])


def test_an_unanswered_step_that_matters_is_unknown() -> None:
    steps = (PolicyRecord("a.b.example"), PolicyRecord("b.example", reason=Reason.SERVFAIL))
    assert "servfail" in dmarc.discover(DmarcRecords(steps)).unknown
    own = (PolicyRecord("a.b.example", ("v=DMARC1; p=none",)), steps[1])
    assert dmarc.discover(DmarcRecords(own)).effective


def test_weaker() -> None:
    assert dmarc.is_weaker("none", "reject")
    assert not dmarc.is_weaker("reject", "reject")


@given(st.text(max_size=300))
def test_any_text_gives_a_record_or_a_reason(text: str) -> None:
    try:
        assert dmarc.parse(f"v=DMARC1;{text}").policy in dmarc.POLICIES
    except FormatError as error:
        said = error.message.text
        assert said
