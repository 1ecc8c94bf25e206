"""One site: calibrate, probe, control, confirm (exposure.md 2 and 3)."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import msgspec

from scanner.formats.catalogue import Catalogue
from scanner.formats.exposure.entry import Entry, Proof, holds, proved
from scanner.formats.exposure.reply import LARGEST, LARGEST_JSON, Reply
from scanner.formats.exposure.shape import filled, is_alike, siblings
from scanner.gather.exposure import rows
from scanner.gather.exposure.asker import (
    PAUSE_SECONDS,
    REDIRECTS,
    Asker,
    SiteStoppedError,
    invent,
    is_unsettled,
)
from scanner.gather.http.site import Site
from scanner.observation import NotObservedError, Reason
from scanner.observation.exposure import PathProbe, PathProbes

MOST_PRODUCTS = 12
CONFIRMATIONS = 3
RESERVE = 8  # a path and its controls, a watch, the other methods
MOST_SCRIPTS = 3
RANDOM, SOURCE_MAP = "{random}", "{sourcemap}"
LISTING = "dirlist"
_SCRIPT = re.compile(r"(?i)<script\b[^>]*\bsrc=[\"']?([^\"'\s>]{1,300})")
_MAP = re.compile(rb"//[#@] sourceMappingURL=([\w./?=&%~@\-]{1,300})\s*\Z")


class Options(NamedTuple):
    """What the operator allowed and chose."""

    plan: str = "standard"
    checks: frozenset[str] | None = None
    allow_heap_dump: bool = False
    is_public_api: bool = False
    respects_robots: bool = False


class Candidate(NamedTuple):
    """A path that was proved and whose controls were not."""

    entry: Entry
    path: str
    reply: Reply
    proof: Proof
    controls: tuple[str, ...]
    at: float


class Prober:
    """The state of one site's scan."""

    def __init__(self, site: Site, catalogue: Catalogue, options: Options) -> None:
        self.options = options
        self.catalogue = catalogue
        self._all = tuple(rows.chosen(catalogue.entries, options))
        host = site.subject.host
        self._held_back = [one for one in catalogue.entries if rows.is_held_back(one, options)]
        self._names = {"host": host, "label": rows.label(host)}
        self.asker = Asker(site, rows.budget(self._all, options.plan), self._void)
        self._site = site
        self.rows: list[PathProbe] = []
        self.candidates: list[Candidate] = []
        self._absent: list[tuple[str, str, int]] = []
        self._good = 0
        self._shared = Counter(path for one in self._all for path in self._paths(one))
        self._kept: dict[str, Reply] = {}
        self._controls: dict[str, Reply | None] = {}
        self.home = self.calibration = Reply(0, b"")
        self._maps: list[str] | None = None

    async def run(self) -> None:
        """Everything; what could not be asked is said in rows of its own."""
        waiting = iter(self._all)
        entry: Entry | None = None
        try:
            for entry in waiting:
                await self._probe_entry(entry)
                if len(rows.products(self.candidates)) > MOST_PRODUCTS:
                    break
            await self.asker.watch()
            await self._confirm()
        except SiteStoppedError as stop:
            self._stop(stop, [*([entry] if entry else []), *waiting])
            raise
        self.rows += [
            rows.unknown(
                one, one.paths[0], Reason.MALFORMED_REPLY, "the host claims to be too much"
            )
            for one in waiting
        ]

    async def begin(self) -> None:
        """Home and calibration; raise where the site does not let us look."""
        if self.options.respects_robots:
            await self.asker.obey_robots()
        self.home = await self.asker.settled("/")
        if (where := self._own_hop(self.home)) is not None:
            self.home = await self.asker.settled(where)
            self.home.path = "/"
        self.calibration = await self.asker.calibrate()
        rows.refuse_guarded(self.home, self.calibration)
        self._kept["/"] = self.home

    def _own_hop(self, reply: Reply) -> str | None:
        """Where the home page leads, within the same scheme, host and port."""
        place = reply.fields.get("location", "")
        if reply.status not in REDIRECTS or not place or not place.isascii() or " " in place:
            return None
        try:
            url = urlsplit(urljoin(f"{self._site.base}/", place))
        except ValueError:
            return None
        if f"{url.scheme}://{url.netloc}" != self._site.base or url.path == "/":
            return None
        return (url.path or "/") + (f"?{url.query}" if url.query else "")

    def _paths(self, entry: Entry) -> tuple[str, ...]:
        paths = entry.paths[:1] if self.options.plan == "quick" else entry.paths
        return tuple(filled(one, self._names) for one in paths)

    async def _probe_entry(self, entry: Entry) -> None:
        for template, path in zip(entry.paths, self._paths(entry), strict=False):
            for one in await self._asked(path):
                try:
                    found = await self._probe(entry, one, template)
                except NotObservedError as error:
                    self.rows.append(rows.unknown(entry, one, error.reason, error.detail))
                    continue
                if found and not entry.every:
                    return

    async def _asked(self, path: str) -> list[str]:
        return await self._source_maps() if path == SOURCE_MAP else [path]

    async def _probe(self, entry: Entry, path: str, template: str) -> bool:
        reply = await self._look(entry, path)
        proof = proved(entry, reply)
        if proof is None:
            self._nothing(entry, path, reply)
            return False
        if path in {"/", RANDOM} or reply.path == "/":
            if path != RANDOM and not entry.weak and await self._is_everywhere(entry, proof):
                self.rows.append(rows.catch_all(entry, path, reply))
                return False
            return self._queue(entry, path, reply, proof, ())
        seen: list[str] = []
        for pair in siblings(template, invent).items():
            shape, control = (filled(one, self._names) for one in pair)
            other = await self._control(shape, control)
            if other is None:
                text = f"its control {shape} got no answer that settles it"
                self.rows.append(rows.unknown(entry, path, Reason.MALFORMED_REPLY, text))
                return False
            other.named = path
            if proved(entry, other) or (entry.weak and is_alike(reply, path, other, other.path)):
                self.rows.append(rows.catch_all(entry, path, reply))
                return False
            seen.append(f"{shape} {other.status}")
        return self._queue(entry, path, reply, proof, tuple(seen))

    async def _is_everywhere(self, entry: Entry, proof: Proof) -> bool:
        """Whether a document or listing of the start page is that of an invented path as well.

        A page of the start page may well stand at every path: a login, a placeholder.
        """
        if proof.parser == LISTING:
            other = await self._control(f"/*/ {LISTING}", f"/q{invent(10)}/")
        elif proof.class_ == "html":
            return False
        else:
            other = self.calibration
        return other is not None and proved(entry, other) is not None

    def _queue(
        self, entry: Entry, path: str, reply: Reply, proof: Proof, seen: tuple[str, ...]
    ) -> bool:
        at = asyncio.get_running_loop().time()
        self.candidates.append(Candidate(entry, path, reply, proof, seen, at))
        return True

    def _nothing(self, entry: Entry, path: str, reply: Reply) -> None:
        if is_unsettled(reply) and path != RANDOM:
            text = f"it is answered with status {reply.status}, twice"
            self.rows.append(rows.unknown(entry, path, Reason.MALFORMED_REPLY, text))
            return
        if is_unfinished(entry, reply):
            text = "its body did not come whole"
            self.rows.append(rows.unknown(entry, path, Reason(reply.broken), text))
            return
        if any(holds(one, reply) for one in entry.closed):
            self.rows.append(rows.protected(entry, path, reply))
            return
        if reply.status in entry.unsupported and reply.status != self.calibration.status:
            text = f"GET is answered with {reply.status}, and nothing else is sent"
            self.rows.append(rows.unknown(entry, path, Reason.NOT_SUPPORTED_BY_US, text))
            return
        self._absent.append((entry.id, path, reply.status))

    async def _look(self, entry: Entry, path: str) -> Reply:
        """The answer at a path; asked once, whatever number of entries want it."""
        if path == RANDOM:
            return self.calibration
        if (known := self._kept.get(path)) is None:
            most = entry.read_bytes or LARGEST
            known = await self.asker.following(path, most_bytes=most)
            if self._shared[path] > 1:
                self._kept[path] = known
        wants_more = entry.is_json and known.is_cut and not known.is_html
        if wants_more and known.data.lstrip()[:1] in {b"{", b"["} and len(known.body) <= LARGEST:
            known = await self.asker.following(path, most_bytes=LARGEST_JSON)
        return known

    async def _control(self, shape: str, path: str) -> Reply | None:
        """One control a shape; a second try with another name where the first told nothing."""
        if shape in self._controls:
            return self._controls[shape]
        self._controls[shape] = None
        for attempt in range(2):
            if attempt:
                await asyncio.sleep(PAUSE_SECONDS)
            name = re.sub(r"\bq[a-z]{10}\b", lambda _: f"q{invent(10)}", path) if attempt else path
            try:
                seen = await self.asker.get(name)
            except NotObservedError:
                continue
            if not is_unsettled(seen) and not seen.broken:
                self._controls[shape] = seen
                break
        return self._controls[shape]

    async def _confirm(self) -> None:
        """The proof again, later: one of three further looks (exposure.md 3)."""
        waiting, self.candidates = self.candidates, []
        settled: list[Candidate] = []
        try:
            for one in waiting:
                self.rows.append(await self._confirmed(one))
                settled.append(one)
        except SiteStoppedError:
            self.candidates = [one for one in waiting if one not in settled]
            raise

    async def _confirmed(self, one: Candidate) -> PathProbe:
        age = asyncio.get_running_loop().time() - one.at
        await asyncio.sleep(max(0.0, PAUSE_SECONDS - age))
        missing: NotObservedError | None = None
        answered = 0
        for number in range(CONFIRMATIONS):
            if number:
                await asyncio.sleep(PAUSE_SECONDS / 2)
            try:
                again = await self._again(one)
            except NotObservedError as error:
                missing = error
                continue
            answered += 1
            if proved(one.entry, again):
                self.rows += rows.linked(self._held_back, one)
                return rows.announced(rows.found(one, number + 1), self.options)
        if missing and not answered:
            return rows.unknown(one.entry, one.path, missing.reason, "it could not be seen again")
        return rows.once(one)

    async def _again(self, one: Candidate) -> Reply:
        if one.path == RANDOM:
            return await self.asker.get(f"/{invent()}")
        if one.path == "/":
            reply = await self.asker.get("/")
            where = self._own_hop(reply)
            return await self.asker.get(where) if where is not None else reply
        most = len(one.reply.body) if one.reply.is_cut else LARGEST
        return await self.asker.following(one.path, most_bytes=max(most, 64))

    async def _source_maps(self) -> list[str]:
        """Maps that scripts of the home page name, on this site, at most three."""
        if self._maps is not None:
            return self._maps
        self._maps = []
        for script in self._scripts():
            try:
                seen = await self.asker.get(script, most_bytes=LARGEST_JSON)
            except NotObservedError:
                continue
            named = seen.fields.get("sourcemap") or seen.fields.get("x-sourcemap") or ""
            if not named and (found := _MAP.search(seen.data[-400:])):
                named = found[1].decode("latin-1")
            self._maps += self._local(named, script)
        return self._maps

    def _scripts(self) -> list[str]:
        found = (self._local(one, "/") for one in _SCRIPT.findall(self.home.text))
        return list(dict.fromkeys(path for paths in found for path in paths))[:MOST_SCRIPTS]

    def _local(self, named: str, script: str) -> list[str]:
        if not re.fullmatch(r"[\w./?=&%~@:\-]{1,300}", named, re.ASCII):
            return []
        try:
            url = urlsplit(urljoin(f"{self._site.base}{script}", named))
        except ValueError:
            return []
        if f"{url.scheme}://{url.netloc}" != self._site.base:
            return []
        return [url.path + (f"?{url.query}" if url.query else "")]

    def _void(self, status: int | None) -> None:
        """Called by the watch: all is well until here, or this status was a guard's."""
        if status is not None:
            self._unsettle(lambda seen: seen == status)
        self._good = len(self._absent)

    def _unsettle(self, suspect: Callable[[int], bool]) -> None:
        """What looked absent since the site last answered as usual is not known."""
        by_id = {one.id: one for one in self._all}
        kept = self._absent[: self._good]
        for entry, path, status in self._absent[self._good :]:
            if suspect(status):
                text = "the site answered otherwise than usual just then"
                self.rows.append(rows.unknown(by_id[entry], path, Reason.BLOCKED, text))
            else:
                kept.append((entry, path, status))
        self._absent = kept

    def _stop(self, stop: SiteStoppedError, left: list[Entry]) -> None:
        if stop.reason in {Reason.BLOCKED, Reason.RATE_LIMITED}:
            self._unsettle(lambda _: True)
        for one in self.candidates:
            self.rows.append(rows.unknown(one.entry, one.path, stop.reason, stop.detail))
        self.candidates = []
        self.rows += [rows.unknown(one, one.paths[0], stop.reason, stop.detail) for one in left]

    def told(self) -> Iterator[tuple[str, int]]:
        """Of each check, how many paths were asked and had nothing."""
        checks: Mapping[str, str] = {one.id: one.check for one in self._all}
        yield from sorted(Counter(checks[entry] for entry, _, _ in self._absent).items())

    def result(self, stop: SiteStoppedError | None) -> PathProbes:
        """What is kept of all this."""
        kept, products = rows.aggregated(self.rows, MOST_PRODUCTS)
        told = {one.entry for one in kept}
        skipped = [one for one in self._held_back if one.id not in told]
        return PathProbes(
            probes=(*kept, *map(rows.not_asked, skipped)),
            base=self._site.base,
            plan=self.options.plan,
            catalogue=self.catalogue.digest,
            asked=dict(self.told()),
            stopped=stop.reason if stop else None,
            detail=stop.detail if stop else "",
            products=products,
            volatile={"requests": self.asker.requests},
        )


def is_unfinished(entry: Entry, reply: Reply) -> bool:
    """Whether the rest of a body that never came could have proved the entry."""
    could_be = not reply.is_html or any(one.class_ not in {"file", "json"} for one in entry.proof)
    return bool(reply.broken) and reply.status in entry.statuses and could_be


def replaced(made: PathProbes, **changes: object) -> PathProbes:
    """The same with other values."""
    return msgspec.structs.replace(made, **changes)
