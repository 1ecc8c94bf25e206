"""The plain text format: one domain a line, ``#`` comments, ``[Agency name]`` headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.inventory.entry import Entry
from scanner.inventory.facts import checked
from scanner.targets import Defect, normalised

COMMENT = re.compile(r"(^|\s)#.*")
OWN_FIELDS = frozenset({"id", "group", "contact"})
LATE = "it stands behind a domain; what is said of an agency stands before its first domain"
AGENCY_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")


def read_text(file: str, text: str) -> Iterator[Entry | Defect]:
    """Every domain of a plain text inventory, and every line that is none."""
    agency, has_domain = "", False
    fields: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = COMMENT.sub("", raw).rstrip()
        column = len(line) - len(line.lstrip()) + 1
        content = line.strip()
        if not content:
            continue
        try:
            if content.startswith("["):
                agency, fields, attributes, has_domain = _heading(content), {}, {}, False
            elif "=" in content and has_domain and agency:
                yield Defect(file, number, column, LATE)
            elif "=" in content:
                _field(content, agency, fields, attributes)
            else:
                has_domain = True
                yield Entry(
                    normalised(content),
                    file,
                    number,
                    column,
                    agency,
                    fields.get("id", ""),
                    fields.get("group", ""),
                    fields.get("contact", ""),
                    (),
                    attributes,
                )
        except ValueError as error:
            yield Defect(file, number, column, str(error))


def _heading(content: str) -> str:
    name = content.removeprefix("[").removesuffix("]").strip()
    if not content.endswith("]") or not name:
        message = f"{content!r} is no heading; [Agency name] was expected"
        raise ValueError(message)
    return name


def _field(content: str, agency: str, fields: dict[str, str], attributes: dict[str, str]) -> None:
    name, _, value = (part.strip() for part in content.partition("="))
    if not agency:
        message = f"{name!r} stands before any [Agency name] heading"
        raise ValueError(message)
    if not value:
        message = f"{name!r} has no value; name = value was expected"
        raise ValueError(message)
    if name == "id" and not AGENCY_ID.match(value):
        message = f"id is {value!r}; small letters, digits and hyphens were expected"
        raise ValueError(message)
    if name in OWN_FIELDS:
        fields[name] = value
    else:
        attributes[name] = checked(name, value)
