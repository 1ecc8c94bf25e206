"""A template on a target, without a socket: wishes go out, answers come in, matches are left.

The generator yields a ``Wish`` and is sent the chain of answers to it, the last first, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from scanner.template import dsl, match, values
from scanner.template.functions import DslError
from scanner.template.model import Ask, Block, Matcher, Template
from scanner.template.values import Answer

OURS = frozenset(
    {"user-agent", "host", "content-length", "connection", "accept-encoding", "transfer-encoding"}
)
_NUMBERED = re.compile(r"[A-Za-z]_(\d{1,2})\b")


class Wish(NamedTuple):
    """A request that a template wants: its URL lies on the target."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    redirects: str = ""
    max_redirects: int = 0
    same_scheme: bool = False
    max_size: int = 0
    has_jar: bool = False


class Where(NamedTuple):
    """Which request of a template matched: block, request, payload."""

    block: int
    ask: int
    payload: int


class Match(NamedTuple):
    """One finding of a template."""

    where: Where | None
    name: str
    url: str
    values: tuple[str, ...]
    is_structural: bool
    has_matchers: bool


class OutOfScopeError(ValueError):
    """A request that would leave the target."""


Chain: TypeAlias = "list[Answer]"
Running: TypeAlias = Generator[Wish, Chain, None]


class Run:
    """One template on one target; ``only`` repeats a single request of it."""

    def __init__(self, template: Template, target: str, only: Where | None = None) -> None:
        self.template = template
        self.matches: list[Match] = []
        self.skipped: list[str] = []
        self._target = values.of_target(target)
        self._base = urlsplit(target)
        self._only = only
        self._extracted: dict[str, Any] = {}
        self._own = self._variables()

    def _variables(self) -> dict[str, Any]:
        """Evaluated once: a random value is the same in all requests to a target."""
        made: dict[str, Any] = {}
        for name, text in self.template.variables:
            try:
                made[name] = dsl.rendered(text, {**self._target, **made})
            except DslError:
                made[name] = text
        return {**made, **dict(self.template.constants)}

    def go(self) -> Running:
        """Every block: in a flow until one has nothing, else each for itself."""
        for number, block in enumerate(self.template.blocks):
            if self._only and self._only.block != number:
                continue
            matched = yield from self._block(number, block)
            if self.template.is_flow and not matched:
                return
            if self.template.stop_at_first and self.matches:
                return

    def _block(self, number: int, block: Block) -> Generator[Wish, Chain, bool]:
        state = _State()
        highest = _highest(block)
        for where, ask, payload in self._asks(number, block):
            try:
                wish = self._wish(block, ask, payload)
            except OutOfScopeError as error:  # another port or host: the others may be ours
                self.skipped.append(str(error))
                state.count += 1
                continue
            if wish is None:
                return state.matched
            chain = yield wish
            state.count += 1
            for answer in chain:
                state.see(answer)
                if state.count < highest:
                    continue
                whole = where if not highest else None
                if self._judge(block, state, whole, wish.url):
                    state.matched = True
                    break
            if state.matched and (block.stop_at_first or self.template.stop_at_first):
                return True
        return state.matched or not (block.matchers or block.extractors)

    def _asks(self, number: int, block: Block) -> Iterator[tuple[Where, Ask, str]]:
        for place, payload in enumerate(block.payloads or ("",)):
            for index, ask in enumerate(block.asks):
                where = Where(number, index, place)
                if self._only in {None, where}:
                    yield where, ask, payload

    def _known(self, block: Block, payload: str) -> dict[str, Any]:
        known = {**self._extracted, **self._target, **self._own}
        return {**known, block.payload_name: payload} if block.payload_name else known

    def _wish(self, block: Block, ask: Ask, payload: str) -> Wish | None:
        known = self._known(block, payload)
        try:
            url = self._url(block, ask, known)
            headers = tuple(self._headers(ask, known))
        except DslError as error:
            self.skipped.append(str(error))
            return None
        return Wish(
            method=ask.method,
            url=url,
            headers=headers,
            redirects=block.redirects,
            max_redirects=block.max_redirects,
            same_scheme=block.same_scheme,
            max_size=block.max_size,
            has_jar=block.has_jar,
        )

    def _url(self, block: Block, ask: Ask, known: Mapping[str, Any]) -> str:
        path = dsl.rendered(ask.path, known)
        if ask.is_raw and path.startswith("/"):
            root = known["RootURL" if not block.automerge else "BaseURL"]
            path = f"{root}{path}"
        if "://" not in path:
            path = f"{self._base.scheme}://{path}"
        parts = urlsplit(path)
        if (parts.scheme, parts.netloc) != (self._base.scheme, self._base.netloc):
            message = f"{parts.netloc[:80]} is not the target"
            raise OutOfScopeError(message)
        query = f"?{parts.query}" if parts.query else ""
        whole = f"{parts.path or '/'}{query}"
        safe = "".join(one if "!" <= one <= "~" else _percent(one) for one in whole)
        return f"{parts.scheme}://{parts.netloc}{safe}"

    def _headers(self, ask: Ask, known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name, value in ask.headers:
            made = dsl.rendered(value, known)
            if name.lower() == "host" and made not in {known["Hostname"], known["Host"], ""}:
                message = f"the host {made[:80]} is not the target"
                raise OutOfScopeError(message)
            if name.lower() not in OURS and "\n" not in made and "\r" not in made:
                yield name, made

    def _judge(self, block: Block, state: _State, where: Where | None, url: str) -> bool:
        known = {**self._known(block, ""), **state.values}
        judged = match.judge(block, known)
        self._extracted |= judged.kept
        if judged.is_reported:
            for name in judged.names or ("",):
                self.matches.append(
                    Match(
                        where, name, url, judged.values, judged.is_structural, bool(block.matchers)
                    )
                )
        return judged.matched


class _State:
    """What a block has seen so far."""

    def __init__(self) -> None:
        self.count = 0
        self.matched = False
        self.values: dict[str, Any] = {}

    def see(self, answer: Answer) -> None:
        """The newest answer's values, and all of them under their number."""
        newest = values.dictionary(answer)
        self.values = {
            **{name: one for name, one in self.values.items() if _NUMBERED.search(f"x{name[-4:]}")},
            **newest,
            **values.numbered(newest, self.count),
        }


def _highest(block: Block) -> int:
    """The largest number that operators mention, 0 for none."""
    if len(block.asks) * max(1, len(block.payloads)) < 2:  # noqa: PLR2004 - one request has no number
        return 0
    texts = [text for one in block.matchers for text in _mentions(one)]
    texts += [
        text for one in block.extractors for text in (one.part, *one.items) if one.type == "dsl"
    ]
    numbers = [int(one) for text in texts for one in _NUMBERED.findall(text)]
    most = len(block.asks) * max(1, len(block.payloads))
    return max((one for one in numbers if one <= most), default=0)


def _mentions(one: Matcher) -> tuple[str, ...]:
    return (one.part, *one.items) if one.type == "dsl" else (one.part,)


def _percent(one: str) -> str:
    return "".join(f"%{byte:02X}" for byte in one.encode("utf-8", "replace"))
