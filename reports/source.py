"""What a report is made of: a run as it was kept, one target at a time, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from scanner.assessment import Assessment
from scanner.check import Check
from scanner.control.judgement import ControlVerdict
from scanner.control.judging import Judging
from scanner.control.profile import Profile
from scanner.control.waiver import Notice
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
    def judging(self) -> Judging:
        """By which profiles, on which day, with which waivers."""

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """What is asked for; the first leads the pages."""

    @property
    def checks(self) -> Mapping[str, Check]:
        """Every check by its id."""

    @property
    def unscanned(self) -> tuple[Unscanned, ...]:
        """The targets without an assessment."""

    def assessments(self, *, agency: str = "") -> Iterator[Assessment]:
        """By agency and host."""

    def outcomes(self) -> Iterator[Assessment]:
        """The same without what was seen."""

    def verdicts(self, one: Assessment, only: str = "") -> tuple[ControlVerdict, ...]:
        """Every control of every profile on a target, or of one profile alone."""

    def unknown(self, host: str, agency: str, only: str = "") -> tuple[ControlVerdict, ...]:
        """The same of a target that was not scanned."""

    def is_retired(self, host: str) -> bool:
        """Whether the inventory says that the name is no longer in use."""

    def notices(self) -> tuple[Notice, ...]:
        """What there is to say of waivers and the like, once every target was judged."""

    @property
    def extractor_version(self) -> str:
        """The version of the tool that derived findings and facts from what was seen."""

    @property
    def evidence_sha256(self) -> str:
        """The name of what was seen."""

    @property
    def accepts_waivers(self) -> bool:
        """Whether what a waiver covers breaks nothing."""

    @property
    def shows_evidence_as_findings(self) -> bool:
        """Whether OSCAL findings are written of a profile that is supporting evidence only."""

    def before(self, host: str) -> Mapping[tuple[str, str], ControlVerdict]:
        """The verdicts of the run before on a target, by profile and control."""

    def cause(self, host: str, today: ControlVerdict) -> str:
        """Why a verdict is not what it was; empty where it is."""

    def first_seen(self, host: str) -> Mapping[str, datetime]:
        """When each problem that fails now was first seen to fail, by fingerprint."""
