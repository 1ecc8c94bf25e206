"""The run that a run is compared with."""

from __future__ import annotations

from scanner.cli import judging as judged_by
from scanner.cli import plan as planning
from scanner.cli.source import AUDITS, KeptRun
from scanner.registry import Registry
from scanner.run import Run
from scanner.store import NoSuchRunError, Store


def earlier_run(
    store: Store, run: Run, found: Registry, *, since: str = "", depth: int = AUDITS
) -> KeptRun | None:
    """The run before (or the one named), by the rules of its own day where they were kept."""
    name = since or run.previous
    if not name or depth <= 0:
        return None
    try:
        before = store.run(name)
    except NoSuchRunError:
        if since:
            raise
        return None  # it was thrown away since
    judging = judged_by.of_its_day(store, before, found, planning.tool_version())
    return KeptRun(
        store,
        before,
        judging,
        found.checks,
        earlier=earlier_run(store, before, found, depth=depth - 1),
    )
