"""The kinds of values that options take, each refused with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from scanner import config


class Value(click.ParamType[Any]):
    """A value read by a function that raises ``ValueError`` with a sentence."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's signature
        """Read the text; what was read already is kept."""
        if not isinstance(value, str):
            return value
        try:
            self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


ENDPOINT = Value("addr[:port]", config.endpoint)
ROUTE = Value("host:port:addr:port", config.route)
NETWORK = Value("cidr", config.network)
