"""Options that several commands share, and the habits of all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from platformdirs import user_data_path

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def option(*names: str, example: str = "", **more: Any) -> Callable[[F], F]:  # noqa: ANN401 - click's
    """An option that an environment variable sets too, with an example in its help.

    That of a flag is its name.
    """
    variable = "GOVSCAN_" + names[0].split("/")[0].lstrip("-").replace("-", "_").upper()
    if not example and "/--no-" in names[0]:
        example = names[0].partition("/")[0]
    text = more.pop("help").rstrip(".") + "."
    shown = f"{text}  Example: {example}" if example else text
    return click.option(*names, envvar=variable, help=shown, **more)


def data_folder() -> Path:
    """Where stores and locks lie: the user's data directory, or GOVSCAN_DATA_DIR."""
    context = click.get_current_context(silent=True)
    chosen = (context.find_root().params.get("data_dir") if context else None) or None
    return chosen or user_data_path("govscan")


store = option(
    "--store",
    metavar="URL",
    help="Where runs are kept, as an SQLAlchemy URL; a file in the data directory by default",
    example="--store sqlite:////srv/audit/govscan.db",
)
"""``--store URL``."""
