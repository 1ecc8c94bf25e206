"""Dead names as the examples of the dangling checks need them."""

from __future__ import annotations

from scanner.observation import Reason
from scanner.observation.takeover import (
    Pointer,
    RecordTarget,
    RecordTargets,
    Service,
    TakeoverServices,
    TargetState,
)

TABLE = TakeoverServices(
    (
        Service("Hands out", "Vulnerable", ("hands-out.net",), detected_by_nxdomain=True),
        Service("Sometimes", "Edge case", ("sometimes.net",), detected_by_nxdomain=True),
        Service("Never", "Not vulnerable", ("never.net",), detected_by_nxdomain=True),
        Service("Pages", "Vulnerable", ("pages.net",), page_markers=("nobody has this site",)),
        Service("Maybe pages", "Edge case", ("maybe.net",), page_markers=("no such site",)),
    ),
    "2025-02-08",
    "for examples",
)


def target(  # noqa: PLR0913 - keyword-only, what an example is about
    pointer: Pointer,
    name: str = "old.gone-host.com",
    state: TargetState = TargetState.NXDOMAIN,
    *,
    registrable: str = "gone-host.com",
    is_registered: bool | None = False,
    is_ours: bool = False,
    refused: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
) -> RecordTarget:
    """A name that a record points to: dead, its domain free, unless said otherwise."""
    return RecordTarget(
        pointer,
        "agency.example",
        f"{pointer} {name}",
        name,
        state,
        registrable,
        is_registered,
        is_ours,
        refused,
        services,
        Reason.SERVFAIL if state is TargetState.UNKNOWN else None,
    )


def targets(*given: RecordTarget) -> RecordTargets:
    """Several of them."""
    return RecordTargets(given)
