"""One OPTIONS, and one TRACE where its check is selected: the only other methods there are."""

from __future__ import annotations

from scanner.formats.exposure.entry import Entry, proved
from scanner.formats.exposure.pages import methods
from scanner.formats.exposure.reply import Reply
from scanner.gather.exposure import rows
from scanner.gather.exposure.prober import Candidate, Prober
from scanner.observation import NotObservedError
from scanner.observation.exposure import PathProbe, ProbeResult


async def ask_methods(prober: Prober) -> None:
    """Every entry whose path begins with a method; ``/`` alone is asked."""
    wanted = prober.options.checks
    for entry in prober.catalogue.entries:
        if entry.check not in rows.METHODS or (wanted is not None and entry.check not in wanted):
            continue
        prober.rows.append(await _asked(prober, entry))


async def _asked(prober: Prober, entry: Entry) -> PathProbe:
    method, _, path = entry.paths[0].partition(" ")
    try:
        reply = await prober.asker.get(path, method=method)
    except NotObservedError as error:
        if method == "TRACE" and error.reached:  # closed without an answer: not echoed
            return _row(entry, Reply(0, b""), ProbeResult.ABSENT)
        return rows.unknown(entry, entry.paths[0], error.reason, error.detail)
    proof = proved(entry, reply)
    if proof is None:
        return _row(entry, reply, ProbeResult.ABSENT)
    return rows.found(Candidate(entry, entry.paths[0], reply, proof, (), 0.0), 0)


def _row(entry: Entry, reply: Reply, result: ProbeResult) -> PathProbe:
    claimed = ", ".join(sorted(methods(reply) & {"PUT", "DELETE", "MKCOL", "PROPFIND"}))
    return PathProbe(
        entry.id, entry.check, entry.paths[0], result, status=reply.status, note=claimed
    )
