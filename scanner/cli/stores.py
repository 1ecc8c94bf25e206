"""Which store a command means."""

from __future__ import annotations

import click
import sqlalchemy as sa

from scanner.cli.options import data_folder
from scanner.store import default_url


def store_url(given: str | None) -> str:
    """The store that was named, else the one of the data directory."""
    if given:
        try:
            sa.make_url(given)
        except sa.exc.ArgumentError:
            message = f"{given!r}: a URL such as sqlite:////srv/audit/govscan.db was expected"
            raise click.BadParameter(message, param_hint="--store") from None
    return given or default_url(data_folder())
