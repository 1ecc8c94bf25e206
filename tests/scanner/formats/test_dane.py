"""TLSA records: which count, what they fit, clause by clause."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import certificate_examples as made
from scanner.formats import dane
from scanner.formats.dane import Tlsa, fit, parse_record, read, strongest, usable_by_mail
from scanner.formats.dane_examples import HOST, OTHER, chain, of
from scanner.formats.error import FormatError

LATER = made.NOW + timedelta(days=4000)


def _fit(
    *texts: str, sent: tuple[bytes, ...] | None = None, names: tuple[str, ...] = (HOST,)
) -> str:
    found = fit(read(texts), sent or chain(), names, made.NOW)
    return found.record.text if found.record else "; ".join(found.why)


@pytest.mark.parametrize("selector", [0, 1])
@pytest.mark.parametrize("matching", [0, 1, 2])
def test_usage_3_fits_the_leaf(selector: int, matching: int) -> None:
    assert _fit(of(3, selector, matching)).startswith(f"3 {selector} {matching}")


def test_usage_3_heeds_neither_dates_nor_names_nor_issuers() -> None:
    record = read([of(3, 1, 1)])
    assert fit(record, chain()[:1], ("other.test",), LATER).record


@pytest.mark.parametrize(("selector", "matching"), [(0, 0), (0, 1), (1, 1), (1, 2)])
def test_usage_2_fits_an_authority_that_was_sent(selector: int, matching: int) -> None:
    assert _fit(of(2, selector, matching, which=1)).startswith(f"2 {selector} {matching}")


def test_usage_2_needs_the_authority() -> None:
    record = of(2, 1, 1, which=1)
    assert "was not sent" in _fit(record, sent=chain()[:1])
    whole = of(2, 0, 0, which=1)
    assert _fit(whole, sent=chain()[:1]).startswith("2 0 0")


def test_usage_2_needs_name_dates_and_a_path() -> None:
    record = read([of(2, 1, 1, which=1)])
    assert "none of the names" in fit(record, chain(), ("other.test",), made.NOW).why[0]
    assert "no valid chain" in fit(record, chain(), (HOST,), LATER).why[0]
    stranger = made.leaf(names=(HOST,), issuer="Another CA")
    assert "no valid chain" in _fit(of(2, 1, 1, which=1), sent=(stranger, chain()[1]))
    nameless = made.leaf(names=())
    assert "none of the names" in _fit(of(2, 1, 1, which=1), sent=(nameless, chain()[1]))


def test_a_wildcard_stands_for_one_label() -> None:
    star = made.leaf(names=("*.agency.example",))
    sent = (star, chain()[1])
    assert _fit(of(2, 1, 1, which=1), sent=sent).startswith("2 1 1")
    assert "none of the names" in _fit(of(2, 1, 1, which=1), sent=sent, names=("a.b.test",))


def test_an_issuer_that_is_no_authority() -> None:
    leaf = made.leaf(names=(HOST,))
    record = read([of(2, 1, 1)])
    assert fit(record, (leaf, chain()[0]), (HOST,), made.NOW).record is None


def test_what_is_no_certificate() -> None:
    assert _fit(OTHER, sent=(b"x",)) == "the certificates cannot be read"
    assert fit(read([OTHER]), (), (HOST,), made.NOW).why == ("no certificate was sent",)
    garbage = Tlsa(2, 0, 0, b"x")
    assert fit((garbage,), chain(), (HOST,), made.NOW).record is None


def test_usages_0_and_1_need_a_public_root() -> None:
    for record in (of(1, 1, 1), of(0, 1, 1, which=1)):
        assert fit(read([record]), chain(), (HOST,), made.NOW).record is None
        assert fit(read([record]), chain(), (HOST,), made.NOW, is_trusted=True).record
    other = read(["1 1 1 " + "00" * 32, "0 1 1 " + "00" * 32])
    assert len(fit(other, chain(), (HOST,), made.NOW, is_trusted=True).why) == 2


def test_one_of_many_is_enough_and_the_strongest_digest_alone_counts() -> None:
    assert _fit(OTHER, of(3, 1, 1)).startswith("3 1 1")
    weak, strong = parse_record(of(3, 1, 1)), Tlsa(3, 1, 2, b"\0" * 64)
    assert strongest((weak, strong)) == (strong,)
    full = parse_record(of(3, 1, 0))
    assert strongest((full, weak)) == (full, weak)


def test_which_a_mail_server_acts_on() -> None:
    given_ = read(
        [of(3, 1, 1), of(1, 1, 1), "3 9 1 00", "3 1 9 00", "3 1 1 00", "9 1 1 " + "0" * 64]
    )
    assert [one.usage for one in usable_by_mail(given_)] == [3]


@pytest.mark.parametrize("text", ["", "3 1 1", "3 1 1 0", "3 1 x 00", "300 1 1 00", "3 1 1 zz"])
def test_what_is_no_record(text: str) -> None:
    with pytest.raises(FormatError):
        parse_record(text)
    assert read([text]) == ()


def test_which_are_ready_for_the_next_key() -> None:
    one, other, above = (parse_record(each) for each in (of(3, 1, 1), OTHER, of(2, 1, 1, which=1)))
    assert not dane.is_rollover_ready((one,))
    assert dane.is_rollover_ready((one, other))
    assert dane.is_rollover_ready((one, above))


def test_a_record_is_shown_short() -> None:
    assert parse_record("3 1 2 " + "ab" * 64).text.endswith("…")


@given(st.text(max_size=100))
def test_any_text_is_a_record_or_an_error(text: str) -> None:
    with suppress(FormatError):
        assert parse_record(text).data is not None


def test_a_key_that_this_machine_cannot_read_fits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bytes:
        raise UnsupportedAlgorithm("a curve of tomorrow")

    monkeypatch.setattr(dane, "association", refuse)
    assert fit(read([OTHER]), chain(), (HOST,), made.NOW).record is None
