"""The forms of a page while it is read, and which fields belong to which (HTML 4.10.17.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.formats.html_tokens import MOST_ATTRIBUTES, Tag
from scanner.observation.page import Form

MOST_FORMS = 500
LONGEST = 2000
_IDENTITY = re.compile(
    r"(?:^|[_\W])(?:cnic|nic|nicop|nin|ssn|iban|aadhaar|passport|national[_-]?id(?:entity)?"
    r"|id[_-]?(?:card|number|no)|identity[_-]?(?:card|number|no)|card[_-]?number|cc[_-]?number)"
    r"(?:$|[_\W])",
    re.IGNORECASE | re.ASCII,
)
_NAMING = ("name", "id", "autocomplete")


@dataclass(slots=True)
class _Asked:
    """What the fields of one form ask for, and its buttons that send it elsewhere."""

    has_password: bool = False
    asks_identity: bool = False
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def add(self, found: dict[str, str]) -> None:
        self.has_password = self.has_password or _kind(found) == "password"
        self.asks_identity = self.asks_identity or bool(
            _IDENTITY.search(" ".join(found.get(one, "")[:100] for one in _NAMING))
        )
        if found.get("formaction") and len(self.buttons) < MOST_ATTRIBUTES:
            self.buttons.append((found["formaction"], found.get("formmethod", "")))


class Forms:
    """The forms of one page, in the order in which they begin."""

    def __init__(self) -> None:
        self._begun: list[tuple[dict[str, str], _Asked]] = []
        self._open: _Asked | None = None
        self._by_id: dict[str, _Asked] = {}
        self._count = 0
        self.passwords = 0

    def begin(self, tag: Tag) -> None:
        """A form, unless it stands in another: then it is none (13.2.6.4.7)."""
        if self._open is not None:
            return
        self._count += 1
        found = tag.attributes
        self._open = self._of_id(found["id"]) if found.get("id") else _Asked()
        if len(self._begun) < MOST_FORMS:
            self._begun.append((found, self._open))

    def end(self) -> None:
        """The end of a form."""
        self._open = None

    def field(self, tag: Tag) -> None:
        """A field or button: of the form that its own attribute names, else of the open one."""
        found = tag.attributes
        self.passwords += _kind(found) == "password"
        owner = self._of_id(found["form"]) if "form" in found else self._open
        if owner is not None:
            owner.add(found)

    def _of_id(self, name: str) -> _Asked:
        """What belongs to a form by its id, whichever of the two comes first in the page."""
        if len(self._by_id) >= MOST_FORMS:
            return self._by_id.get(name) or _Asked()
        return self._by_id.setdefault(name, _Asked())

    def made(self) -> tuple[tuple[Form, ...], int]:
        """Every form, a button with an action of its own as a further one; and how many."""
        made = [one for found, asked in self._begun for one in _forms(found, asked)]
        return tuple(made[:MOST_FORMS]), max(self._count, len(made))


def _forms(found: dict[str, str], asked: _Asked) -> Iterator[Form]:
    actions = [(found.get("action", ""), found.get("method", "")), *asked.buttons]
    for action, method in actions:
        yield Form(
            action.strip()[:LONGEST],
            (method or found.get("method", "")).strip().lower()[:10] or "get",
            has_password=asked.has_password,
            asks_identity=asked.asks_identity,
            autocomplete=found.get("autocomplete", "").strip().lower()[:20],
            is_scripted="onsubmit" in found or not (found.get("action") or found.get("method")),
        )


def _kind(found: dict[str, str]) -> str:
    return found.get("type", "").strip().lower()
