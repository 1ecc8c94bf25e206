"""A sign of a product in an answer."""

from __future__ import annotations

from msgspec import Struct


class Mark(Struct, frozen=True, omit_defaults=True, order=True):
    """A product that was recognised: ``by`` is the kind of sign, ``where`` the words that say so.

    ``weak``: others have this sign too.
    """

    technology: str
    version: str
    by: str
    where: str
    weak: bool = False
