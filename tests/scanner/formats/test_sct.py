"""Timestamps of logs: the list's bytes, signatures, and the policy that counts them."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scanner.formats import sct as subject
from scanner.formats import sct_examples as examples
from scanner.formats.certificate_examples import NOW, intermediate, leaf, root
from scanner.formats.certificate_parts import parse
from scanner.formats.ct_logs import read_logs
from scanner.formats.error import FormatError
from scanner.formats.sct import Worth
from scanner.observation.certificate import CtLog, CtLogList, LogState

LOGGED = examples.logged_leaf("A1", "B1")
ISSUERS = (b"junk", root(), intermediate())


def _worths(
    der: bytes, *, logs: CtLogList | None = None, issuers: tuple[bytes, ...] = ISSUERS
) -> list[Worth]:
    made = parse(der)
    known = logs or examples.logs()
    weighed = subject.weigh(subject.embedded(made), made, issuers, known, is_embedded=True)
    return [one.worth for one in weighed]


@given(st.binary(max_size=300))
def test_any_bytes_are_timestamps_or_an_error(data: bytes) -> None:
    for text in (data, len(data).to_bytes(2) + data):
        try:
            subject.read_list(text)
        except FormatError:
            continue


def test_what_is_in_a_certificate_is_read_and_verified() -> None:
    first, second = subject.embedded(parse(LOGGED))
    assert first.at == examples.SEEN
    assert bytes.fromhex(second.log) == examples.log_id("B1")
    assert _worths(LOGGED) == [Worth.GOOD, Worth.GOOD]
    assert subject.embedded(parse(leaf())) == ()


def test_each_worth() -> None:
    assert _worths(examples.logged_leaf("A1", spoiled=("A1",))) == [Worth.BAD_SIGNATURE]
    assert _worths(LOGGED, issuers=()) == [Worth.UNVERIFIED, Worth.UNVERIFIED]
    assert _worths(LOGGED, logs=examples.logs(without="A1")) == [Worth.UNKNOWN_LOG, Worth.GOOD]
    rejected = examples.logs(state=LogState.REJECTED)
    assert _worths(LOGGED, logs=rejected) == [Worth.GOOD, Worth.LOG_NOT_COUNTED]
    early = examples.logs(state=LogState.RETIRED, since=examples.SEEN - timedelta(days=1))
    assert _worths(LOGGED, logs=early) == [Worth.GOOD, Worth.LOG_NOT_COUNTED]
    late = examples.logs(state=LogState.RETIRED, since=NOW)
    assert _worths(LOGGED, logs=late) == [Worth.GOOD, Worth.GOOD]


def test_a_retired_log_counts_inside_a_certificate_only() -> None:
    plain = leaf()
    found = subject.read_list(examples.sent_list(plain, "B1"))
    retired = examples.logs(state=LogState.RETIRED, since=NOW)
    weighed = subject.weigh(found, parse(plain), (), retired, is_embedded=False)
    assert weighed[0].worth is Worth.LOG_NOT_COUNTED


def test_a_timestamp_for_another_certificate_is_worth_nothing() -> None:
    plain = leaf()
    found = subject.read_list(examples.sent_list(plain, "A1"))
    good = subject.weigh(found, parse(plain), (), examples.logs(), is_embedded=False)
    other = subject.weigh(found, parse(leaf()), (), examples.logs(), is_embedded=False)
    assert [one.worth for one in (*good, *other)] == [Worth.GOOD, Worth.BAD_SIGNATURE]


def test_versions_and_algorithms_that_are_not_known_are_worth_nothing() -> None:
    plain = parse(leaf())
    found = subject.read_list(examples.sent_list(plain.public_bytes(Encoding.DER), "A1"))[0]
    for odd in (replace(found, version=1), replace(found, algorithm=(2, 3))):
        weighed = subject.weigh((odd,), plain, (), examples.logs(), is_embedded=False)
        assert weighed[0].worth is Worth.BAD_SIGNATURE


def test_logs_with_rsa_keys_are_verified_too() -> None:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    plain = leaf()
    found = subject.read_list(examples.sent_list(plain, "A1"))[0]
    entry = b"\0\0" + len(plain).to_bytes(3) + plain
    data = b"\0\0" + found.timestamp.to_bytes(8) + entry + b"\0\0"
    signed = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    odd = replace(found, algorithm=(4, 1), signature=signed)
    log = CtLog(found.log, public, "RSA", "Alpha", LogState.USABLE)
    known = CtLogList(NOW, "this test", (log,))
    weighed = subject.weigh((odd,), parse(plain), (), known, is_embedded=False)
    assert weighed[0].worth is Worth.GOOD
    broken = CtLogList(NOW, "this test", (replace(log, key=b"no key"),))
    weighed = subject.weigh((odd,), parse(plain), (), broken, is_embedded=False)
    assert weighed[0].worth is Worth.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("days", "count"), [(90, 2), (180, 2), (180 + 1 / 86_400, 2), (181, 3), (398, 3)]
)
def test_how_many_logs_are_needed(days: float, count: int) -> None:
    # notAfter - notBefore, without the last second: nobody is accused for one second
    assert subject.needed(parse(leaf(days=days))) == count


def _weighed(
    *names: str, worth: Worth = Worth.GOOD, state: LogState = LogState.USABLE
) -> list[subject.Weighed]:
    known = examples.logs(state=state).by_id
    made = parse(examples.logged_leaf(*names))
    return [subject.Weighed(one, worth, known[one.log]) for one in subject.embedded(made)]


def test_what_suffices() -> None:
    assert subject.suffices(_weighed("A1", "B1"), 2)
    assert not subject.suffices(_weighed("A1", "A2"), 2)
    assert not subject.suffices(_weighed("A1", "B1"), 3)
    assert not subject.suffices(_weighed("A1", "B1", worth=Worth.BAD_SIGNATURE), 2)
    assert not subject.suffices(_weighed("B1", "B1", state=LogState.RETIRED), 1)
    assert subject.could_suffice(_weighed("A1", "B1", worth=Worth.UNKNOWN_LOG), 2)
    assert not subject.could_suffice(_weighed("A1", "B1", worth=Worth.BAD_SIGNATURE), 2)


def test_the_operator_is_the_one_of_that_day() -> None:
    log = examples.logs().logs[0]
    assert log.operator_at(datetime(2019, 1, 1, tzinfo=UTC)) == "Gamma"
    assert log.operator_at(NOW) == "Alpha"


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"\0\5abc", b"\0\2\0\1", b"\0\x31\0\x2f" + bytes(45) + b"\0\1"],
)
def test_lists_that_are_cut(data: bytes) -> None:
    with pytest.raises(FormatError):
        subject.read_list(data)


def test_a_time_that_no_computer_could_mean() -> None:
    one = b"\0" + bytes(32) + b"\xff" * 8 + b"\0\0" + b"\4\3\0\0"
    with pytest.raises(FormatError, match="of no time"):
        subject.read_list(examples.as_list([one]))


def test_many_timestamps_are_too_many() -> None:
    one = b"\0" + bytes(32) + bytes(8) + b"\0\0" + b"\4\3\0\0"
    assert len(subject.read_list(examples.as_list([one] * 64))) == 64
    with pytest.raises(FormatError):
        subject.read_list(examples.as_list([one] * 65))


def test_chromes_list_is_read() -> None:
    names = {"A1": "usable", "B1": "retired", "A2": "wonderful"}
    logs = {one.description.split()[1]: one for one in examples.logs().logs}
    from base64 import b64encode  # noqa: PLC0415

    def row(name: str, state: str) -> dict[str, object]:
        log = logs[name]
        return {
            "description": name,
            "log_id": b64encode(bytes.fromhex(log.id)).decode(),
            "key": b64encode(log.key).decode(),
            "state": {state: {"timestamp": "2026-01-02T03:04:05Z"}},
            "previous_operators": [{"name": "Gamma", "end_time": "2020-01-01T00:00:00"}],
        }

    rows = [row(name, state) for name, state in names.items()]
    document = {
        "version": "93.3",
        "log_list_timestamp": "2026-10-03T13:35:24Z",
        "operators": [{"name": "Alpha", "logs": rows[:1], "tiled_logs": rows[1:]}],
    }
    found = read_logs(msgspec.json.encode(document))
    assert found.dated == "2026-10-03"
    assert [one.state for one in found.logs] == [
        LogState.USABLE,
        LogState.RETIRED,
        LogState.PENDING,
    ]
    assert found.logs[1].since == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.logs[0].formerly[0].until.tzinfo is UTC
    for wrong in ({"log_id": "AAAA"}, {"key": "no base64!"}):
        broken = {**document, "operators": [{"name": "A", "logs": [rows[0] | wrong]}]}
        with pytest.raises(ValueError, match="the log 'A1'"):
            read_logs(msgspec.json.encode(broken))
    empty = {"log_list_timestamp": "2026-10-03T13:35:24Z", "operators": []}
    with pytest.raises(ValueError, match="empty"):
        read_logs(msgspec.json.encode(empty))


@given(st.binary(max_size=100))
def test_any_bytes_are_a_list_of_logs_or_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="list of certificate logs"):
        read_logs(data)
