"""How a scan says how far it is: a bar on a terminal, a line now and then elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from typing import Protocol

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

EVERY = 100


class Reporter(Protocol):
    """Hears of each target that is done."""

    def begin(self, total: int) -> None:
        """The scan begins."""

    def done(self, host: str) -> None:
        """One more target is kept."""

    def end(self) -> None:
        """The scan is over, however it ended."""


class Quiet:
    """Says nothing."""

    def begin(self, total: int) -> None:
        """Nothing."""

    def done(self, host: str) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


class Lines:
    """A line for every hundred targets, for logs."""

    def __init__(self) -> None:
        self._total = self._done = 0
        self._began = time.monotonic()

    def begin(self, total: int) -> None:
        """Remember how many there are."""
        self._total = total

    def done(self, host: str) -> None:
        """Count, and say so now and then."""
        del host
        self._done += 1
        if self._done % EVERY == 0 or self._done == self._total:
            minutes = (time.monotonic() - self._began) / 60
            rate = self._done / minutes if minutes else 0.0
            click.echo(f"{self._done} of {self._total} targets, {rate:.0f} a minute", err=True)

    def end(self) -> None:
        """Nothing more."""


class Bar:
    """A bar with rate and time left."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task("Scanning", total=None, rate="")

    def begin(self, total: int) -> None:
        """Show it."""
        self._progress.update(self._task, total=total)
        self._progress.start()

    def done(self, host: str) -> None:
        """Move it."""
        del host
        speed = self._progress.tasks[0].finished_speed or self._progress.tasks[0].speed
        rate = f"{speed * 60:.0f}/min" if speed else ""
        self._progress.update(self._task, advance=1, rate=rate)

    def end(self) -> None:
        """Leave it as it is."""
        self._progress.stop()


def reporter(*, quiet: bool) -> Reporter:
    """The one that fits where standard error goes."""
    if quiet:
        return Quiet()
    return Bar() if sys.stderr.isatty() else Lines()
