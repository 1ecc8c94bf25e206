"""What a browser notes of the HSTS of one answer, and why it notes nothing."""

from __future__ import annotations

from typing import NamedTuple

from scanner.formats import hsts
from scanner.formats.answer import blocked, host_of, wants_certificate
from scanner.formats.certificate import read_path
from scanner.formats.error import FormatError
from scanner.message import Message
from scanner.observation import Observed, Reason
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import HttpExchange

FIELD = "Strict-Transport-Security"


class Noted(NamedTuple):
    """The policy, or why there is none; ``hidden`` where a guard's answer hides the site's."""

    policy: hsts.Hsts | None
    why: Message
    hidden: Reason | None = None
    is_sent: bool = False
    is_closed: bool = False

    @property
    def max_age(self) -> int | None:
        """As a fact: seconds, or absent."""
        return hsts.shown(self.policy.max_age) if self.policy else None


def noted(  # noqa: PLR0911 - the clauses one after another
    exchange: HttpExchange, chain: Observed[CertificateChain], roots: TrustStore
) -> Noted:
    """RFC 6797 8.1: first line only, no certificate error, a conforming field, not zero."""
    field = exchange.first(FIELD)
    if wants_certificate(exchange):
        return Noted(None, Message("The host asks for a client certificate."), is_closed=True)
    if field is None:
        return Noted(None, Message("The header is not sent."), blocked(exchange))
    if not read_path(chain.value, roots, chain.at).trusted:
        why = Message("Browsers ignore the header: they do not trust the certificate.")
        return Noted(None, why, is_sent=True)
    if is_address(host_of(exchange.url)):
        return Noted(None, Message("Browsers ignore the header of a bare address."), is_sent=True)
    try:
        policy = hsts.parse(field)
    except FormatError as error:
        why = Message("Browsers ignore the header: {why}.", {"why": error.message})
        return Noted(None, why, is_sent=True)
    if policy.max_age == 0:
        return Noted(None, Message("It tells browsers to forget it."), is_sent=True)
    return Noted(policy, Message("It is noted."), is_sent=True)


def is_address(host: str) -> bool:
    """A host that is written as an address (RFC 6797 8.1.1)."""
    return ":" in host or host.replace(".", "").isdigit()
