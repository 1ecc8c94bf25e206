"""Finds checks, gatherers and facts: the built-in ones first, then plugins by entry point."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import TypeVar

import msgspec

from scanner import fact
from scanner.check import Check
from scanner.damage import DamagedError
from scanner.dated import DatedList
from scanner.fact import Fact
from scanner.formats.catalogue import Catalogue
from scanner.formats.catalogue import read as read_catalogue
from scanner.gather.gatherer import Gatherer

T = TypeVar("T")

PLUGINS = "govscan.plugins"
DISTRIBUTION = "govscan"
OUR_PACKAGES = ("scanner", "checks", "reports")
FAMILIES = ("tls", "web", "dns", "mail", "exposure")


class RegistryError(DamagedError):
    """The set of checks is not one that a report could honestly be made from."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything a run is made of, by name; ``rule_set`` is the digest of what judges."""

    checks: Mapping[str, Check]
    gatherers: Mapping[type, tuple[Gatherer, ...]]
    facts: Mapping[str, Fact]
    lists: Mapping[str, DatedList]
    rule_set: str


def load() -> Registry:
    """Read the built-in modules and the plugins; refuse what is doubled or empty."""
    modules = tuple(_modules())
    checks = _unique(modules, Check, lambda one: one.id)
    if not checks:
        message = "no checks were found: the installation is damaged"
        raise RegistryError(message)
    gatherers: dict[type, tuple[Gatherer, ...]] = {}
    for one in _unique(modules, Gatherer, lambda one: one.name).values():
        gatherers[one.kind] = (*gatherers.get(one.kind, ()), one)
    facts = {**fact.DICTIONARY, **_unique(modules, Fact, lambda one: one.name)}
    lists = _unique(modules, DatedList, lambda one: one.name)
    return Registry(checks, gatherers, facts, lists, _digest(checks.values(), facts.values()))


def select(
    checks: Mapping[str, Check],
    *,
    only: Iterable[str] = (),
    families: Iterable[str] = (),
    skip: Iterable[str] = (),
) -> dict[str, Check]:
    """The checks of a run: those named and those of the families named, without the skipped."""
    wanted, of_family, unwanted = set(only), set(families), set(skip)
    everything = not wanted and not of_family
    return {
        name: one
        for name, one in checks.items()
        if (everything or name in wanted or one.family in of_family)
        and not unwanted & {name, one.family}
    }


def owners() -> dict[str, tuple[str, ...]]:
    """Which distributions own our three package names; none of them for an editable install."""
    found = packages_distributions()
    return {name: tuple(sorted(set(found.get(name, ())))) for name in OUR_PACKAGES}


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The exposures that are asked for: every YAML file beside the exposure checks."""
    return read_catalogue((one.name, one.read_bytes()) for one in _catalogue_files())


def _catalogue_files() -> list[Path]:
    root = Path(import_module("checks.exposure").__file__ or "").parent / "catalogue"
    return sorted(root.glob("*.yaml"))


def profile_files() -> tuple[tuple[str, bytes], ...]:
    """The profiles that are shipped: the YAML in ``checks/profiles``, then that of plugins."""
    plugins = sorted(entry_points(group=PLUGINS), key=lambda one: one.name)
    folders = [
        Path(import_module("checks").__path__[0]) / "profiles",
        *(Path(one.load().__file__ or "").parent / "profiles" for one in plugins),
    ]
    every = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    return tuple((path.name, path.read_bytes()) for path in every)


def refuse_foreign_packages() -> None:
    """Refuse to start where another distribution ships a package of one of our names.

    It would overwrite ours silently, and a scanner with no checks prints a clean report.
    """
    for name, distributions in owners().items():
        if foreign := [one for one in distributions if one.lower() != DISTRIBUTION]:
            message = (
                f"the package {name!r} is also installed by {', '.join(foreign)}: "
                "install govscan in an environment of its own (pipx install govscan)"
            )
            raise RegistryError(message)


def _modules() -> Iterator[ModuleType]:
    for package in ("checks", "scanner.formats", "scanner.gather"):
        root = import_module(package)
        for module in walk_packages(root.__path__, f"{package}."):
            yield import_module(module.name)
    for plugin in sorted(entry_points(group=PLUGINS), key=lambda one: one.name):
        yield plugin.load()


def _unique(
    modules: Iterable[ModuleType], wanted: type[T], name: Callable[[T], str]
) -> dict[str, T]:
    """Every value of a type by its name, sorted; the same value imported twice is one."""
    found: dict[str, tuple[T, str]] = {}
    for module in modules:
        for value in vars(module).values():
            if not isinstance(value, wanted):
                continue
            first, where = found.setdefault(name(value), (value, module.__name__))
            if first is not value and first != value:
                message = (
                    f"{wanted.__name__.lower()} {name(value)!r} is defined twice, "
                    f"in {where} and in {module.__name__}"
                )
                raise RegistryError(message)
    return {key: value for key, (value, _) in sorted(found.items())}


def _digest(checks: Iterable[Check], facts: Iterable[Fact]) -> str:
    """SHA-256 over ids and sources of checks, format readers, data and the fact dictionary."""
    hashed = hashlib.sha256()
    for one in checks:
        source = Path(import_module(one.module).__file__ or "")
        hashed.update(one.id.encode() + b"\0" + _source(source))
    here = Path(__file__).parent
    for path in _catalogue_files():
        hashed.update(path.name.encode() + b"\0" + _source(path))
    for folder in ("formats", "data"):
        for path in sorted((here / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                hashed.update(path.relative_to(here).as_posix().encode() + b"\0" + _source(path))
    hashed.update(msgspec.json.encode(sorted(facts, key=lambda one: one.name)))
    return hashed.hexdigest()


def _source(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b""
