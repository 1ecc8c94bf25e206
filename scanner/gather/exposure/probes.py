"""Path probes with their controls: a proof, its failing elsewhere, and the proof again."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import string

from scanner.formats.answer import blocked
from scanner.formats.catalogue import Catalogue
from scanner.formats.proof import LARGEST, Entry, proved, redacted
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.site import Fetched, Site, visit
from scanner.observation import (
    Every,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Unobserved,
)
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult
from scanner.observation.web import HttpAnswer, HttpExchange, HttpsAnswer

MOST_FAILURES = 6
PAUSE = 1.0
SITE_SECONDS = 300.0
REQUEST_SECONDS = 5.0
HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


@gatherer(PathProbes)
async def path_probes(on: Context, secure: Every[HttpsAnswer], plain: Every[HttpAnswer]) -> Places:
    """Each host's live service, https before http, at its first address that answered."""
    if not on.authorised_by:
        text = "exposed paths are asked for only with --authorised-by"
        raise NotObservedError(Reason.NOT_AUTHORISED, text)
    places: dict[Place, Observation] = {}
    live = _live(secure) | {
        host: place for host, place in _live(plain).items() if host not in _live(secure)
    }
    for place, home in live.values():
        places[Place(place.subject)] = await _probe_site(on, place, home)
    if not places:
        return {place: seen for place, seen in secure.seen if not isinstance(seen, Observed)}
    return places


def _live(
    answers: Every[HttpsAnswer] | Every[HttpAnswer],
) -> dict[str, tuple[Place, HttpExchange]]:
    found: dict[str, tuple[Place, HttpExchange]] = {}
    for place, seen in answers.seen:
        if isinstance(seen, Observed):
            found.setdefault(place.subject.host, (place, seen.value.exchange))
    return found


async def _probe_site(on: Context, place: Place, home: HttpExchange) -> Observation:
    try:
        async with visit(on, place.subject, place.address or "", seconds=SITE_SECONDS) as site:
            prober = _Prober(site)
            return on.observed(await prober.run(on.lists[Catalogue], home), site.address)
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)


class _Prober:
    """One site: calibrate, probe, control, confirm."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._controls: dict[str, Fetched | None] = {}
        self._failures = 0
        self._requests = 0

    async def run(self, catalogue: Catalogue, home: HttpExchange) -> PathProbes:
        """Every entry, the gravest first; raise where the site does not let us look."""
        calibration = await self._ask(f"/{_random()}")
        if (reason := blocked(calibration.exchange)) and blocked(home):
            text = f"even an invented path is answered by a guard ({calibration.exchange.status})"
            raise NotObservedError(reason, text, reached=True)
        if calibration.exchange.status >= 500:  # noqa: PLR2004 - RFC 9110 15.6
            text = f"even an invented path is answered with {calibration.exchange.status}"
            raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
        probes = [
            await self._probe(entry, path) for entry in catalogue.entries for path in entry.paths
        ]
        return PathProbes(tuple(probes), self._requests)

    async def _probe(self, entry: Entry, path: str) -> PathProbe:
        if self._failures >= MOST_FAILURES:
            return _unknown(entry, path, Reason.BUDGET_EXHAUSTED, "the site stopped answering")
        try:
            answer = await self._ask(path)
            self._failures = 0
            return await self._judge(entry, path, answer)
        except NotObservedError as error:
            self._failures += 1
            return _unknown(entry, path, error.reason, error.detail)

    async def _judge(  # noqa: PLR0911 - the order of exposure.md 3
        self, entry: Entry, path: str, answer: Fetched
    ) -> PathProbe:
        status = answer.exchange.status
        if reason := blocked(answer.exchange):
            if status == 429:  # noqa: PLR2004 - RFC 6585 4
                return _unknown(entry, path, reason, "the site asked us to slow down")
            return PathProbe(entry.id, entry.check, path, ProbeResult.ABSENT, status=status)
        proof = proved(entry, status, answer.body)
        if not proof:
            return PathProbe(entry.id, entry.check, path, ProbeResult.ABSENT, status=status)
        for control in _siblings(path):
            if (seen := await self._control(control)) is None:
                return _unknown(entry, path, Reason.MALFORMED_REPLY, "its control got no answer")
            if proved(entry, seen.exchange.status, seen.body):
                return PathProbe(entry.id, entry.check, path, ProbeResult.CATCH_ALL, status=status)
        await asyncio.sleep(PAUSE)
        again = await self._ask(path)
        if not proved(entry, again.exchange.status, again.body):
            return _unknown(entry, path, Reason.MALFORMED_REPLY, "a second look did not prove it")
        return _proved(entry, path, proof, answer)

    async def _control(self, path: str) -> Fetched | None:
        """One control a shape; a second try with another name where the first got no answer."""
        shape = re.sub(r"q[a-z]{10}", "q*", path)
        if shape not in self._controls:
            self._controls[shape] = await self._settled(path)
        return self._controls[shape]

    async def _settled(self, path: str) -> Fetched | None:
        for _ in range(2):
            try:
                seen = await self._ask(path)
            except NotObservedError:
                seen = None
            if seen and seen.exchange.status not in {408, 429} and seen.exchange.status < 500:  # noqa: PLR2004
                return seen
            await asyncio.sleep(PAUSE)
        return None

    async def _ask(self, path: str) -> Fetched:
        self._requests += 1
        return await self._site.fetch(
            path, headers=HEADERS, most_bytes=LARGEST, seconds=REQUEST_SECONDS
        )


def _siblings(path: str) -> tuple[str, ...]:
    """Names of the same shape that nobody gave a file (exposure.md 3)."""
    folder, _, name = path.rpartition("/")
    dot = "." if name.startswith(".") else ""
    extension = name.lstrip(".").partition(".")[2]
    invented = f"{dot}q{_random(10)}" + (f".{extension}" if extension else "")
    same_folder = f"{folder}/{invented}"
    if not folder:
        return (same_folder,)
    first, *rest = path.removeprefix("/").split("/")
    moved = ("." if first.startswith(".") else "") + f"q{_random(10)}"
    return same_folder, "/" + "/".join((moved, *rest))


def _random(length: int = 12) -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(length))


def _unknown(entry: Entry, path: str, reason: Reason, detail: str) -> PathProbe:
    return PathProbe(entry.id, entry.check, path, ProbeResult.UNKNOWN, reason=reason, detail=detail)


def _proved(entry: Entry, path: str, proof: str, answer: Fetched) -> PathProbe:
    return PathProbe(
        entry.id,
        entry.check,
        path,
        ProbeResult.PROVED,
        severity=entry.severity,
        status=answer.exchange.status,
        proof=proof,
        excerpt=redacted(proof, answer.body),
        size=len(answer.body),
        sha256=hashlib.sha256(answer.body).hexdigest(),
    )
