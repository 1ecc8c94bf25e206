"""The life of a run: lock, begin, keep each target, end; whatever happens, what was kept stays."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from scanner.assessment import Assessment, Status
from scanner.cli.progress import Reporter
from scanner.clock import Clock
from scanner.control.gate import Exit, Gate, Tally
from scanner.control.judging import Bench
from scanner.engine import Plan, Stop, scan, surroundings
from scanner.finding import Finding
from scanner.judge_run import hear, judge_run, names_read, unjudged
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer
from scanner.run import Run, RunStatus
from scanner.store import Store
from scanner.store.store import Skipped
from scanner.targets import Target

LOG = logging.getLogger(__name__)
SILENT = frozenset({Reason.TIMEOUT, Reason.REFUSED, Reason.UNREACHABLE})
INTERRUPTED = "the run was interrupted before its turn"


class NoResolverError(Exception):
    """No resolver answers: a report would say that everything is unknown."""


@dataclass
class Job:
    """A run that is about to be carried out."""

    run: Run
    targets: Sequence[Target]
    plan: Plan
    store: Store
    bench: Bench
    gates: Sequence[Gate]
    reporter: Reporter
    clock: Clock
    signals: list[int] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    accepts_waivers: bool = False

    def keep(self, one: Assessment) -> None:
        """Keep one target in one transaction."""
        self.store.keep(self.run.id, one)
        self.waiting.discard(one.host)
        self.reporter.done(one.host)


def carry_out(job: Job) -> Exit:
    """Scan what is missing of the run, and close it."""
    job.waiting = {one.host for one in job.targets}
    job.reporter.begin(len(job.targets))
    status = RunStatus.FAILED
    try:
        asyncio.run(_scan(job))
        status = RunStatus.INTERRUPTED if job.waiting else RunStatus.FINISHED
    finally:
        with _undisturbed(job):
            job.reporter.end()
            _close(job, status)
    return _exit(job, status)


@contextmanager
def _undisturbed(job: Job) -> Iterator[None]:
    """What is being closed is closed: a further signal is noted, and changes nothing."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    usual = [signal.getsignal(number) for number in numbers]
    for number in numbers:
        signal.signal(number, lambda number, _: job.signals.append(number))
    try:
        yield
    finally:
        for number, handler in zip(numbers, usual, strict=True):
            signal.signal(number, handler)


async def _scan(job: Job) -> None:
    stop = Stop()
    loop = asyncio.get_running_loop()

    def asked(number: int) -> None:
        job.signals.append(number)
        stop.ask()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked, number)
    async with surroundings(job.plan, job.clock) as around:
        await _demand_resolver(job, around.resolver.ask)
        await scan(job.targets, around, job.keep, stop)


async def _demand_resolver(job: Job, ask: Callable[[str, str], Awaitable[DnsAnswer]]) -> None:
    """Refuse to make a report of everything unknown."""
    if job.plan.network.hosts or not job.targets:
        return
    try:
        await ask(job.targets[0].registrable, "SOA")
    except NotObservedError as error:
        if error.reason in SILENT:
            raise NoResolverError(error.detail) from None


def _close(job: Job, status: RunStatus) -> None:
    agencies = {one.host: one.agency for one in job.targets}
    reason = INTERRUPTED if status is RunStatus.INTERRUPTED else "the run broke before its turn"
    skipped = [
        Skipped(host, agencies[host], Status.SKIPPED, reason) for host in sorted(job.waiting)
    ]
    job.store.end(
        job.run.id,
        status,
        job.clock.now(),
        skipped=skipped,
        compared=_compared(job, status),
    )


def _compared(job: Job, status: RunStatus) -> Mapping[str, tuple[Finding, ...]]:
    """What only all targets together can tell (Decisions 5)."""
    checks = [one for one in job.plan.checks.values() if one.compares_targets]
    if not checks:
        return {}
    names = names_read(checks)
    heard = [hear(one, names) for one in job.store.outcomes(job.run.id)]
    compare = judge_run if status is RunStatus.FINISHED else unjudged
    return compare(checks, heard)


def _exit(job: Job, status: RunStatus) -> Exit:
    if status is RunStatus.INTERRUPTED:
        last = job.signals[-1] if job.signals else signal.SIGINT
        return Exit.TERMINATED if last == signal.SIGTERM else Exit.INTERRUPTED
    return _tally(job).exit


def _tally(job: Job) -> Tally:
    """What the gate says of every target that was kept, the comparisons included."""
    tally = Tally(job.gates, accepts_waivers=job.accepts_waivers)
    judge = job.bench.judging.judge()
    for one in job.store.outcomes(job.run.id):
        tally.add(job.bench.verdicts(judge, one), one.findings)
    return tally
