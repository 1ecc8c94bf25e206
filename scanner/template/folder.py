"""A folder of templates and its compiled cache: what was read once is not parsed again.

The key of a template in the cache is the hash of its text and of the engine, so that the cache is
never wrong, and whoever can write it could as well write the templates.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from scanner.template.document import MOST_BYTES
from scanner.template.load import load
from scanner.template.model import ENGINE, SET_ASIDE, Refusal, Template

MOST_FILES = 50_000
SUFFIXES = (".yaml", ".yml")


class Kept(Struct, frozen=True, omit_defaults=True):
    """One line of the cache."""

    template: Template | None = None
    refusal: Refusal | None = None


class Library(Struct, frozen=True):
    """What a folder holds: templates that run, those set aside, and the refused ones."""

    templates: tuple[Template, ...] = ()
    aside: tuple[Template, ...] = ()
    refused: tuple[Refusal, ...] = ()
    digest: str = ""

    @property
    def reasons(self) -> dict[str, int]:
        """How many were refused for each code."""
        codes = [str(one.code) for one in self.refused]
        return {code: codes.count(code) for code in sorted(set(codes))}


def files(folder: Path) -> Iterator[Path]:
    """Every template below a folder, in order; a file alone is its own folder."""
    if folder.is_file():
        yield folder
        return
    found = 0
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                found += 1
                if found > MOST_FILES:
                    return
                yield Path(root) / name


def library(
    folder: Path, cache: Path | None = None, *, allow_tags: Sequence[str] | None = None
) -> Library:
    """Read a folder; ``cache`` is a file that is read first and written after.

    ``allow_tags`` lets templates run that are set aside for their tags alone.
    """
    known = _read(cache)
    used: dict[str, Kept] = {}
    order: list[Kept] = []
    for path in files(folder):
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        key = hashlib.sha256(ENGINE.encode() + b"\0" + data).hexdigest()
        kept = known.get(key) or _loaded(data, path.stem)
        used[key] = kept
        order.append(kept)
    if cache and used.keys() - known.keys():
        _write(cache, {**known, **used} if len(known) < MOST_FILES else used)
    digest = hashlib.sha256("".join(sorted(used)).encode()).hexdigest()[:12]
    return _sorted(order, digest, allow_tags=allow_tags is not None)


def _loaded(data: bytes, name: str) -> Kept:
    made = load(data, name=name)
    return Kept(template=made) if isinstance(made, Template) else Kept(refusal=made)


def _sorted(order: Iterable[Kept], digest: str, *, allow_tags: bool) -> Library:
    run: list[Template] = []
    aside: list[Template] = []
    refused: list[Refusal] = []
    for kept in order:
        if kept.template is None:
            refused += [kept.refusal] if kept.refusal else []
        elif kept.template.aside and not (allow_tags and _by_tag(kept.template.aside)):
            aside.append(kept.template)
        else:
            run.append(kept.template)
    return Library(tuple(run), tuple(aside), tuple(refused), digest)


def _by_tag(aside: Refusal) -> bool:
    return aside.code in SET_ASIDE and aside.code == "intrusive-tag"


def _read(cache: Path | None) -> dict[str, Kept]:
    if cache is None or not cache.is_file():
        return {}
    try:
        return msgspec.msgpack.decode(cache.read_bytes(), type=dict[str, Kept])
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return {}


def _write(cache: Path, kept: dict[str, Kept]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    fresh = cache.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(msgspec.msgpack.encode(kept))
    fresh.replace(cache)
