"""Runs a user's templates on one site: identical requests once, hits controlled and confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urljoin, urlsplit

from scanner.formats.exposure.reply import LARGEST, Reply
from scanner.formats.exposure.shape import siblings
from scanner.gather.exposure.asker import PAUSE_SECONDS, REDIRECTS, SiteStoppedError, invent
from scanner.gather.exposure.prober import CONFIRMATIONS, Prober
from scanner.observation import NotObservedError, Reason
from scanner.observation.exposure import ProbeResult, TemplateHit, TemplateRun
from scanner.template.folder import Library
from scanner.template.model import Template
from scanner.template.run import Match, Run, Where, Wish
from scanner.template.values import Answer

MOST_REQUESTS = 2500
MOST_HOPS = 3
MOST_HITS = 200
Move: TypeAlias = Callable[[str], str]


class _Seen(NamedTuple):
    """The chain of answers to one wish, the last first, or why there is none."""

    chain: list[Answer]
    reason: Reason | None = None


async def run_templates(prober: Prober, library: Library) -> TemplateRun:
    """Every template in turn; what was not run when the site ended is counted."""
    prober.asker.budget = prober.asker.requests + MOST_REQUESTS
    runner = _Runner(prober)
    done = 0
    try:
        for template in library.templates:
            await runner.run(template)
            done += 1
        await prober.asker.watch()
    except SiteStoppedError as stop:
        runner.stopped(stop)
    return TemplateRun(
        run=done,
        set_aside=len(library.aside),
        refused=library.reasons,
        hits=tuple(runner.hits[:MOST_HITS]),
        not_run=len(library.templates) - done + runner.skipped,
        digest=library.digest,
    )


def not_run(library: Library) -> TemplateRun:
    """What is said of templates where the site ended before their turn."""
    return TemplateRun(
        run=0,
        set_aside=len(library.aside),
        refused=library.reasons,
        not_run=len(library.templates),
        digest=library.digest,
    )


class _Runner:
    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._asker = prober.asker
        self._base = prober.asker.site.base
        self._known: dict[tuple[object, ...], _Seen] = {}
        self.hits: list[TemplateHit] = []
        self.skipped = 0

    def stopped(self, stop: SiteStoppedError) -> None:
        """Hits of a site that a guard closed are not believed."""
        if stop.reason is Reason.BLOCKED:
            self.hits = []

    async def run(self, template: Template) -> None:
        """One template: its matches, then controls and confirmation of each."""
        made = await self._ran(template)
        self.skipped += bool(made.skipped) and not made.matches
        for name, first in {(one.name, one.url): one for one in reversed(made.matches)}.items():
            del name
            self.hits.append(await self._hit(template, first))

    async def _ran(
        self,
        template: Template,
        only: Where | None = None,
        *,
        move: Move | None = None,
        is_fresh: bool = False,
    ) -> Run:
        """Drive a template to its end; ``move`` sends its requests to invented names."""
        made = Run(template, self._base, only)
        going = made.go()
        jar: dict[str, str] = {}
        try:
            wish = next(going)
            while True:
                seen = await self._answered(_moved(wish, move), jar, is_fresh=is_fresh)
                if seen.reason:
                    made.skipped.append(str(seen.reason))
                wish = going.send(seen.chain)
        except StopIteration:
            return made

    async def _answered(self, wish: Wish, jar: dict[str, str], *, is_fresh: bool) -> _Seen:
        headers = wish.headers
        if wish.has_jar and jar:
            cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
            headers = (*headers, ("Cookie", cookie))
        key = (wish.method, wish.url, headers, wish.redirects, wish.max_redirects, wish.max_size)
        seen = None if is_fresh else self._known.get(key)
        if seen is None:
            seen = await self._chain(wish, dict(headers))
            if not is_fresh:
                self._known[key] = seen
        for answer in seen.chain:
            jar |= _cookies(answer)
        return seen

    async def _chain(self, wish: Wish, headers: Mapping[str, str]) -> _Seen:
        """The answer, and those behind redirects that the template follows on this site."""
        path = wish.url.removeprefix(self._base) or "/"
        most = min(LARGEST, wish.max_size or LARGEST)
        chain: list[Answer] = []
        hops = min(wish.max_redirects, MOST_HOPS) if wish.redirects else 0
        for _ in range(hops + 1):
            try:
                reply = await self._reply(path, wish.method, headers, most)
            except NotObservedError as error:
                return _Seen(chain, error.reason) if not chain else _Seen(chain)
            chain.insert(0, _answer(reply, f"{self._base}{path}"))
            where = self._next(reply, path)
            if where is None:
                break
            path = where
        return _Seen(chain)

    async def _reply(self, path: str, method: str, headers: Mapping[str, str], most: int) -> Reply:
        if path == "/" and method == "GET" and not headers and self._prober.home.status == 200:  # noqa: PLR2004
            return self._prober.home
        return await self._asker.get(path, method=method, headers=headers, most_bytes=most)

    def _next(self, reply: Reply, path: str) -> str | None:
        place = reply.fields.get("location", "")
        if reply.status not in REDIRECTS or not place.isascii() or not place or " " in place:
            return None
        try:
            url = urlsplit(urljoin(f"{self._base}{path}", place))
        except ValueError:
            return None
        if f"{url.scheme}://{url.netloc}" != self._base:
            return None
        return (url.path or "/") + (f"?{url.query}" if url.query else "")

    async def _hit(self, template: Template, found: Match) -> TemplateHit:
        path = found.url.removeprefix(self._base) or "/"
        result, controls = ProbeResult.PROVED, []
        for shape, control in siblings(path, invent).items():
            again = await self._ran(template, found.where, move=_to(path, control))
            if any(one.name == found.name for one in again.matches):
                result = ProbeResult.CATCH_ALL
                break
            if again.skipped:
                result = ProbeResult.UNKNOWN
            controls.append(f"{shape}: no match")
        if result is ProbeResult.PROVED:
            result = await self._confirmed(template, found)
        return _told(self._prober, template, found, path, result, tuple(controls))

    async def _confirmed(self, template: Template, found: Match) -> ProbeResult:
        for _ in range(CONFIRMATIONS):
            await asyncio.sleep(PAUSE_SECONDS / 2)
            again = await self._ran(template, found.where, is_fresh=True)
            if any(one.name == found.name for one in again.matches):
                return ProbeResult.PROVED
        return ProbeResult.UNKNOWN


def _to(path: str, control: str) -> Move:
    return lambda asked: control if asked == path else f"/{invent()}{asked}"


def _moved(wish: Wish, move: Move | None) -> Wish:
    if move is None:
        return wish
    parts = urlsplit(wish.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return wish._replace(url=f"{parts.scheme}://{parts.netloc}{move(path)}")


def _answer(reply: Reply, url: str) -> Answer:
    return Answer(reply.status, reply.pairs, reply.body, url)


def _cookies(answer: Answer) -> dict[str, str]:
    made = {}
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            key, mark, rest = value.partition(";")[0].partition("=")
            if mark:
                made[key.strip()] = rest.strip()
    return made


SEVERITIES = {"critical": "high"}  # a template's word is no proof (exposure.md 4.7)


def _told(
    prober: Prober,
    template: Template,
    found: Match,
    path: str,
    result: ProbeResult,
    controls: tuple[str, ...],
) -> TemplateHit:
    same = [one for one in prober.rows if one.path == path and one.result is ProbeResult.PROVED]
    confirmed: dict[str, Any] = {"merged": same[0].entry} if same else {}
    return TemplateHit(
        template=template.id,
        matcher=found.name,
        name=template.name,
        path=path[:300],
        severity=SEVERITIES.get(template.severity, template.severity),
        result=result,
        confidence="firm" if found.is_structural else "tentative",
        values=tuple(f"{value[:4]}…" for value in found.values[:5]),
        references=template.references,
        remedy=template.remedy,
        controls=controls,
        reason=Reason.MALFORMED_REPLY if result is ProbeResult.UNKNOWN else None,
        detail="it did not match again" if result is ProbeResult.UNKNOWN else "",
        **confirmed,
    )
