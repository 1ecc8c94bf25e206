"""``govscan init``: a configuration and a target file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli.options import FOLDER
from scanner.config import EXAMPLE_CONFIG

EXAMPLE_TARGETS = """\
# Who is scanned: one domain a line, under the name of its agency.
# An agency's domain and its www are one site; list either.

[Ministry of Practice]
id = practice
group = Cabinet
contact = mailto:security@practice.example
practice.example

[Practice Provincial Police]
group = Ministry of the Interior
police.example
tax.police.example        # a sub-domain is a target of its own
"""


@click.command("init", short_help="Write a govscan.toml and a target file to begin with.")
@click.argument("folder", type=FOLDER, default=Path())
def init_command(folder: Path) -> None:
    """Write govscan.toml and targets.txt into FOLDER, with comments; nothing is overwritten.

    \b
    Example:
      govscan init audit && cd audit && govscan doctor
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("govscan.toml", EXAMPLE_CONFIG), ("targets.txt", EXAMPLE_TARGETS)):
        path = folder / name
        try:
            with path.open("x", encoding="utf-8") as out:
                out.write(text)
        except FileExistsError:
            click.echo(f"{path} is there already and was left as it is")
        else:
            click.echo(f"{path} was written")
    click.echo(
        "Next: edit both, then run: govscan doctor; govscan scan targets.txt --output report"
    )
