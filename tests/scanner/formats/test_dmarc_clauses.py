"""DMARC, clause by clause (RFC 9989 4.7, 4.8, 4.10): records, tree walk, policy discovery."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import dmarc
from scanner.formats.error import FormatError
from scanner.observation import Reason
from scanner.observation.mail import DmarcRecords, PolicyRecord

RUA = "rua=mailto:r@agency.example"


def _effective(text: str) -> tuple[str, str, str] | None:
    step = PolicyRecord("agency.example", (text,) if dmarc.is_candidate(text) else ())
    found = dmarc.discover(DmarcRecords((step,))).effective
    return (found.policy, found.sub, found.nonexistent) if found else None


@pytest.mark.parametrize(
    ("text", "effective"),
    [
        ("v=DMARC1; p=quarantine; sp=reject; np=reject", "quarantine reject reject"),
        ("v=DMARC1;p=REJECT", "reject reject reject"),
        (f"v=DMARC1;np=reject;p=none;{RUA}", "none none reject"),
        ("v=DMARC1; p=reject; adkim=x; aspf=s", "reject reject reject"),
        ("v=DMARC1; p=reject; sp=quarantine; t=y", "quarantine none none"),
        (f"v=DMARC1; {RUA}; adkim=s", "none none none"),
        (f"v=DMARC1; p=block; {RUA}", "none none none"),
        (f"v=DMARC1; p=reject; sp=block; {RUA}", "none none none"),
        (f"v=DMARC1; p=reject; np=block; {RUA}", "none none none"),
        ("v=DMARC1; p=reject; zz=1; pct=abc", "reject reject reject"),
        ("v=DMARC1; p=reject; pct=10", "reject reject reject"),
        ("v = DMARC1 ; p = quarantine; psd=x", "quarantine quarantine quarantine"),
        ("v=DMARC1; p=none; sp=quarantine; t=y", "none none none"),
        ("v=DMARC1; p=reject; t=maybe;", "reject reject reject"),
        ("V=DMARC1; P=Reject", "reject reject reject"),
        ("v=DMARC1", "none none none"),
    ],
)
def test_effective_policies(text: str, effective: str) -> None:
    assert _effective(text) == tuple(effective.split())


@pytest.mark.parametrize(
    "text",
    [
        "v=DMARC1; p=block",
        "v=DMARC1; p=",
        "v=DMARC1; p=reject; sp=block",
        "v=DMARC1; p=reject; np=block; rua=r@agency.example",
        "v=DMARC1; p=none; p=reject",
        "v=DMARC1; p=none; P=none",
        "v=DMARC1; p=none; v=DMARC1",
        "v=DMARC1; reject",
        "v=DMARC1; =reject",
        "v=DMARC1; p =none; 1x=2",
        "v=DMARC2; p=reject",
        "v=dmarc1; p=reject",
        "p=reject; v=DMARC1",
        "v=DMARC1 p=reject",
        "v=DMARC1x; p=reject",
        "v=spf1 -all",
        "",
    ],
)
def test_not_usable(text: str) -> None:
    assert _effective(text) is None


def test_defects_are_said() -> None:
    assert dmarc.parse("v=DMARC1; p=none").defects == ()
    assert dmarc.parse("v=DMARC1").defects == ("p is missing",)
    assert dmarc.parse(f"v=DMARC1; sp=x; np=y; {RUA}").defects == (
        "sp=x is not a policy",
        "np=y is not a policy",
        "p is missing",
    )


@pytest.mark.parametrize(
    ("value", "good", "bad"),
    [
        ("", (), ()),
        ("mailto:a@b.example", ("mailto:a@b.example",), ()),
        ("MAILTO:a@b.example!10m", ("MAILTO:a@b.example",), ()),
        (
            " mailto:a@b.example , mailto:c@d.example,",
            ("mailto:a@b.example", "mailto:c@d.example"),
            (),
        ),
        ("a@b.example", (), ("a@b.example",)),
        ("mailto:b.example,mailto:@b.example", (), ("mailto:b.example", "mailto:@b.example")),
        ("https://b.example/r", (), ("https://b.example/r",)),
        ("mailto://[", (), ("mailto://[",)),
    ],
)
def test_report_addresses(value: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    made = dmarc.parse(f"v=DMARC1; p=none; rua={value}")
    assert (made.reports, made.bad_reports) == (good, bad)


@pytest.mark.parametrize(
    ("tag", "percent"),
    [("", 100), ("pct=0", 0), ("pct=50", 50), ("pct=101", 100), ("pct=-1", 100), ("pct=x", 100)],
)
def test_percent_for_older_receivers(tag: str, percent: int) -> None:
    assert dmarc.parse(f"v=DMARC1; p=none; {tag}").percent == percent


def test_test_mode_is_one_level_lower() -> None:
    made = dmarc.parse("v=DMARC1; p=reject; t=Y")
    assert [made.lowered(one) for one in dmarc.POLICIES] == ["none", "none", "quarantine"]
    other = dmarc.parse("v=DMARC1; p=reject; t=n")
    assert [other.lowered(one) for one in dmarc.POLICIES] == list(dmarc.POLICIES)


def test_which_policy_is_weaker() -> None:
    assert dmarc.is_weaker("none", "quarantine")
    assert dmarc.is_weaker("quarantine", "reject")
    assert not dmarc.is_weaker("reject", "reject")
    assert not dmarc.is_weaker("reject", "none")


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("gov", "gov"),
        ("agency.gov", "agency.gov gov"),
        ("a.b.c.d.e.f.g", "a.b.c.d.e.f.g b.c.d.e.f.g c.d.e.f.g d.e.f.g e.f.g f.g g"),
        (
            "z.a.b.c.d.e.f.g",
            "z.a.b.c.d.e.f.g a.b.c.d.e.f.g b.c.d.e.f.g c.d.e.f.g d.e.f.g e.f.g f.g g",
        ),
        (
            "w.x.y.z.a.b.c.d.e.f.g",
            "w.x.y.z.a.b.c.d.e.f.g a.b.c.d.e.f.g b.c.d.e.f.g c.d.e.f.g d.e.f.g e.f.g f.g g",
        ),
    ],
)
def test_the_walk(name: str, names: str) -> None:
    assert list(dmarc.walk(name)) == names.split()


def _walked(author: str, records: Mapping[str, str], *, exists: bool = True) -> DmarcRecords:
    """The steps of 4.10: on to the last label, unless a record says ``psd=y`` or ``psd=n``."""
    steps: list[PolicyRecord] = []
    for name in dmarc.walk(author):
        texts = (records[name],) if name in records else ()
        steps.append(PolicyRecord(name, texts))
        if dmarc.has_suffix_tag(texts):
            break
    return DmarcRecords(tuple(steps), exists=exists)


CITY, GOV = "city.gov.example", "gov.example"
HR, LONG = f"hr.{CITY}", "mail.a.b.c.d.e.f.g.agency.example"
REJECT = "v=DMARC1; p=reject"


@pytest.mark.parametrize(
    ("author", "records", "organisation", "owner", "policy"),
    [
        (HR, {GOV: "v=DMARC1; p=quarantine; psd=y"}, CITY, GOV, "quarantine"),
        (
            HR,
            {GOV: "v=DMARC1; p=none; sp=reject; psd=y", CITY: f"{REJECT}; sp=none"},
            CITY,
            CITY,
            "none",
        ),
        (HR, {GOV: "v=DMARC1; p=none", CITY: REJECT}, GOV, GOV, "none"),
        (HR, {GOV: "v=DMARC1; p=none", CITY: f"{REJECT}; PSD=N"}, CITY, CITY, "reject"),
        (CITY, {}, CITY, "", None),
        (
            LONG,
            {
                "b.c.d.e.f.g.agency.example": f"{REJECT}; psd=n",
                "agency.example": "v=DMARC1; p=quarantine",
            },
            "agency.example",
            "agency.example",
            "quarantine",
        ),
        (HR, {HR: "v=DMARC1; p=none", CITY: REJECT}, CITY, HR, "none"),
        (GOV, {GOV: f"{REJECT}; sp=none; psd=y"}, GOV, GOV, "reject"),
        (HR, {CITY: "v=DMARC1; p=block", GOV: f"{REJECT}; t=y"}, GOV, GOV, "quarantine"),
    ],
)
def test_discovery(
    author: str, records: dict[str, str], organisation: str, owner: str, policy: str | None
) -> None:
    walked = _walked(author, records)
    made = dmarc.discover(walked)
    assert (made.owner, made.effective.policy if made.effective else None) == (owner, policy)
    usable = {one.name: dmarc.parse(one.texts[0]) for one in walked.steps if _is_usable(one)}
    assert dmarc.organisational(author, usable) == organisation


def _is_usable(step: PolicyRecord) -> bool:
    return bool(step.texts) and "block" not in step.texts[0]


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=DMARC1; p=none; sp=quarantine; np=reject", "reject"),
        ("v=DMARC1; p=none; sp=quarantine", "quarantine"),
        ("v=DMARC1; p=quarantine", "quarantine"),
    ],
)
def test_a_name_that_does_not_exist(record: str, policy: str) -> None:
    walked = _walked(f"x.{HR}", {HR: "v=DMARC1; p=none", CITY: record}, exists=False)
    made = dmarc.discover(walked).effective
    assert made
    assert (made.owner, made.policy) == (CITY, policy)


def test_two_records_are_none() -> None:
    two = (f"{REJECT}; psd=n", f"{REJECT}; psd=n")
    assert not dmarc.has_suffix_tag(two)
    assert dmarc.discover(DmarcRecords((PolicyRecord("agency.example", two),))).effective is None


@pytest.mark.parametrize(
    ("author", "parent", "unknown"),
    [
        (PolicyRecord(CITY, reason=Reason.SERVFAIL), PolicyRecord(GOV, (REJECT,)), CITY),
        (PolicyRecord(CITY), PolicyRecord(GOV, reason=Reason.TIMEOUT), GOV),
        (PolicyRecord(CITY, (REJECT,)), PolicyRecord(GOV, reason=Reason.TIMEOUT), ""),
    ],
)
def test_an_unanswered_step(author: PolicyRecord, parent: PolicyRecord, unknown: str) -> None:
    made = dmarc.discover(DmarcRecords((author, parent)))
    assert made.unknown.startswith(f"_dmarc.{unknown}" if unknown else "")
    assert bool(made.unknown) is bool(unknown)
    assert (made.effective is None) is bool(unknown)


PARTS = st.sampled_from(
    [
        "v=DMARC1",
        ";",
        " ",
        "p=",
        "sp=",
        "np=",
        "none",
        "reject",
        "rua=",
        "mailto:a@b.example",
        ",",
        "t=y",
        "pct=",
        "50",
        "psd=y",
        "=",
        "x",
        "!",
        "[",
        "//",
    ]
)


@given(st.text(max_size=120) | st.lists(PARTS, max_size=12).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        made = dmarc.parse(text)
    except FormatError as error:
        assert str(error)  # noqa: PT017 - most texts are refused, not all
        return
    assert {made.policy, made.sub, made.nonexistent} <= set(dmarc.POLICIES)
    assert 0 <= made.percent <= 100


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40).map(".".join))
def test_the_walk_is_short_and_ends_at_the_top(name: str) -> None:
    names = list(dmarc.walk(name))
    assert len(names) <= 8
    assert names[0] == name
    assert all(name.endswith(one) for one in names)
    assert "." not in names[-1]
