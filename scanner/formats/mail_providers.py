"""Which selectors are common, and who sends for whom: a dated list (dns-and-mail 8)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from scanner.dated import dated_list
from scanner.observation.base import Level, kind

FILE = "mail/dkim-selectors.json"


class MailProvider(Struct, frozen=True, omit_defaults=True):
    """A service that sends or takes mail: how one knows it, and which selectors it uses."""

    provider: str
    mx_suffix: tuple[str, ...] = ()
    spf_include: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()


@kind(Level.RUN)
class MailProviders(Struct, frozen=True):
    """The list: ``always`` is worth a question anywhere, the rest where a provider is named."""

    dated: str
    source: str
    always: tuple[str, ...]
    by_provider: tuple[MailProvider, ...] = ()
    not_guessable: tuple[str, ...] = ()

    def of_include(self, name: str) -> str:
        """The provider whose SPF record this is; empty where it is not known."""
        return next(
            (
                one.provider
                for one in self.by_provider
                if any(_is_below(name, suffix) for suffix in one.spf_include)
            ),
            "",
        )

    def implied(self, mail_hosts: tuple[str, ...], includes: tuple[str, ...]) -> tuple[str, ...]:
        """The selectors of the providers that MX and SPF name."""
        found = [
            selector
            for one in self.by_provider
            if any(_is_below(name, suffix) for name in mail_hosts for suffix in one.mx_suffix)
            or any(_is_below(name, suffix) for name in includes for suffix in one.spf_include)
            for selector in one.selectors
        ]
        return tuple(dict.fromkeys(found))


def _is_below(name: str, suffix: str) -> bool:
    return name == suffix or name.endswith("." + suffix)


@dated_list(name="dkim-selectors", file=FILE)
def read_providers(data: bytes) -> MailProviders:
    """The list of a file; ``ValueError`` names what is wrong."""
    try:
        return msgspec.json.decode(data, type=MailProviders)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


@lru_cache(maxsize=1)
def bundled() -> MailProviders:
    """The list that ships with the program, for those whom none was given."""
    return msgspec.json.decode(
        files("scanner").joinpath("data", *FILE.split("/")).read_bytes(), type=MailProviders
    )
