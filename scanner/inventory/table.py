"""The two tables: CSV with a header of our own, and the public list of US .gov domains."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from scanner.inventory.entry import Entry
from scanner.inventory.facts import checked
from scanner.inventory.text import AGENCY_ID
from scanner.targets import Defect, normalised

OWN_COLUMNS = ("domain", "agency", "agency_id", "group", "contact", "tags")
DOTGOV_COLUMNS = ("domain name", "domain type", "organization name")
LONGEST_CELL = 10_000


def header_of(line: str) -> tuple[str, ...]:
    """The column names of a header line, in lower case."""
    return tuple(cell.strip().lower() for cell in next(csv.reader([line]), []))


def is_table(line: str) -> bool:
    """Whether a file's first line is a header that we know."""
    header = header_of(line)
    return "," in line and (header[0] == "domain" or header[:1] == DOTGOV_COLUMNS[:1])


def read_table(file: str, text: str) -> Iterator[Entry | Defect]:
    """Every domain of a CSV inventory, and every row that is none."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = tuple(cell.strip().lower() for cell in next(reader))
    dotgov = header[0] == DOTGOV_COLUMNS[0]
    if doubled := sorted({name for name in header if header.count(name) > 1}):
        yield Defect(file, 1, 1, f"the column {doubled[0]!r} stands there twice")
        return
    if not dotgov and (wrong := _unknown_columns(file, header)):
        yield from wrong
        return
    make = _dotgov if dotgov else _own
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(file, reader.line_num, header, cells, make)
    except csv.Error as error:
        yield Defect(file, reader.line_num, 1, f"this is not CSV ({error})")


def _row(
    file: str,
    line: int,
    header: tuple[str, ...],
    cells: list[str],
    make: Callable[[str, int, Mapping[str, str]], Entry],
) -> Entry | Defect:
    if len(cells) > len(header):
        text = f"the row has {len(cells)} cells; {len(header)} were expected, as in the header"
        return Defect(file, line, 1, text)
    row = {name: cell.strip()[:LONGEST_CELL] for name, cell in zip(header, cells, strict=False)}
    try:
        return make(file, line, row)
    except ValueError as error:
        return Defect(file, line, 1, str(error))


def _unknown_columns(file: str, header: tuple[str, ...]) -> list[Defect]:
    defects = []
    for name in header:
        if name not in OWN_COLUMNS:
            try:
                checked(name, "")
            except ValueError as error:
                if "not an inventory fact" in str(error):
                    defects.append(Defect(file, 1, 1, f"column {error}"))
    return defects


def _own(file: str, line: int, row: Mapping[str, str]) -> Entry:
    identity = row.get("agency_id", "")
    if identity and not AGENCY_ID.match(identity):
        message = f"agency_id is {identity!r}; small letters, digits and hyphens were expected"
        raise ValueError(message)
    return Entry(
        normalised(row.get("domain", "")),
        file,
        line,
        1,
        row.get("agency", ""),
        identity,
        row.get("group", ""),
        row.get("contact", ""),
        tuple(row.get("tags", "").replace(";", " ").replace(",", " ").split()),
        {
            name: checked(name, value)
            for name, value in row.items()
            if name not in OWN_COLUMNS and value
        },
    )


def _dotgov(file: str, line: int, row: Mapping[str, str]) -> Entry:
    """A federal agency is its name; any other its name and state (many Springfields)."""
    kind, name = row.get("domain type", ""), row.get("organization name", "")
    federal = kind.lower().startswith("federal")
    state = row.get("state", "")
    agency = name if federal or not state else f"{name}, {state}"
    contact = row.get("security contact email", "")
    civilian = {"agency.us_federal_civilian": "true"} if kind == "Federal - Executive" else {}
    return Entry(
        normalised(row.get("domain name", "")),
        file,
        line,
        1,
        agency,
        "",
        kind,
        "" if contact.strip("()").lower() in {"", "blank"} else contact,
        (),
        civilian,
    )
