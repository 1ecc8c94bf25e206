"""The CORS check of Fetch, byte for byte: what a browser lets a foreign origin read."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from scanner.formats.answer import located
from scanner.observation.web import HttpExchange
from scanner.observation.web_probes import CorsProbe, CorsProbes, Origin

ORIGIN, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"


class Grant(NamedTuple):
    """A probe that was answered, and what the answer allows its sender."""

    probe: CorsProbe
    exchange: HttpExchange

    @property
    def value(self) -> str | None:
        """The joined field; a browser compares it as it is."""
        return self.exchange.joined(ORIGIN)

    @property
    def is_echoed(self) -> bool:
        """Exactly the origin that was sent."""
        return self.value == self.probe.sent

    @property
    def with_credentials(self) -> bool:
        """Cookies may be sent and the answer read: the origin itself, and exactly ``true``."""
        return self.is_echoed and self.exchange.joined(CREDENTIALS) == "true"

    @property
    def is_void(self) -> bool:
        """More lines than one, or a list: no browser takes it."""
        return len(self.exchange.values(ORIGIN)) > 1 or "," in (self.value or "")

    @property
    def evidence(self) -> tuple[str, ...]:
        """What was sent, and the lines of the answer."""
        fields = located(self.exchange, ORIGIN, CREDENTIALS, "Vary")
        return f"sent: GET {self.probe.path} with Origin: {self.probe.sent}", *fields


def grants(probes: CorsProbes, *origins: Origin) -> tuple[Grant, ...]:
    """The answered probes of these origins; a guard's answer is none of the site's."""
    return tuple(
        Grant(one, one.exchange)
        for one in probes.probes
        if one.origin in origins and one.exchange is not None and one.reason is None
    )


def command(grant: Grant) -> str:
    """With which an administrator sees it for himself."""
    origin, url = shlex.quote(f"Origin: {grant.probe.sent}"), shlex.quote(grant.exchange.url)
    return f"curl -skD - -o /dev/null -H {origin} {url}"
