"""What becomes a row: every result of a path, redacted, and what all of them together say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from scanner.formats.exposure.entry import Entry, Proof, grade, version
from scanner.formats.exposure.guard import is_guard
from scanner.formats.exposure.reply import Reply, at
from scanner.formats.exposure.secret import excerpt
from scanner.observation import NotObservedError, Reason
from scanner.observation.exposure import PathProbe, ProbeResult
from scanner.targets import registrable

if TYPE_CHECKING:
    from scanner.gather.exposure.prober import Candidate, Options

QUICK_MOST = 120
QUICK_PATHS = 90  # and what controls and confirmations cost
FREE = frozenset({"/", "{random}"})
STANDARD_LEAST = 400
# A neglected server has all of them: they count as one product (exposure.md 3, aggregate).
FILES = frozenset(
    {
        "version-control-metadata",
        "environment-file",
        "credential-file",
        "configuration-file",
        "build-artefact",
        "private-key-file",
        "backup-archive",
        "database-dump",
        "shell-history",
        "log-file",
        "memory-dump",
        "directory-listing",
        "default-page",
        "cross-domain-policy",
        "http-trace",
        "http-write-methods",
    }
)
METHODS = frozenset({"http-trace", "http-write-methods"})


def label(host: str) -> str:
    """The label that was registered: ``agency`` of ``www.agency.gov.pk``."""
    return registrable(host).partition(".")[0]


def chosen(entries: Iterable[Entry], options: Options) -> Iterator[Entry]:
    """The entries that are asked by GET."""
    quick: set[str] = set()
    for one in entries:
        if options.plan == "quick" and one.paths[0] not in FREE:
            if len(quick) >= QUICK_PATHS:
                continue
            quick.add(one.paths[0])
        is_wanted = options.checks is None or one.check in options.checks
        if is_wanted and one.check not in METHODS and not is_held_back(one, options):
            yield one


def is_held_back(entry: Entry, options: Options) -> bool:
    """Whether an entry is asked only when the operator allows it, and he did not."""
    is_wanted = options.checks is None or entry.check in options.checks
    return is_wanted and bool(entry.opt_in) and not options.allow_heap_dump


def budget(entries: tuple[Entry, ...], plan: str) -> int:
    """The most requests that one site may get (exposure.md 1)."""
    if plan == "quick":
        return QUICK_MOST
    probes = sum(len(one.paths) for one in entries)
    return max(STANDARD_LEAST, int(probes * 1.25) + 60)


def refuse_guarded(home: Reply, calibration: Reply) -> None:
    """Raise where home and calibration are both a guard's, or both errors of the server."""
    text = f"the site answers with status {home.status}, an invented path with {calibration.status}"
    if home.status >= 500 and calibration.status >= 500:  # noqa: PLR2004 - RFC 9110 15.6
        raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    if is_guard(home) and is_guard(calibration):
        reason = Reason.RATE_LIMITED if home.status == 429 else Reason.BLOCKED  # noqa: PLR2004
        raise NotObservedError(reason, text, reached=True)


def unknown(entry: Entry, path: str, reason: Reason, detail: str) -> PathProbe:
    """What could not be told, and why."""
    return PathProbe(
        entry.id, entry.check, path, ProbeResult.UNKNOWN, reason=reason, detail=detail[:300]
    )


def catch_all(entry: Entry, path: str, reply: Reply) -> PathProbe:
    """The site answers like this at invented names too."""
    return PathProbe(entry.id, entry.check, path, ProbeResult.CATCH_ALL, status=reply.status)


def protected(entry: Entry, path: str, reply: Reply) -> PathProbe:
    """It is there, and it is shut."""
    return PathProbe(entry.id, entry.check, path, ProbeResult.PROTECTED, status=reply.status)


def linked(held_back: Iterable[Entry], one: Candidate) -> Iterator[PathProbe]:
    """What a proved list of links names, told without being asked."""
    for entry in held_back:
        if entry.link and at(one.reply.json, entry.link) is not None:
            yield PathProbe(
                entry.id,
                entry.check,
                entry.paths[0],
                ProbeResult.PROVED,
                severity=entry.severity,
                title=entry.title,
                product=entry.product or entry.id,
                proof=f"{entry.link} at {one.path}",
                confidence="firm",
                note="told from the list of links, it was not asked",
                weakness=f"CWE-{entry.cwe}, OWASP {entry.owasp_2021}:2021",
                remedy=entry.remediation,
            )


def not_asked(entry: Entry) -> PathProbe:
    """What is asked only with the operator's word."""
    return PathProbe(
        entry.id, entry.check, entry.paths[0], ProbeResult.NOT_ASKED, detail=entry.opt_in
    )


def once(one: Candidate) -> PathProbe:
    """Proved at first and not on three further looks: a note, no finding."""
    return PathProbe(
        one.entry.id, one.entry.check, one.path, ProbeResult.ONCE, status=one.reply.status
    )


def found(one: Candidate, confirmations: int) -> PathProbe:
    """A proved path: nothing of its body but what may be shown."""
    entry, reply = one.entry, one.reply
    graded = grade(entry, one.path, reply)
    return PathProbe(
        entry.id,
        entry.check,
        one.path,
        ProbeResult.PROVED,
        severity=graded.severity,
        title=entry.title,
        product=entry.product or entry.id,
        status=reply.status,
        content_type=reply.fields.get("content-type", "")[:100],
        proof=one.proof.name,
        confidence=_confidence(entry, one.proof),
        excerpt=excerpt(entry.check, one.proof.name, reply),
        controls=one.controls,
        confirmations=confirmations,
        told=graded.told,
        note=graded.note,
        version=version(entry, reply),
        weakness=f"CWE-{entry.cwe}, OWASP {entry.owasp_2021}:2021",
        remedy=entry.remediation,
        volatile={"size": len(reply.body), "sha256": hashlib.sha256(reply.body).hexdigest()},
    )


def announced(row: PathProbe, options: Options) -> PathProbe:
    """The description of an API that the operator's inventory calls public is information."""
    if row.check != "api-description" or not options.is_public_api:
        return row
    note = "the host is an announced API"
    return msgspec.structs.replace(row, severity="info", note=note)


def _confidence(entry: Entry, proof: Proof) -> str:
    return "certain" if proof.is_grammar and not entry.weak else "firm"


def products(candidates: Iterable[Candidate]) -> frozenset[str]:
    """The distinct products that a host claims to be."""
    return frozenset(_product(one.entry) for one in candidates)


def _product(entry: Entry) -> str:
    return "files" if entry.check in FILES else entry.product or entry.id


def aggregated(rows: list[PathProbe], most: int) -> tuple[tuple[PathProbe, ...], tuple[str, ...]]:
    """Every row; those of a host that claims to be everything are suppressed, and it is named."""
    proved = [one for one in rows if one.result is ProbeResult.PROVED]
    claimed = {"files" if one.check in FILES else one.product for one in proved}
    if len(claimed) <= most:
        return tuple(rows), ()
    kept = tuple(
        msgspec.structs.replace(one, result=ProbeResult.SUPPRESSED)
        if one.result is ProbeResult.PROVED
        else one
        for one in rows
    )
    return kept, tuple(sorted(claimed))
