"""A sentence of a report: a template and its parameters, never a finished string.

Reports speak more than one language (ARCHITECTURE.md, Decisions 20), so a sentence travels as the
literal that a catalogue translates and the values that are isolated and escaped where it is shown.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Message(Struct, frozen=True, omit_defaults=True):
    """``template`` with ``{name}`` for each of ``params``; ``plural`` where ``n`` is not one."""

    template: str
    params: dict[str, Param] = {}
    plural: str = ""
    n: int = 1

    @property
    def text(self) -> str:
        """The English sentence."""
        template = self.plural if self.plural and self.n != 1 else self.template
        values = {name: _shown(value) for name, value in self.params.items()}
        return template.format_map({"n": self.n, **values})


Param: TypeAlias = str | int | float | Message


def counted(one: str, other: str, *, n: int, **params: Param) -> Message:
    """Say a sentence that a number governs, in its singular or its plural."""
    return Message(one, params, other, n)


def _shown(value: Param) -> str | int | float:
    return value.text if isinstance(value, Message) else value
