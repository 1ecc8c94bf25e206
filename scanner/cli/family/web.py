"""``govscan web``: how the site is reached, what the norms say of it, then every check by topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from reports.view.text import defused
from scanner.assessment import Assessment, thaw
from scanner.check import Check
from scanner.cli.family import plain
from scanner.fact import RecordedFact, State
from scanner.finding import Finding
from scanner.formats.answer import host_of
from scanner.observation import Inapplicable, Observation, Observed, Place, Subject, Unobserved
from scanner.observation.web import ChainEnd, HttpAnswer, HttpsAnswer, Page, RedirectChain

ONE_YEAR = 31_536_000
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("HTTPS", ("https-", "redirect-", "domain-", "ipv4-", "basic-auth-")),
    ("HSTS", ("hsts-",)),
    ("Cookies", ("cookie-",)),
    ("Content security policy", ("csp-",)),
    (
        "Headers",
        (
            *(
                "framing-",
                "x-frame-",
                "content-type-",
                "referrer-",
                "permissions-",
                "cross-origin-",
            ),
            *("cache-", "obsolete-", "duplicate-", "network-error-"),
        ),
    ),
    ("Foreign origins (CORS)", ("cors-",)),
    ("Answers", ("http-", "error-page-", "server-", "internal-")),
    ("Page", ("",)),
)
ENDS = {
    ChainEnd.LOOP: "goes in a circle",
    ChainEnd.TOO_LONG: "does not end",
    ChainEnd.INVALID_TARGET: "no browser can go on",
    ChainEnd.OUT_OF_SCOPE: "another party, not visited",
    ChainEnd.FAILED: "no answer",
}


def render(assessment: Assessment, checks: Mapping[str, Check], console: Console) -> None:
    """The way in, the norms, the checks: what fails or is unknown in full, the rest by name."""
    found = thaw(assessment.observations)
    console.print(Text(defused(assessment.host), style="bold"))
    for line in _ways(found):
        console.print(Text("  " + defused(line, 600)), soft_wrap=True)
    for line in _norms(assessment.facts, _canonical(found, assessment.host)):
        console.print(Text("  " + line), soft_wrap=True)
    left = list(assessment.findings)
    for title, beginnings in TOPICS:
        mine = [one for one in left if one.check.startswith(beginnings)]
        left = [one for one in left if one not in mine]
        if mine:
            console.print(Text(f"\n{title}", style="bold underline"))
            _topic(mine, checks, console)
    console.print(Text(f"\n{plain.counts(assessment.findings)}"))


def _topic(findings: list[Finding], checks: Mapping[str, Check], console: Console) -> None:
    order = list(plain.MARKS)
    findings.sort(key=lambda one: (order.index(one.outcome), one.severity.rank, one.check))
    for one in findings:
        if one.outcome in plain.IN_FULL:
            plain.show(one, checks[one.check], console)
    for outcome, (word, style) in plain.MARKS.items():
        names = [one.check for one in findings if one.outcome is outcome]
        if names and outcome not in plain.IN_FULL:
            line = Text(f"{word:<8}", style=style)
            line.append(", ".join(dict.fromkeys(names)))
            console.print(line, soft_wrap=True)


def _ways(found: Mapping[type, Mapping[Place, Observation]]) -> Iterator[str]:
    """Every address and its first answer, then each chain of redirects."""
    for kind in (HttpAnswer, HttpsAnswer):
        for place, seen in sorted(found.get(kind, {}).items(), key=lambda one: one[0].subject.text):
            where = f"{place.subject.host}:{place.subject.port or ''}".rstrip(":")
            yield f"{where:<34} {place.address or '':<16} {_answer(seen)}"
    for place, seen in found.get(RedirectChain, {}).items():
        if isinstance(seen, Observed) and len(seen.value.hops) > 1:
            yield f"{place.subject.text}: {_chain(seen.value)}"
    for place, seen in found.get(Page, {}).items():
        if isinstance(seen, Observed) and seen.value.elements and seen.value.elements.title:
            yield f"{place.subject.text}: {seen.value.elements.title!r}"
            return


def _answer(seen: Observation) -> str:
    match seen:
        case Observed(value=HttpAnswer() | HttpsAnswer() as answer):
            location = answer.exchange.first("Location") or ""
            return f"{answer.exchange.status} {location}".strip()
        case Unobserved():
            return f"{seen.reason} {seen.detail}".strip()
        case Inapplicable():
            return seen.why.text
        case _:
            return ""


def _chain(chain: RedirectChain) -> str:
    steps = " -> ".join(f"{hop.url} ({hop.status})" for hop in chain.hops)
    end = ENDS.get(chain.end, "")
    return f"{steps} -> {chain.target} {end}".rstrip(" ->") if end else steps


def _canonical(found: Mapping[type, Mapping[Place, Observation]], host: str) -> str:
    """The host where a visitor of the name ends, if it is one of the site's."""
    hosts = {place.subject.host for place in found.get(HttpsAnswer, {})}
    for place, seen in sorted(found.get(RedirectChain, {}).items(), key=lambda one: one[0].subject):
        if place.subject.host == host and isinstance(seen, Observed):
            end = host_of(seen.value.hops[-1].url)
            return end if end in hosts else host
    return host


def _norms(facts: Iterable[RecordedFact], canonical: str) -> Iterator[str]:
    """The two readings of American law on the same facts; they disagree on late upgrades."""
    by_name: dict[str, list[RecordedFact]] = {}
    for one in facts:
        if not one.name.startswith("hsts.") or Subject.from_text(one.subject).host == canonical:
            by_name.setdefault(one.name, []).append(one)
    level, enforces = _worst(by_name, "https.enforces_level"), _worst(by_name, "https.enforces")
    age, listed = _worst(by_name, "hsts.max_age"), _worst(by_name, "hsts.preloaded")
    strong = True if listed else None if age is None else age >= ONE_YEAR
    yield f"M-15-13 (as Pulse read it): {_met(None if level is None else level >= 2, strong)}"  # noqa: PLR2004 - web.md 3.1
    yield f"BOD 18-01, web (as CISA reads it): {_met(enforces, strong)}"


def _worst(by_name: Mapping[str, list[RecordedFact]], name: str) -> Any:  # noqa: ANN401 - a fact's value
    """The least of all places; nothing where one is unknown, 0 where one is absent."""
    rows = by_name.get(name, [])
    if not rows or any(one.state is State.UNKNOWN for one in rows):
        return None
    return min(one.value if one.state is State.KNOWN else 0 for one in rows)  # type: ignore[type-var]


def _met(*conditions: bool | None) -> str:
    if any(one is False for one in conditions):
        return "not met"
    return "not determined" if None in conditions else "met"
