"""What a check may need beside the target's observations: dated lists, and the earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.observation import Found


class Earlier(NamedTuple):
    """What the last finished run of the same audit saw of the same target."""

    run: str = ""
    found: Found = {}


class Beside(NamedTuple):
    """Lists by their type, and the earlier run where there was one."""

    lists: Mapping[type, object] = {}
    earlier: Earlier = Earlier()


NOTHING = Beside()
