"""What could markup that an attacker injected do? One question each (CSP Level 3, 6.7; web.md 6.5).

Each enforced policy is asked, and something is allowed only where every one allows it (4.1.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from scanner.formats.csp import policy as of
from scanner.formats.csp.policy import Policy, sources
from scanner.formats.csp.source import WIDTHS, Kind, Source, Width, width


class Hole(NamedTuple):
    """Why one policy allows it: the directive, the token, and how sure it is.

    Without a directive no list governs; without a token the whole list does.
    """

    directive: str = ""
    token: str = ""
    width: Width = Width.CERTAIN


Test: TypeAlias = Callable[[tuple[Source, ...]], Hole | None]


class Question(NamedTuple):
    """One capability: its chain of directives, and when a list grants it."""

    name: str
    chain: tuple[str, ...]
    grants: Test
    is_script: bool = False
    is_form: bool = False


class Answer(NamedTuple):
    """Whether it is allowed, with the hole of each policy (``None`` for one that refuses)."""

    holes: tuple[Hole | None, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether every policy allows it; without a policy everything is allowed."""
        return None not in self.holes

    @property
    def width(self) -> Width:
        """How sure an answer is: as the least sure of its holes."""
        found = [one.width for one in self.holes if one]
        return min(found, key=WIDTHS.index, default=Width.CERTAIN)

    @property
    def is_ungoverned(self) -> bool:
        """Whether no policy has a list for it."""
        return all(one is not None and not one.directive for one in self.holes)

    @property
    def hole(self) -> Hole:
        """The hole that shows best: one with a token, else one with a directive."""
        found = [one for one in self.holes if one]
        return max(found, key=lambda one: (bool(one.token), bool(one.directive)), default=Hole())


def ask(policies: Iterable[Policy], question: Question) -> Answer:
    """Ask every enforced policy."""
    return Answer(tuple(_hole(one, question) for one in policies))


def _hole(policy: Policy, question: Question) -> Hole | None:
    if (question.is_script and policy.stops_scripts) or (question.is_form and policy.stops_forms):
        return None
    name = policy.name_of(question.chain)
    if name is None:
        return Hole()
    hole = question.grants(sources(policy.directives[name]))
    return hole and hole._replace(directive=name)


def keyword(found: tuple[Source, ...], word: str) -> Source | None:
    """A keyword of a list, given in lower case."""
    return next((one for one in found if one.word == word and one.kind is Kind.KEYWORD), None)


def is_guarded(found: tuple[Source, ...]) -> bool:
    """Whether a nonce or hash of valid grammar is in a list."""
    return any(one.kind in {Kind.NONCE, Kind.HASH} for one in found)


def inline(found: tuple[Source, ...]) -> Hole | None:
    """6.7.3.2: ``unsafe-inline`` counts only without nonce, hash and ``strict-dynamic``."""
    one = keyword(found, "'unsafe-inline'")
    if one and not is_guarded(found) and not keyword(found, "'strict-dynamic'"):
        return Hole(token=one.text)
    return None


def inline_style(found: tuple[Source, ...]) -> Hole | None:
    """The same for styles, on which ``strict-dynamic`` has no effect."""
    one = keyword(found, "'unsafe-inline'")
    return Hole(token=one.text) if one and not is_guarded(found) else None


def anyone(found: tuple[Source, ...]) -> Hole | None:
    """An expression that a stranger can satisfy: the surest of the list."""
    wide = [Hole(token=one.text, width=width(one)) for one in found]
    best = max(wide, key=lambda one: WIDTHS.index(one.width), default=None)
    return best if best and best.width.is_open else None


def foreign_script(found: tuple[Source, ...]) -> Hole | None:
    """With ``strict-dynamic`` markup of an attacker is parser-inserted, and refused (6.7.1.1)."""
    return None if keyword(found, "'strict-dynamic'") else anyone(found)


def _scheme(*schemes: str) -> Test:
    def grants(found: tuple[Source, ...]) -> Hole | None:
        hits = (one for one in found if one.kind is Kind.SCHEME and one.scheme in schemes)
        return next((Hole(token=one.text) for one in hits), None)

    return grants


