"""``govscan templates``: what is asked for, which templates would run, and what one matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from scanner import registry
from scanner.cli.options import data_folder, option
from scanner.template.folder import Library, library
from scanner.template.load import load
from scanner.template.model import Refusal, Template
from scanner.template.run import Run
from scanner.template.values import Answer

PLACE = click.Path(exists=True, path_type=Path)


@click.group("templates", short_help="List, check and try templates of exposed paths.")
def templates_group() -> None:
    """The catalogue's own entries, and templates in the public nuclei HTTP grammar."""


@templates_group.command("list", short_help="What would be asked for.")
@click.argument("folder", type=PLACE, required=False)
def list_command(folder: Path | None) -> None:
    """The entries of the catalogue, or the templates of FOLDER that would run."""
    if folder is None:
        for entry in registry.catalogue().entries:
            click.echo(f"{entry.severity:<9} {entry.check:<28} {entry.id:<24} {entry.title}")
        return
    for one in _library(folder).templates:
        count = sum(len(block.asks) * max(1, len(block.payloads)) for block in one.blocks)
        click.echo(f"{one.severity:<9} {one.id:<48} {count:>4} requests  {one.name}")


@templates_group.command("lint", short_help="Which templates run, and why the others do not.")
@click.argument("folder", type=PLACE)
@option(
    "--summary/--no-summary",
    default=False,
    help="Only the numbers",
    example="--summary",
)
@click.pass_context
def lint_command(context: click.Context, folder: Path, *, summary: bool) -> None:
    """One line for each template of FOLDER that does not run, with its reason; then the numbers.

    Exit code 1 where a template is refused, 2 where there is none.
    """
    found = _library(folder)
    lines = [one.line for one in found.refused]
    lines += [one.aside.line for one in found.aside if one.aside]
    if not summary:
        for line in sorted(lines):
            click.echo(line)
        for one in (*found.templates, *found.aside):
            for warning in one.warnings:
                click.echo(f"warning {one.id}: {warning}")
    total = len(found.templates) + len(found.aside) + len(found.refused)
    if not total:
        raise click.UsageError(f"{folder}: there is no template (.yaml)")
    click.echo(_numbers(found, total))
    context.exit(1 if found.refused else 0)


def _numbers(found: Library, total: int) -> str:
    read = len(found.templates) + len(found.aside)
    reasons = Counter(found.reasons)
    reasons.update(str(one.aside.code) for one in found.aside if one.aside)
    said = ", ".join(f"{code} {number}" for code, number in reasons.most_common())
    return (
        f"{total} templates: {len(found.templates)} run, {len(found.aside)} set aside, "
        f"{len(found.refused)} refused; {100 * read / total:.1f} % can be read"
        + (f" ({said})" if said else "")
    )


@templates_group.command("test", short_help="Try a template on an answer from a file.")
@click.argument("template", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("answers", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@option(
    "--target",
    default="https://www.agency.example",
    show_default=True,
    help="The target whose variables are filled in",
    example="--target https://www.agency.example",
)
@click.pass_context
def test_command(
    context: click.Context, template: Path, answers: tuple[Path, ...], target: str
) -> None:
    """Judge TEMPLATE on ANSWERS: one file for each request, as it came (curl -si URL > file).

    Nothing is sent. Exit code 0 where it matches, 1 where not, 2 where it is refused.
    """
    made = load(template.read_bytes(), name=template.stem)
    if isinstance(made, Refusal):
        raise click.UsageError(made.line)
    if made.aside:
        click.echo(made.aside.line, err=True)
    run = _run(made, target, [answer(one.read_bytes()) for one in answers])
    for found in run.matches:
        shown = f" [{found.name}]" if found.name else ""
        values = f" {', '.join(found.values)}" if found.values else ""
        click.echo(f"matches{shown} {found.url}{values}")
    for why in run.skipped:
        click.echo(f"skipped: {why}", err=True)
    if not run.matches:
        click.echo("does not match")
    context.exit(0 if run.matches else 1)


def _run(template: Template, target: str, answers: list[Answer]) -> Run:
    """Drive a template with answers from files; the last one stands for all that follow."""
    run = Run(template, target)
    going = run.go()
    number = 0
    try:
        wish = next(going)
        while True:
            click.echo(f"{wish.method} {wish.url}", err=True)
            wish = going.send([answers[min(number, len(answers) - 1)]])
            number += 1
    except StopIteration:
        return run


def answer(data: bytes) -> Answer:
    """An answer as it stands in a file: status line, fields, blank line, body."""
    head, mark, body = data.partition(b"\r\n\r\n")
    if not mark:
        head, mark, body = data.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    parts = lines[0].split() if lines else []
    if len(parts) < 2 or not parts[0].startswith("HTTP/") or not parts[1].isdigit():  # noqa: PLR2004 - RFC 9112 4
        raise click.UsageError("an answer begins with a status line such as HTTP/1.1 200 OK")
    pairs = [line.partition(":") for line in lines[1:] if ":" in line]
    return Answer(int(parts[1]), tuple((name, value.strip()) for name, _, value in pairs), body)


def _library(folder: Path) -> Library:
    return library(folder, data_folder() / "cache" / "templates.msgpack")


def library_of(options: Mapping[str, Any]) -> Library | None:
    """The templates that a scan was given."""
    if not options.get("templates"):
        return None
    allowed = () if options.get("allow_intrusive_tags") else None
    cache = data_folder() / "cache" / "templates.msgpack"
    return library(Path(options["templates"]), cache, allow_tags=allowed)
