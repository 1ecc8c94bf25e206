"""A policy explained: what each word means, what an attacker could do, and what would be better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from scanner.formats.csp import capability
from scanner.formats.csp.better import better
from scanner.formats.csp.capability import Answer, Question, ask, ask_eval
from scanner.formats.csp.policy import (
    ENFORCED,
    REPORTED,
    Policy,
    meta_policy,
    parse,
    sources,
)
from scanner.formats.csp.problems import LISTS, problems
from scanner.formats.csp.source import Kind, Source, Width, width

ENOUGH = 22  # characters of base64: 128 bits (CSP Level 3, 7.1)
# What an attacker who can write markup into the page could do, the worst first.
CAPABILITIES: tuple[tuple[str, str, Question], ...] = (
    ("csp-inline-script", "run a script that he writes into the page", capability.INLINE_SCRIPT),
    ("csp-inline-handler", "run an event handler in an attribute", capability.INLINE_HANDLER),
    ("csp-script-source", "run a script from a server of his own", capability.FOREIGN_SCRIPT),
    ("csp-data-script", "run a script in a data: address", capability.DATA_SCRIPT),
    ("csp-eval", "turn text into code, where the page uses eval", capability.EVAL),
    ("csp-object", "load an object or embed from anywhere", capability.OBJECT),
    ("csp-base-uri", "move the base of relative addresses", capability.BASE),
    ("csp-form-action", "have a form sent to himself", capability.FORM),
    ("framing-protection", "show the page in a frame of his own", capability.FRAMING),
    ("csp-frame-source", "show a page of his own in a frame", capability.FRAME),
    ("csp-inline-style", "change the look by styles in the page", capability.INLINE_STYLE),
    ("csp-exfiltration", "carry data out by a picture's address", capability.EXFILTRATION[1]),
)


class Word(Struct, frozen=True, omit_defaults=True):
    """One token of a list: its kind, and whether strangers can satisfy it."""

    text: str
    kind: str
    is_open: bool = False
    note: str = ""


class Line(Struct, frozen=True):
    """One directive."""

    name: str
    words: tuple[Word, ...]


class Defect(Struct, frozen=True):
    """One thing written wrongly."""

    directive: str
    token: str
    text: str
    is_minor: bool


class Explained(Struct, frozen=True):
    """One policy, line by line, with a better one."""

    disposition: str
    lines: tuple[Line, ...]
    problems: tuple[Defect, ...]
    better: str


class Ability(Struct, frozen=True):
    """One capability of an attacker, as all enforced policies together leave it.

    ``would_be_refused`` where a policy that is only reported on would refuse it.
    """

    check: str
    what: str
    is_allowed: bool
    why: str
    confidence: str
    would_be_refused: bool = False


class Explanation(Struct, frozen=True):
    """All that there is to say of some header lines."""

    policies: tuple[Explained, ...]
    attacker: tuple[Ability, ...]


def explain(lines: Iterable[str], *, is_meta: bool = False) -> Explanation:
    """Explain header lines, with or without the field's name; or the content of a ``<meta>``."""
    read = [one for line in lines for one in _read(line, is_meta=is_meta)]
    enforced = tuple(policy for policy, is_enforced in read if is_enforced)
    return Explanation(
        tuple(_explained(policy, is_enforced=is_enforced) for policy, is_enforced in read),
        tuple(_abilities(enforced, tuple(one for one, is_enforced in read if not is_enforced))),
    )


def _read(line: str, *, is_meta: bool) -> Iterator[tuple[Policy, bool]]:
    name, colon, value = line.partition(":")
    word = name.strip().lower()
    is_field = bool(colon) and word in {ENFORCED.lower(), REPORTED.lower()}
    text = value if is_field else line
    is_enforced = not (is_field and word == REPORTED.lower())
    found = [meta_policy(text)] if is_meta else [parse(part) for part in text.split(",")]
    for policy in found:
        if policy.directives or policy.ignored or policy.void:
            yield policy, is_enforced


def _explained(policy: Policy, *, is_enforced: bool) -> Explained:
    return Explained(
        "enforced" if is_enforced else "reported only",
        tuple(_line(name, words) for name, words in policy.directives.items()),
        tuple(_defects(policy)),
        better(policy),
    )


def _defects(policy: Policy) -> Iterator[Defect]:
    for name in policy.void:
        yield Defect(name, "", f"{name} has no effect in a page's own policy", is_minor=False)
    for one in problems(policy):
        yield Defect(one.directive, one.token, one.message.text, one.is_minor)


def _line(name: str, words: tuple[str, ...]) -> Line:
    if name not in LISTS:
        return Line(name, tuple(Word(one, "value") for one in words))
    tokens = sources(words)
    void = tuple(Word(one, Kind.NONE) for one in words if one.lower() == "'none'")
    is_script = name.startswith(("script-src", "default-src"))
    strict = is_script and bool(capability.keyword(tokens, "'strict-dynamic'"))
    return Line(name, (*void, *(_word(one, tokens, strict=strict) for one in tokens)))


def _word(one: Source, beside: tuple[Source, ...], *, strict: bool) -> Word:
    found = width(one)
    if strict and one.fetches:
        return Word(one.text, one.kind, note="switched off for scripts by 'strict-dynamic'")
    note = {
        Width.CERTAIN: "anyone can serve what it matches",
        Width.FIRM: "anyone who is a customer there can serve what it matches",
        Width.TENTATIVE: "some browsers let anyone in by it",
        Width.RESTRICTED: "every public body of that registry can serve what it matches",
    }.get(found, "")
    if one.word == "'unsafe-inline'" and capability.is_guarded(beside):
        note = "switched off by the nonce or hash beside it, except in old browsers"
    elif one.kind is Kind.JUNK:
        note = "matches nothing"
    elif one.kind is Kind.NONCE and len(one.word.rstrip("=")) < ENOUGH:
        note = f"shorter than the {ENOUGH} characters of 128 bits"
    return Word(one.text, one.kind, found.is_open, note)


def _abilities(enforced: tuple[Policy, ...], trial: tuple[Policy, ...]) -> Iterator[Ability]:
    header = tuple(one for one in enforced if not one.is_meta)
    for check, what, question in CAPABILITIES:
        asked = header if question is capability.FRAMING else enforced
        answer = ask_eval(asked) if question is capability.EVAL else ask(asked, question)
        would = answer.is_allowed and bool(trial) and not ask(trial, question).is_allowed
        yield Ability(check, what, answer.is_allowed, _why(answer), answer.width, would)


def _why(answer: Answer) -> str:
    if not answer.is_allowed:
        return "refused"
    hole = answer.hole
    if not answer.holes:
        return "no policy is enforced"
    if not hole.directive:
        return "no directive governs it"
    return f"{hole.token[:200]} in {hole.directive}"
