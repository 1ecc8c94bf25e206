"""MTA-STS records and policies (RFC 8461 3.1, 3.2, 4.1), TLS reporting (RFC 8460 3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import mta_sts
from scanner.formats.error import FormatError

POLICY = "version: STSv1\nmode: enforce\nmx: mail.agency.example\nmx: *.mx.test\nmax_age: 604800\n"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["v=STSv1; id=20260101T000000;"], "20260101T000000"),
        (["v=STSv1;id=1"], "1"),
        (["v=STSv1 ; id = a9 ; ext=x"], "a9"),
        (["v=STSv1; id=" + "a" * 32], "a" * 32),
        (["v=spf1 -all", "v=STSv1; id=1"], "1"),
        (["v=STSv1"], None),
        (["v=STSv11; id=1"], None),
        (["v=stsv1; id=1"], None),
        (["id=1; v=STSv1;"], None),
        ([], None),
    ],
)
def test_record(texts: list[str], found: str | None) -> None:
    assert mta_sts.record_id(texts) == found


@pytest.mark.parametrize(
    "texts",
    [
        ["v=STSv1; id=1", "v=STSv1; id=1"],
        ["v=STSv1;"],
        ["v=STSv1; id="],
        ["v=STSv1; id=a-b"],
        ["v=STSv1; id=caf\u00e9"],
        ["v=STSv1; id=" + "a" * 33],
        ["v=STSv1; id=1; word"],
    ],
)
def test_void_record(texts: list[str]) -> None:
    with pytest.raises(FormatError):
        mta_sts.record_id(texts)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (POLICY, ("enforce", 604_800, ("mail.agency.example", "*.mx.test"))),
        (POLICY.replace("\n", "\r\n"), ("enforce", 604_800, ("mail.agency.example", "*.mx.test"))),
        ("version:STSv1\nmode:none\nmax_age:0", ("none", 0, ())),
        (
            "max_age: 31557600\nmx: a.test\n\nmode: testing\nversion: STSv1",
            ("testing", 31_557_600, ("a.test",)),
        ),
        (
            "version: STSv1\nmode: none\nmode: enforce\nmax_age: 1\nmax_age: x\nnew: y:z",
            ("none", 1, ()),
        ),
    ],
)
def test_policy(text: str, made: tuple[str, int, tuple[str, ...]]) -> None:
    assert mta_sts.policy(text) == mta_sts.Policy(*made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        POLICY.replace("version: STSv1\n", ""),
        POLICY.replace("STSv1", "STSv2"),
        POLICY.replace("mode: enforce\n", ""),
        POLICY.replace("enforce", "Enforce"),
        POLICY.replace("max_age: 604800\n", ""),
        POLICY.replace("604800", "31557601"),
        POLICY.replace("604800", "-1"),
        POLICY.replace("604800", "99999999999"),
        POLICY.replace("604800", "\u0661"),
        POLICY.replace("mx:", "x:"),
        POLICY + "no colon",
    ],
)
def test_ignored_policy(text: str) -> None:
    with pytest.raises(FormatError):
        mta_sts.policy(text)


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("mail.agency.example", "MAIL.agency.example.", True),
        ("Mail.Agency.example", "mail.agency.example", True),
        ("mail.agency.example", "mail2.agency.example", False),
        ("*.agency.example", "mail.agency.example", True),
        ("*.agency.example", "a.mail.agency.example", False),
        ("*.agency.example", "agency.example", False),
        ("*.agency.example", "mail.other.example", False),
        ("agency.example", "mail.agency.example", False),
    ],
)
def test_hosts(pattern: str, host: str, matches: bool) -> None:
    assert mta_sts.Policy("enforce", 1, ("x.test", pattern)).matches(host) is matches


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["v=TLSRPTv1; rua=mailto:a@b.example"], ("mailto:a@b.example",)),
        (
            ["x", "v=TLSRPTv1 ;rua= https://b.example/r , MAILTO:a@b.example;"],
            ("https://b.example/r", "MAILTO:a@b.example"),
        ),
        (["v=TLSRPTv1"], None),
        (["v=TLSRPTv2; rua=mailto:a@b.example"], None),
        ([], None),
    ],
)
def test_reporting(texts: list[str], found: tuple[str, ...] | None) -> None:
    assert mta_sts.reporting(texts) == found


@pytest.mark.parametrize(
    "texts",
    [
        ["v=TLSRPTv1; rua=mailto:a@b.example"] * 2,
        ["v=TLSRPTv1;"],
        ["v=TLSRPTv1; rua="],
        ["v=TLSRPTv1; rua=a@b.example"],
        ["v=TLSRPTv1; rua=mailto:a@b.example,http://b.example"],
        ["v=TLSRPTv1; mailto:a@b.example"],
    ],
)
def test_void_reporting(texts: list[str]) -> None:
    with pytest.raises(FormatError):
        mta_sts.reporting(texts)


PARTS = st.sampled_from(
    [
        "version",
        "mode",
        "mx",
        "max_age",
        "id",
        "rua",
        ":",
        "=",
        ";",
        " ",
        "\n",
        "\r\n",
        "STSv1",
        "enforce",
        "none",
        "9",
        "mailto:a@b.example",
        ",",
        "*.",
        "x.test",
    ]
)
TEXTS = st.text(max_size=120) | st.lists(PARTS, max_size=20).map("".join)


@given(TEXTS)
def test_any_policy_is_read_or_ignored(text: str) -> None:
    try:
        made = mta_sts.policy(text)
    except FormatError as error:
        assert str(error)  # noqa: PT017 - most texts are refused, not all
        return
    assert made.mode in mta_sts.MODES
    assert 0 <= made.max_age <= mta_sts.LONGEST_AGE


@given(TEXTS)
def test_any_record_is_read_or_void(text: str) -> None:
    for start, read in (("v=STSv1;", mta_sts.record_id), ("v=TLSRPTv1;", mta_sts.reporting)):
        try:
            assert read([start + text])
        except FormatError as error:
            assert str(error)  # noqa: PT017 - most texts are refused, not all
