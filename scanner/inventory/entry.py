"""What every reader of an inventory format yields, and what it may complain of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.targets import Defect


class Entry(NamedTuple):
    """One domain of an inventory, with what stood beside it."""

    host: str
    file: str
    line: int
    column: int
    agency: str = ""
    agency_id: str = ""
    group: str = ""
    contact: str = ""
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = {}

    @property
    def where(self) -> str:
        """``targets.txt:7``."""
        return f"{self.file}:{self.line}"

    def defect(self, text: str) -> Defect:
        """What is wrong here."""
        return Defect(self.file, self.line, self.column, text)
