"""Renders pages: self-contained, without script or outside request, strict about names."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.export.run_json import write as write_json
from reports.source import Source
from reports.view import agency, portfolio
from reports.view.agency import Fleet


@lru_cache(maxsize=1)
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["prose"] = prose
    style = files("reports").joinpath("templates", "style.css").read_text(encoding="utf-8")
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    pages.globals |= {"style": style, "style_hash": hashed}
    return pages


def prose(text: str) -> Markup:
    """Our own words, with what stands between backticks as code; everything is escaped."""
    parts = (escape(part) for part in text.split("`"))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def write(source: Source, folder: Path) -> tuple[Path, ...]:
    """Write index.html, one file per agency and run.json; the files written, the index first."""
    (folder / "agency").mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    fleet: list[Fleet] = []
    method = portfolio.method(source)
    for one in source.inventory.agencies:
        view = agency.build(source, one)
        fleet.append(view.fleet)
        page = (
            _pages().get_template("agency.html.j2").render(view=view, method=method, run=source.run)
        )
        made.append(_put(folder / "agency" / f"{one.id}.html", page))
    view_of_all = portfolio.build(source, fleet)
    page = (
        _pages()
        .get_template("index.html.j2")
        .render(
            view=view_of_all,
            method=method,
            run=source.run,
            unscanned=source.unscanned,
            notices=source.notices(),
        )
    )
    index = _put(folder / "index.html", page)
    data = folder / "run.json"
    with data.open("wb") as out:
        write_json(source, out.write)
    return index, *made, data


def _put(path: Path, text: str) -> Path:
    """Write beside and rename, so that a reader never sees half a page."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return path
