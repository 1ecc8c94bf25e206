"""``govscan data``: the dated lists, and newer ones in their place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from scanner import lists, registry
from scanner.cli.options import FILE, data_folder, option


@click.group("data", short_help="List the dated lists, and put newer ones in their place.")
def data_group() -> None:
    """Show the dated lists that checks read, and put newer ones in their place.

    Nothing is fetched: you bring the file.
    """


@data_group.command("list")
def list_data() -> None:
    """Show every list with its day, its origin and its digest.

    \b
    Example:
      govscan data list
    """
    folder = data_folder()
    for one in registry.load().lists.values():
        path = lists.imported(one, folder)
        text = path.read_bytes() if path.is_file() else lists.bundled(one)
        value = lists.read(one, folder)
        where = "imported" if path.is_file() else "bundled"
        digest = hashlib.sha256(text).hexdigest()[:12]
        click.echo(f"{one.name:<24} {value.dated:<10} {where:<8} {digest}  {value.source}")


@data_group.command("import")
@click.argument("file", type=FILE)
@option(
    "--as",
    "name",
    metavar="NAME",
    help="Which list the file is; found out by reading it by default",
    example="--as hsts-preload",
)
def import_data(file: Path, name: str | None) -> None:
    """Use FILE from now on in place of the bundled list that it is a newer edition of.

    \b
    Example:
      govscan data import hsts-preload.json
    """
    known = registry.load().lists
    if name and name not in known:
        message = f"there is no list {name!r} (see: govscan data list)"
        raise click.BadParameter(message, param_hint="--as")
    chosen = [known[name]] if name else list(known.values())
    try:
        kept = lists.import_file(file, chosen, data_folder())
    except lists.ListError as error:
        raise click.UsageError(str(error)) from None
    value = lists.read(kept, data_folder())
    click.echo(f"{kept.name}: the list of {value.dated} is used from now on")


@data_group.command("forget")
@click.argument("name")
def forget_data(name: str) -> None:
    """Use the bundled list NAME again.

    \b
    Example:
      govscan data forget hsts-preload
    """
    one = registry.load().lists.get(name)
    if one is None or not lists.imported(one, data_folder()).is_file():
        message = f"no list {name!r} was imported (see: govscan data list)"
        raise click.BadParameter(message, param_hint="NAME")
    lists.imported(one, data_folder()).unlink()
    click.echo(f"{name}: the bundled list is used again")
