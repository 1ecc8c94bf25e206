"""Whether senders can fetch the MTA-STS policy, and what it says (RFC 8461 3.3)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from scanner.formats import mta_sts
from scanner.formats.certificate import path_of
from scanner.formats.error import FormatError
from scanner.message import Message
from scanner.observation import Reason
from scanner.observation.mail import MtaSts
from scanner.observation.tls import TrustStore

OK = 200
# What may be ours, or pass: it accuses nobody.
TRANSIENT = frozenset(
    {
        Reason.TIMEOUT,
        Reason.SERVFAIL,
        Reason.BOGUS,
        Reason.UNREACHABLE,
        Reason.OUT_OF_SCOPE,
        Reason.BUDGET_EXHAUSTED,
        Reason.BLOCKED,
        Reason.RATE_LIMITED,
    }
)


class Fetched(Struct, frozen=True):
    """A policy; else ``why`` senders have none, or ``unknown`` where that was not seen."""

    is_announced: bool
    policy: mta_sts.Policy | None = None
    why: Message | None = None
    unknown: Reason | None = None


def fetched(found: MtaSts, name: str, roots: TrustStore, at: datetime) -> Fetched:
    """What a sender makes of the record and of what was served."""
    if not _is_announced(found.texts):
        return Fetched(is_announced=False)
    if found.reason in TRANSIENT:
        return Fetched(is_announced=True, unknown=found.reason)
    if why := _unusable(found, name, roots, at):
        return Fetched(is_announced=True, why=why)
    try:
        return Fetched(is_announced=True, policy=mta_sts.policy(found.policy))
    except FormatError as error:
        return Fetched(is_announced=True, why=error.message)


def _is_announced(texts: tuple[str, ...]) -> bool:
    try:
        return mta_sts.record_id(texts) is not None
    except FormatError:
        return False


def _unusable(found: MtaSts, name: str, roots: TrustStore, at: datetime) -> Message | None:
    if found.reason:
        return Message("{why}", {"why": found.detail or found.reason})
    path = path_of(found.certificates, f"mta-sts.{name}", roots, at)
    if not path.trusted:
        return Message(
            "its certificate is not trusted for the name ({why})",
            {"why": ", ".join(path.faults) or "no path"},
        )
    if found.status != OK:
        return Message("its status is {status}", {"status": found.status or 0})
    kind = found.content_type.partition(";")[0].strip().lower()
    if kind != "text/plain":
        return Message("its type is {type}", {"type": kind[:60] or "missing"})
    return None
