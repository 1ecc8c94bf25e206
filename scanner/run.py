"""A run: what defends a report. Who scanned what, when, from where, with which rules and leave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct


class RunStatus(StrEnum):
    """How a run ended; a report can be made of any that is not running."""

    RUNNING = "running"
    FINISHED = "finished"
    INCOMPLETE = "incomplete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Vantage(Struct, frozen=True):
    """From where the run looked at the world."""

    resolver: str = ""
    ipv4: str = ""
    ipv6: str = ""


class Deselected(Struct, frozen=True):
    """A check that the operator left out: it is listed under *Not tested*."""

    check: str
    why: str


class Run(Struct, frozen=True):
    """One scan of an inventory. ``lineage`` is the audit's name: what is compared with what.

    ``previous`` is the run that was finished last in the lineage when this one began.
    """

    id: str
    lineage: str
    sequence: int
    began: datetime
    status: RunStatus
    tool_version: str
    rule_set: str
    checks: tuple[str, ...]
    deselected: tuple[Deselected, ...]
    options: dict[str, Any]
    vantage: Vantage
    authorised_by: str
    contact: str
    user_agent: str
    inventory: str
    profiles: tuple[str, ...] = ("rfc-baseline",)
    ended: datetime | None = None
    notes: tuple[str, ...] = ()
    previous: str = ""
    documents: dict[str, str] = {}
    """What it was judged with, as text: ``waivers``, ``manual``, ``profile:ID``; store only."""
