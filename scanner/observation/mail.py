"""What was seen of a domain's mail, in the words of RFC 5321, 7208 and 9989."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import dig, openssl
from scanner.observation.dns import Presence


class MailHost(Struct, frozen=True, omit_defaults=True):
    """One MX record and what its name resolves to; ``reason`` where that could not be asked."""

    preference: int
    name: str
    presence: Presence | None = None
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "MX"))
class MailHosts(Struct, frozen=True, omit_defaults=True):
    """The MX records of the target's name, and whether it has an address (RFC 5321 5.1)."""

    name: str
    presence: Presence
    hosts: tuple[MailHost, ...] = ()
    has_address: bool = False

    @property
    def is_null(self) -> bool:
        """A null MX, alone: the domain says it takes no mail (RFC 7505 3)."""
        return len(self.hosts) == 1 and self.hosts[0].name == "."

    @property
    def receives(self) -> bool:
        """Whether mail for the domain has somewhere to go: MX hosts, or its own address."""
        return bool(self.hosts and not self.is_null) or (not self.hosts and self.has_address)


def _starttls(place: Place) -> str:
    return openssl(place, "-brief")


@kind(Level.ENDPOINT, command=_starttls)
class MailServer(Struct, frozen=True, omit_defaults=True):
    """What an MX host said up to STARTTLS: no mail is ever sent.

    ``extensions`` are the EHLO keywords; ``starttls`` the reply to STARTTLS where it was offered.
    ``confirmed`` tells that a second connection showed the same.
    """

    greeting: str
    extensions: tuple[str, ...]
    starttls: str = ""
    confirmed: bool = False

    @property
    def offers_starttls(self) -> bool:
        """Whether EHLO named STARTTLS (RFC 3207 4)."""
        return any(one.split()[:1] == ["STARTTLS"] for one in map(str.upper, self.extensions))


class SpfLookup(Struct, frozen=True, omit_defaults=True):
    """One name that an SPF evaluation asks for: its TXT records, or why they are unknown."""

    name: str
    texts: tuple[str, ...] = ()
    presence: Presence | None = None
    reason: Reason | None = None
    detail: str = ""


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "TXT"))
class SpfRecords(Struct, frozen=True, omit_defaults=True):
    """The TXT records at the target's name and at every include and redirect, depth first.

    ``lookups[0]`` is the name itself. ``cut`` tells that more than the limit were named.
    """

    lookups: tuple[SpfLookup, ...]
    cut: bool = False

    def at(self, name: str) -> SpfLookup | None:
        """What was seen at a name."""
        wanted = name.lower().rstrip(".")
        return next((one for one in self.lookups if one.name == wanted), None)


class PolicyRecord(Struct, frozen=True, omit_defaults=True):
    """The TXT records at one step of the walk, or why they are unknown."""

    name: str
    texts: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""


@kind(Level.TARGET, command=lambda place: dig(f"_dmarc.{place.subject.host}", "TXT"))
class DmarcRecords(Struct, frozen=True, omit_defaults=True):
    """The tree walk of RFC 9989 4.10: the TXT records at ``_dmarc`` of each name, longest first.

    ``name`` without the ``_dmarc`` label; ``exists`` whether the author domain itself does.
    """

    steps: tuple[PolicyRecord, ...]
    exists: bool = True


class ReportAddress(Struct, frozen=True, omit_defaults=True):
    """Whether a foreign host agrees to take the reports of a domain (RFC 9990 4)."""

    host: str
    texts: tuple[str, ...] = ()
    reason: Reason | None = None


@kind(Level.TARGET, command=lambda place: dig(f"_mta-sts.{place.subject.host}", "TXT"))
class MtaSts(Struct, frozen=True, omit_defaults=True):
    """The MTA-STS record and the policy file it announces (RFC 8461 3).

    ``policy`` is the whole text, where it was asked and served; else ``reason`` says why not.
    """

    texts: tuple[str, ...]
    status: int | None = None
    content_type: str = ""
    policy: str = ""
    certificates: tuple[bytes, ...] = ()
    reason: Reason | None = None
    detail: str = ""


@kind(Level.TARGET, command=lambda place: dig(f"_smtp._tls.{place.subject.host}", "TXT"))
class TlsReporting(Struct, frozen=True, omit_defaults=True):
    """The TXT records at ``_smtp._tls`` (RFC 8460 3)."""

    texts: tuple[str, ...]
