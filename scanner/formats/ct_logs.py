"""The list of certificate logs, in the form that Chrome publishes (log list schema, version 3)."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field

from scanner.observation.certificate import CtLog, CtLogList, FormerOperator, LogState


class _At(Struct):
    timestamp: datetime


class _Former(Struct):
    name: str
    end_time: datetime


class _Log(Struct):
    log_id: str
    key: str
    description: str = ""
    state: dict[str, _At] = {}
    previous_operators: list[_Former] = []


class _Operator(Struct):
    name: str
    logs: list[_Log] = []
    tiled_logs: list[_Log] = []


class _List(Struct):
    at: datetime = field(name="log_list_timestamp")
    operators: list[_Operator]
    version: str = ""


def read_logs(data: bytes) -> CtLogList:
    """The list; raise ``ValueError`` where it is none."""
    try:
        found = msgspec.json.decode(data, type=_List)
    except msgspec.MsgspecError as error:
        message = f"no list of certificate logs: {error}"
        raise ValueError(message) from None
    logs = tuple(
        _log(one, operator.name)
        for operator in found.operators
        for one in (*operator.logs, *operator.tiled_logs)
    )
    if not logs:
        raise ValueError("the list of certificate logs is empty")
    source = f"log list, version {found.version}" if found.version else "log list"
    return CtLogList(_utc(found.at), source, logs)


def _log(one: _Log, operator: str) -> CtLog:
    try:
        key, claimed = b64decode(one.key, validate=True), b64decode(one.log_id, validate=True)
    except (Error, ValueError):
        message = f"the log {one.description!r} has a key or an id that is not base64"
        raise ValueError(message) from None
    digest = hashlib.sha256(key).digest()
    if digest != claimed:  # RFC 6962 3.2: the id is the hash of the key
        message = f"the log {one.description!r} has an id that is not the hash of its key"
        raise ValueError(message)
    state, since = _state(one.state)
    former = tuple(
        FormerOperator(each.name, _utc(each.end_time)) for each in one.previous_operators
    )
    return CtLog(digest.hex(), key, one.description, operator, state, since, former)


def _state(states: dict[str, _At]) -> tuple[LogState, datetime | None]:
    for name, when in states.items():
        if name in set(LogState):
            return LogState(name), _utc(when.timestamp)
    return LogState.PENDING, None


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
