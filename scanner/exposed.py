"""What the probes of a check's paths say: the same reading for every exposure check."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from scanner.finding import (
    Confidence,
    Judgement,
    Severity,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.observation import Reason
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult

MOST_PATHS = 8
RANDOM = "{random}"  # judged on the answer to an invented path


def exposed(probes: PathProbes, check: str) -> tuple[Judgement, ...]:
    """One failure for each proved path (its item); else what is not settled, else a pass.

    A path that a site answers like any other, or that a control disproved, is no finding; a pass
    needs every path of the plan answered (exposure.md 3).
    """
    rows = probes.of(check)
    proved = [one for one in rows if one.result is ProbeResult.PROVED]
    said = [_proved(probes, one) for one in proved]
    if any(not one.told for one in proved):
        return tuple(said)
    return (*said, _settled(probes, check, rows))


def _proved(probes: PathProbes, one: PathProbe) -> Judgement:
    evidence = tuple(evidence_of(probes, one))
    command = command_of(probes, one.path)
    confidence = Confidence(one.confidence)
    what = one.title or "what should not be public"
    place = "any invented path" if one.path == RANDOM else one.path
    if one.told:
        return informational(
            "At {path} anyone finds {what}: {note}.",
            path=place,
            what=what,
            note=one.note or "this is no failure",
            item=one.path,
            evidence=evidence,
            command=command,
            confidence=confidence,
        )
    severity = Severity(one.severity)
    if one.note:
        return failed(
            "At {path} anyone finds {what}: {note}.",
            path=place,
            what=what,
            note=one.note,
            item=one.path,
            severity=severity,
            evidence=evidence,
            command=command,
            confidence=confidence,
        )
    return failed(
        "At {path} anyone finds {what}.",
        path=place,
        what=what,
        item=one.path,
        severity=severity,
        evidence=evidence,
        command=command,
        confidence=confidence,
    )


def _settled(probes: PathProbes, check: str, rows: Sequence[PathProbe]) -> Judgement:
    notes = tuple(_notes(rows))
    if any(one.result is ProbeResult.SUPPRESSED for one in rows):
        return inconclusive(
            Reason.MALFORMED_REPLY,
            "The host claims to be {n} different products at once; what it shows proves nothing.",
            n=len(probes.products),
            evidence=notes,
        )
    unknown = [one for one in rows if one.result is ProbeResult.UNKNOWN]
    asked = probes.asked.get(check, 0)
    if unknown:
        return inconclusive(
            unknown[0].reason or Reason.TIMEOUT,
            "It could not be told of {paths}: {why}.",
            paths=_listed(unknown),
            why=unknown[0].detail or "no answer",
            evidence=notes,
        )
    if not rows and not asked:
        return inconclusive(
            probes.stopped or Reason.NOT_SELECTED,
            "Nothing was asked for it: {why}.",
            why=probes.detail or "the plan has no path for it",
        )
    return passed(
        "None of the {n} places that were asked has one (plan {plan}).",
        n=asked + sum(one.result is not ProbeResult.NOT_ASKED for one in rows),
        plan=probes.plan,
        evidence=notes,
    )


def _listed(rows: Sequence[PathProbe]) -> str:
    shown = ", ".join(one.path for one in rows[:MOST_PATHS])
    return shown + (f" and {len(rows) - MOST_PATHS} more" if len(rows) > MOST_PATHS else "")


def _notes(rows: Sequence[PathProbe]) -> Iterator[str]:
    """What is worth a line though it is no finding."""
    for one in rows:
        match one.result:
            case ProbeResult.CATCH_ALL:
                yield f"{one.path}: the site answers like this everywhere"
            case ProbeResult.ONCE:
                yield f"{one.path}: proved once, and not again on three further looks"
            case ProbeResult.PROTECTED:
                yield f"{one.path}: there and shut ({one.status})"
            case ProbeResult.NOT_ASKED:
                yield f"{one.path}: not asked ({one.detail}); --allow-heap-dump permits it"
            case ProbeResult.SUPPRESSED:
                yield f"{one.path}: {one.title}, not believed"
            case _:
                continue


def evidence_of(probes: PathProbes, one: PathProbe) -> Iterator[str]:
    """What was seen at a proved path: never its content."""
    size, digest = one.volatile.get("size", 0), one.volatile.get("sha256", "")
    kind = f", {one.content_type}" if one.content_type else ""
    if one.status is not None:
        yield f"{probes.base}{_path(one.path)}: status {one.status}{kind}, {size} bytes"
        yield f"SHA-256 {digest}; its content is not stored"
    if one.excerpt:
        yield f"shows {one.excerpt}"
    again = f", proved again at look {one.confirmations} of 3" if one.confirmations else ""
    yield f"proof: {one.proof} (catalogue {probes.catalogue}){again}"
    if one.controls:
        yield f"invented names do not: {', '.join(one.controls)}"
    yield from filter(None, (one.weakness, one.remedy))


def _path(path: str) -> str:
    return path.rpartition(" ")[2]


def command_of(probes: PathProbes, path: str) -> str:
    """The command with which an administrator sees the same."""
    method = path.partition(" ")[0] if " " in path else ""
    flags = f"-X {method} -i " if method else ""
    where = probes.base + _path("/" if path == RANDOM else path)
    invented = "no-such-page-here" if path == RANDOM else ""
    return f"curl -sk {flags}{shlex.quote(where + invented)} | head -c 400"


def shut_or_absent(probes: PathProbes, check: str, absent: str) -> tuple[Judgement, ...]:
    """As ``exposed``; where nothing of the kind is there at all, the rule does not apply."""
    said = exposed(probes, check)
    rows = probes.of(check)
    is_nothing = all(one.result is ProbeResult.CATCH_ALL for one in rows)
    if is_nothing and probes.asked.get(check) and not any(one.item for one in said):
        return (not_applicable("{absent}.", absent=absent),)
    return said


def probe_example(
    check: str, entry: str, path: str, severity: str, *, told: bool = False
) -> dict[ProbeResult, PathProbes]:
    """For examples: one path of a check, with each result it can have."""
    return {
        result: PathProbes(
            (
                PathProbe(
                    entry,
                    check,
                    path,
                    result,
                    severity=severity,
                    title="an example",
                    status=200,
                    proof="pattern",
                    told=told,
                    reason=Reason.TIMEOUT if result is ProbeResult.UNKNOWN else None,
                ),
            ),
            base="https://www.agency.example",
            catalogue="example",
        )
        for result in ProbeResult
        if result is not ProbeResult.ABSENT
    } | {ProbeResult.ABSENT: PathProbes((), asked={check: 3})}
