"""CAA records (RFC 8659 4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import caa
from scanner.formats.error import FormatError


@pytest.mark.parametrize(
    ("record", "made"),
    [
        ('0 issue "ca.example"', caa.Property(0, "issue", "ca.example")),
        ("0 ISSUE ca.example", caa.Property(0, "issue", "ca.example")),
        ('128 IssueWild ";"', caa.Property(128, "issuewild", ";")),
        ("0 issue ;", caa.Property(0, "issue", ";")),
        ('0 issue ""', caa.Property(0, "issue", "")),
        ('1 iodef "mailto:s@agency.example"', caa.Property(1, "iodef", "mailto:s@agency.example")),
        (r'0 tbs "a \"b\" \\ c"', caa.Property(0, "tbs", r'a "b" \ c')),
    ],
)
def test_records(record: str, made: caa.Property) -> None:
    assert caa.parse(record) == made


@pytest.mark.parametrize(
    "record",
    [
        "",
        "0",
        "0 issue",
        "x issue y",
        '0 issue "open',
        "0 issue a b",
        "0.5 issue a",
        "0x80 issue a",
    ],
)
def test_no_records(record: str) -> None:
    with pytest.raises(FormatError):
        caa.parse(record)


@pytest.mark.parametrize(
    ("value", "issuer"),
    [
        ("ca.example", "ca.example"),
        (" CA1.example \t", "ca1.example"),
        ("xn--zckzah.example", "xn--zckzah.example"),
        ("a", "a"),
        ("", ""),
        (";", ""),
        (" ; ", ""),
        ("ca.example;", "ca.example"),
        ("ca.example; account=230123", "ca.example"),
        ("ca.example;accounturi=https://ca.example/1 ; validationmethods=dns-01", "ca.example"),
        ("ca.example; a=", "ca.example"),
        ("; policy=ev", ""),
    ],
)
def test_sound_issuers(value: str, issuer: str) -> None:
    made = caa.Property(0, "issue", value)
    assert made.is_sound
    assert made.issuer == issuer


@pytest.mark.parametrize(
    "value",
    [
        "%%%%%",
        "https://ca.example",
        "ca example",
        "-ca.example",
        "ca-.example",
        "ca..example",
        "ca.example.",
        "ca_1.example",
        "caf\u00e9.example",
        "ca.example; word",
        "ca.example; a=b c",
        "ca.example; =b",
        "ca.example; a=\u00e9",
        "ca.example, other.example",
    ],
)
def test_malformed_issuers(value: str) -> None:
    assert not caa.Property(0, "issue", value).is_sound


@pytest.mark.parametrize(
    ("tags", "restricts"),
    [
        (["issue"], True),
        (["iodef", "issue"], True),
        (["issuewild"], False),
        (["iodef", "issuemail", "issuevmc", "tbs"], False),
        ([], False),
    ],
)
def test_only_issue_governs_ordinary_names(tags: list[str], restricts: bool) -> None:
    assert caa.restricts(caa.Property(0, tag, "ca.example") for tag in tags) is restricts


def test_what_is_known_and_what_is_critical() -> None:
    assert caa.CRITICAL == 128
    assert {"issue", "issuewild", "iodef", "issuemail", "issuevmc"} <= caa.KNOWN
    assert {"contactemail", "contactphone"} <= caa.KNOWN


PARTS = st.sampled_from(
    ["0", "128", " ", "issue", '"', "'", "\\", ";", "=", "ca.example", "-", "\t", "\n", "#"]
)


@given(st.text(max_size=100) | st.lists(PARTS, max_size=12).map("".join))
def test_any_text_is_a_record_or_none(record: str) -> None:
    try:
        made = caa.parse(record)
    except FormatError as error:
        assert str(error)  # noqa: PT017 - most texts are refused, not all
        return
    assert ";" not in made.issuer
    assert made.tag == made.tag.lower()
    assert made.value.isascii() or not made.is_sound
