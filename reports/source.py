"""What a report is made of: a run as it was kept, one target at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from scanner.assessment import Assessment
from scanner.check import Check
from scanner.control.profile import Profile
from scanner.run import Run
from scanner.targets import Inventory


class Unscanned(Protocol):
    """A target that the run did not assess, and why."""

    @property
    def host(self) -> str:
        """The A-label."""

    @property
    def agency(self) -> str:
        """The agency's id."""

    @property
    def reason(self) -> str:
        """A sentence."""


class Source(Protocol):
    """A run, its inventory, and how it is judged."""

    @property
    def run(self) -> Run:
        """Who scanned what, when, from where."""

    @property
    def inventory(self) -> Inventory:
        """The inventory of the day of the run."""

    @property
    def profile(self) -> Profile:
        """What is asked for."""

    @property
    def checks(self) -> Mapping[str, Check]:
        """Every check by its id."""

    @property
    def unscanned(self) -> tuple[Unscanned, ...]:
        """The targets without an assessment."""

    def has_leave(self, host: str) -> bool:
        """Whether somebody allowed to probe a target."""

    def assessments(self, *, agency: str = "") -> Iterator[Assessment]:
        """By agency and host."""
