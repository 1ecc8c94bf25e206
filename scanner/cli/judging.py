"""From options to how a run is judged: everything is read and refused before a packet is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import structs

from scanner import registry
from scanner.assessment import canonical
from scanner.control import manual as manual_outcomes
from scanner.control import waiver
from scanner.control.baseline import BASELINE
from scanner.control.gate import FailOn, Gate, gates_of
from scanner.control.judging import Judging
from scanner.control.library import File, added, shipped
from scanner.control.manual import ManualOutcomes
from scanner.control.profile import Assertion, Profile, Value, of_plain, to_plain
from scanner.control.strict_yaml import DocumentError
from scanner.control.waiver import Waivers
from scanner.registry import Registry
from scanner.run import Run
from scanner.store import Store

PROFILE = "profile:"


def library(
    found: Registry,
    version: str,
    files: Iterable[Path] = (),
    wanted: Collection[str] | None = None,
) -> dict[str, Profile]:
    """Every shipped profile (or those wanted) and the user's own; an error names every defect."""
    try:
        known = shipped(
            [File(*one) for one in registry.profile_files()],
            found.checks.values(),
            version,
            wanted,
        )
        own = [File(str(one), one.read_bytes()) for one in files]
        return added(known, own, checks=found.checks, facts=found.facts)
    except DocumentError as error:
        raise click.UsageError(f"nothing was done\n{error}") from None
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from None


def is_file(name: str) -> bool:
    """Whether ``--profile`` names a file: an id has neither a slash nor a dot."""
    return "/" in name or name.endswith((".yaml", ".yml"))


def select(
    names: Sequence[str],
    parameters: Sequence[str],
    found: Registry,
    version: str,
    *,
    everything: bool = False,
) -> tuple[tuple[Profile, ...], dict[str, Profile]]:
    """The profiles of ``--profile`` with the values of ``--parameter``, and the whole library."""
    own = [Path(one) for one in names if is_file(one)]
    known = library(found, version, own, None if own or everything else names)
    before = {BASELINE, *(name.removesuffix(".yaml") for name, _ in registry.profile_files())}
    mine = iter([one for name, one in known.items() if name not in before])
    chosen = [next(mine) if is_file(one) else _known(one, known) for one in names]
    if len({one.id for one in chosen}) < len(chosen):
        raise click.UsageError("a profile is named twice (--profile)")
    values = _values(parameters, {one.id: one for one in chosen})
    made = tuple(structs.replace(one, chosen=values.get(one.id, {})) for one in chosen)
    return made, known


def _known(name: str, known: Mapping[str, Profile]) -> Profile:
    if name not in known:
        message = f"there is no profile {name!r} (see: govscan profiles list)"
        raise click.BadParameter(message, param_hint="--profile")
    return known[name]


def _values(given: Sequence[str], profiles: Mapping[str, Profile]) -> dict[str, dict[str, Value]]:
    made: dict[str, dict[str, Value]] = {}
    for one in given:
        name, _, text = one.partition("=")
        profile, _, parameter = name.rpartition(".")
        if profile not in profiles or parameter not in profiles[profile].parameters:
            message = f"{one!r}: PROFILE.PARAMETER=VALUE of a selected profile was expected"
            raise click.BadParameter(message, param_hint="--parameter")
        made.setdefault(profile, {})[parameter] = _value(one, text, profiles[profile], parameter)
    return made


def _value(said: str, text: str, profile: Profile, name: str) -> Value:
    known = profile.parameters[name]
    value: Value = text
    if known.type == "integer" and text.lstrip("-").isdigit():
        value = int(text)
    elif known.type == "boolean" and text in {"true", "false"}:
        value = text == "true"
    elif known.type != "string":
        message = f"{said!r}: {known.type} was expected"
        raise click.BadParameter(message, param_hint="--parameter")
    if known.allowed and value not in known.allowed:
        message = f"{said!r}: one of {', '.join(map(str, known.allowed))} was expected"
        raise click.BadParameter(message, param_hint="--parameter")
    return value


def read_waivers(path: Path | None, known: Mapping[str, Profile]) -> Waivers:
    """The waivers of a file; a usage error names every defect."""
    return _read(path, known, waiver.read) if path else Waivers()


def read_manual(path: Path | None, known: Mapping[str, Profile]) -> ManualOutcomes:
    """The manual outcomes of a file; a usage error names every defect."""
    return _read(path, known, manual_outcomes.read) if path else ManualOutcomes()


def _read(path: Path, known: Mapping[str, Profile], read: Any) -> Any:  # noqa: ANN401 - either
    try:
        return read(str(path), path.read_bytes(), known)
    except DocumentError as error:
        raise click.UsageError(f"nothing was done\n{error}") from None
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from None