def data_script(found: tuple[Source, ...]) -> Hole | None:
    """Whether a ``data:`` URL may be a script."""
    return None if keyword(found, "'strict-dynamic'") else _scheme("data")(found)


def made_script(found: tuple[Source, ...]) -> Hole | None:
    """Whether a script that a script made (``blob:``) may run."""
    return None if keyword(found, "'strict-dynamic'") else _scheme("blob", "filesystem")(found)


def _keywords(*words: str) -> Test:
    def grants(found: tuple[Source, ...]) -> Hole | None:
        hits = (one for word in words if (one := keyword(found, word)))
        return next((Hole(token=one.text) for one in hits), None)

    return grants


def object_source(found: tuple[Source, ...]) -> Hole | None:
    """A stranger's plugin content, or content inside the markup itself."""
    return anyone(found) or _scheme("data")(found)


INLINE_SCRIPT = Question("inline-script", of.SCRIPT, inline, is_script=True)
INLINE_HANDLER = Question("inline-handler", of.HANDLER, inline, is_script=True)
FOREIGN_SCRIPT = Question("script-source", of.SCRIPT, foreign_script, is_script=True)
DATA_SCRIPT = Question("data-script", of.SCRIPT, data_script, is_script=True)
MADE_SCRIPT = Question("made-script", of.SCRIPT, made_script, is_script=True)
EVAL = Question("eval", of.EVAL, _keywords("'unsafe-eval'"), is_script=True)
TYPED_EVAL = Question(
    "eval", of.EVAL, _keywords("'unsafe-eval'", "'trusted-types-eval'"), is_script=True
)
WASM = Question("wasm", of.EVAL, _keywords("'wasm-unsafe-eval'", "'unsafe-eval'"), is_script=True)
WORKER = Question("worker", of.WORKER, _scheme("blob", "data"), is_script=True)
OBJECT = Question("object", of.OBJECT, object_source)
FRAME = Question("frame-source", of.FRAME, anyone)
BASE = Question("base-uri", of.BASE, anyone)
FORM = Question("form-action", of.FORM, anyone, is_form=True)
FRAMING = Question("framing", of.FRAMES, anyone)
INLINE_STYLE = Question("inline-style", of.STYLE, inline_style)
STYLE_ATTRIBUTE = Question("style-attribute", of.STYLE_ATTRIBUTE, inline_style)
EXFILTRATION = tuple(
    Question(chain[0], chain, anyone)
    for chain in (of.STYLE, of.IMAGE, of.FONT, of.MEDIA, of.CONNECT)
)
SCRIPTS = (INLINE_SCRIPT, FOREIGN_SCRIPT, DATA_SCRIPT)


def ask_eval(policies: tuple[Policy, ...]) -> Answer:
    """Text as code: ``trusted-types-eval`` grants it only while Trusted Types are required."""
    typed = any(one.requires_trusted_types for one in policies)
    return ask(policies, TYPED_EVAL if typed else EVAL)


def restricts_scripts(policies: tuple[Policy, ...]) -> bool:
    """Whether inline, foreign and ``data:`` scripts are all refused (csp.script_restricted)."""
    return not any(ask(policies, one).is_allowed for one in SCRIPTS)


ORDER = ("none", "self", "list", "open")  # what a list lets in, least first


def openness(words: tuple[str, ...]) -> str:
    """How wide a list is; tokens that match no address count for nothing."""
    found = [one for one in sources(words) if one.fetches]
    if not found:
        return "none"
    if any(width(one).is_open for one in found):
        return "open"
    return "self" if {one.word for one in found} == {"'self'"} else "list"


def strictest(policies: Iterable[Policy], chain: tuple[str, ...]) -> str | None:
    """The narrowest governing list of several policies; ``None`` where none governs (6.2)."""
    lists = [words for one in policies if (words := one.governing(chain)) is not None]
    return min(map(openness, lists), key=ORDER.index) if lists else None