def gates(options: Mapping[str, Any], profiles: Sequence[Profile]) -> tuple[Gate, ...]:
    """What decides the exit code: ``--gate``, else every selected profile."""
    named = tuple(_gate(one, profiles) for one in _gate_names(options["gate"]))
    made = named or gates_of(profiles)
    if options["fail_on"]:
        made = tuple(Gate(one.profile, FailOn(options["fail_on"])) for one in made)
    return made


def _gate_names(given: str | Sequence[str] | None) -> Sequence[str]:
    return (given,) if isinstance(given, str) else given or ()


def _gate(text: str, profiles: Sequence[Profile]) -> Gate:
    name, _, level = text.partition(":")
    profile = next((one for one in profiles if one.id == name), None)
    if profile is None:
        message = f"there is no profile {name!r} among those selected (--profile)"
        raise click.BadParameter(message, param_hint="--gate")
    if profile.assertion is Assertion.EVIDENCE_ONLY:
        message = f"{name} is supporting evidence: it decides nothing"
        raise click.BadParameter(message, param_hint="--gate")
    if level not in {"", "required", "recommended"}:
        message = f"{level!r} is no level; required or recommended was expected"
        raise click.BadParameter(message, param_hint="--gate")
    return Gate(name, FailOn(level or "required"))


def documents(
    profiles: Iterable[Profile], *, waivers: str | Path | None, manual: str | Path | None
) -> dict[str, str]:
    """What a run is judged with, as it is kept beside it."""
    made = {
        f"{PROFILE}{one.id}": canonical({"profile": to_plain(one), "chosen": one.chosen}).decode()
        for one in profiles
    }
    for name, given in (("waivers", waivers), ("manual", manual)):
        if given:
            made[name] = Path(given).read_text(encoding="utf-8")
    return made


def kept_profile(run: Run, name: str) -> Profile | None:
    """A profile as it was when the run was judged; ``None`` where the run does not say."""
    text = run.documents.get(f"{PROFILE}{name}")
    if text is None:
        return None
    plain = msgspec.json.decode(text)
    return structs.replace(of_plain(plain["profile"]), chosen=plain["chosen"])


def of_run(store: Store, run: Run, found: Registry, version: str) -> Judging:
    """How a kept run is judged: by its own profiles as they are today, with its own waivers."""
    wanted = None if {"waivers", "manual"} & set(run.documents) else run.profiles
    known = library(found, version, wanted=wanted)
    chosen: list[Profile] = []
    for name in run.profiles:
        kept = kept_profile(run, name)
        if name in known:
            today = known[name]
            chosen.append(structs.replace(today, chosen=kept.chosen) if kept else today)
        elif kept:
            known[name] = kept
            chosen.append(kept)
    profiles = tuple(chosen) or (known[BASELINE],)
    waivers: Waivers = _kept(run, "waivers", known, waiver.read, Waivers())
    manual: ManualOutcomes = _kept(run, "manual", known, manual_outcomes.read, ManualOutcomes())
    names = names_on(store, waivers)
    return Judging(profiles, known, run.began.date(), waivers, manual, names)


def of_its_day(store: Store, run: Run, found: Registry, version: str) -> Judging:
    """The same with the profiles as they were on the day, where the run kept them."""
    today = of_run(store, run, found, version)
    profiles = tuple(kept_profile(run, one.id) or one for one in today.profiles)
    library_then = {**today.library, **{one.id: one for one in profiles}}
    return Judging(profiles, library_then, today.day, today.waivers, today.manual, today.names_on)


def _kept(run: Run, name: str, known: Mapping[str, Profile], read: Any, empty: Any) -> Any:  # noqa: ANN401
    text = run.documents.get(name)
    try:
        return read(name, text.encode(), known) if text else empty
    except DocumentError as error:
        raise click.UsageError(f"the {name} of the run {run.id} no longer fit\n{error}") from None


def path(given: str | Path | None) -> Path | None:
    """A file's path, of an option or of a resumed run."""
    return Path(given) if given else None


def names_on(store: Store, waivers: Waivers) -> dict[str, frozenset[str]]:
    """The names of the inventory on the days that waivers by suffix speak of."""
    made: dict[str, frozenset[str]] = {}
    for asked in waiver.days_asked(waivers):
        runs = [one for one in store.runs() if one.began.date().isoformat() <= asked]
        targets = store.inventory(runs[0].id).targets if runs else ()
        made[asked] = frozenset(one.host for one in targets)
    return made


def day(text: str | None, default: date) -> date:
    """``--as-of``."""
    return date.fromisoformat(text) if text else default


def a_day(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Refuse what is no day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        message = f"{text!r}: a day such as 2026-11-24 was expected"
        raise click.BadParameter(message, param_hint="--as-of") from None
