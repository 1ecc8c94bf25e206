"""What was seen of a domain's mail, in the words of RFC 5321, 7208 and 9989."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import dig, openssl
from scanner.observation.dns import Presence


@kind(Level.TARGET)
class MailDeclared(Struct, frozen=True, omit_defaults=True):
    """What the operator's inventory says of a domain's mail."""

    sends: str = ""
    tags: tuple[str, ...] = ()


class MailHost(Struct, frozen=True, omit_defaults=True):
    """One MX record and what its name resolves to; ``reason`` where that could not be asked.

    ``foreign`` are those of its addresses that nobody on the Internet reaches: loopback, private.
    ``unseen`` is why one family of its addresses is unknown.
    """

    preference: int
    name: str
    presence: Presence | None = None
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    foreign: tuple[str, ...] = ()
    unseen: Reason | None = None


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
    def names_host(self) -> bool:
        """Whether an MX record names a mail host: an address alone may be a web site's."""
        return bool(self.hosts) and not self.is_null

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


class DeadName(Struct, frozen=True, omit_defaults=True):
    """A name that does not exist, and whether the domain it lies in is registered.

    ``registrable`` by the public suffix list's ICANN section; ``is_registered`` is ``None`` where
    that was not asked or not answered. ``via`` is the name that is an alias of it, if one is.
    """

    name: str
    registrable: str = ""
    is_registered: bool | None = None
    via: str = ""


class SpfLookup(Struct, frozen=True, omit_defaults=True):
    """One name that an SPF evaluation asks for: its SPF records, or why they are unknown.

    ``length`` is that of all its TXT records together, in octets; ``others`` are TXT records that
    were meant as SPF and are none.
    """

    name: str
    texts: tuple[str, ...] = ()
    presence: Presence | None = None
    reason: Reason | None = None
    detail: str = ""
    length: int = 0
    others: tuple[str, ...] = ()


class SpfHost(Struct, frozen=True, omit_defaults=True):
    """What an ``a``, ``mx`` or ``exists`` term without macro leads to.

    ``rdtype`` is A (both families) or MX; ``hosts`` the mail hosts (the eleventh stands for more),
    the addresses those of the first ten together.
    ``is_void4`` tells that an IPv4 sender gets an empty answer, ``is_void6`` an IPv6 sender.
    """

    name: str
    rdtype: str
    hosts: tuple[str, ...] = ()
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    presence: Presence | None = None
    is_void4: bool = False
    is_void6: bool = False
    reason: Reason | None = None


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "TXT"))
class SpfRecords(Struct, frozen=True, omit_defaults=True):
    """The SPF records at the target's name and at every include and redirect, depth first.

    ``lookups[0]`` is the name itself; ``hosts`` what ``a``, ``mx`` and ``exists`` lead to; ``dead``
    the names among all these that do not exist. ``cut`` tells that more than the limit were named.
    """

    lookups: tuple[SpfLookup, ...]
    cut: bool = False
    hosts: tuple[SpfHost, ...] = ()
    dead: tuple[DeadName, ...] = ()

    def at(self, name: str) -> SpfLookup | None:
        """What was seen at a name."""
        wanted = name.lower().rstrip(".")
        return next((one for one in self.lookups if one.name == wanted), None)

    def host(self, name: str, rdtype: str) -> SpfHost | None:
        """What a term leads to."""
        wanted = name.lower().rstrip("."), rdtype
        return next((one for one in self.hosts if (one.name, one.rdtype) == wanted), None)


class PolicyRecord(Struct, frozen=True, omit_defaults=True):
    """The TXT records at one step of the walk, or why they are unknown.

    ``texts`` are DMARC records, ``others`` what else stands there and is discarded; ``dead`` is the
    name that does not exist, where ``_dmarc`` is an alias of one.
    """

    name: str
    texts: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    others: tuple[str, ...] = ()
    dead: DeadName | None = None


@kind(Level.TARGET, command=lambda place: dig(f"_dmarc.{place.subject.host}", "TXT"))
class DmarcRecords(Struct, frozen=True, omit_defaults=True):
    """The tree walk of RFC 9989 4.10: the TXT records at ``_dmarc`` of each name, longest first.

    ``name`` without the ``_dmarc`` label; ``exists`` whether the author domain itself does;
    ``old_organisation`` the organisational domain by the public suffix list (RFC 7489 3.2);
    ``suffixes`` which of the names walked are public suffixes by it;
    ``has_wildcard`` tells that any name below the domain answers, so that none is non-existent.
    """

    steps: tuple[PolicyRecord, ...]
    exists: bool = True
    old_organisation: str = ""
    suffixes: tuple[str, ...] = ()
    has_wildcard: bool | None = None


class ReportHost(Struct, frozen=True, omit_defaults=True):
    """Whether a foreign host agrees to take the reports of a domain (RFC 9990 4).

    ``asked`` is the name where it would say so; ``is_dead`` tells that no mail reaches the host,
    ``dead`` that it does not exist at all.
    """

    uri: str
    host: str
    is_foreign: bool
    asked: str = ""
    texts: tuple[str, ...] = ()
    is_dead: bool = False
    reason: Reason | None = None
    dead: DeadName | None = None


@kind(Level.TARGET, command=lambda place: dig(f"_dmarc.{place.subject.host}", "TXT"))
class DmarcReports(Struct, frozen=True, omit_defaults=True):
    """Where DMARC reports are to go, each destination of ``rua`` with its agreement."""

    owner: str
    hosts: tuple[ReportHost, ...] = ()


class DkimSelector(Struct, frozen=True, omit_defaults=True):
    """The TXT records at one selector. ``origin``: configured, learnt, provider or common.

    ``since`` is when a run of this audit first saw these very records; ``is_born`` tells that a
    run before that one looked and did not find them.
    """

    selector: str
    origin: str
    texts: tuple[str, ...] = ()
    presence: Presence | None = None
    aliases: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    since: datetime | None = None
    is_born: bool = False


@kind(Level.TARGET, command=lambda place: dig(f"_domainkey.{place.subject.host}", "TXT"))
class DkimRecords(Struct, frozen=True, omit_defaults=True):
    """What stands below ``_domainkey`` (RFC 6376 3.6.2.1), as far as one can ask.

    ``subtree`` is what ``_domainkey`` itself answers, ``parents`` the same of the organisational
    domain where the target lies below it; ``wildcard`` what a random selector answers; ``dead``
    what selectors that are aliases lead to. ``is_closed``: it says that it sends nothing, so
    nothing was asked.
    """

    subtree: Presence | None
    selectors: tuple[DkimSelector, ...] = ()
    wildcard: tuple[str, ...] = ()
    organisation: str = ""
    parents: Presence | None = None
    reason: Reason | None = None
    dead: tuple[DeadName, ...] = ()
    is_closed: bool = False


@kind(Level.TARGET, command=lambda place: dig(f"default._bimi.{place.subject.host}", "TXT"))
class BimiRecords(Struct, frozen=True, omit_defaults=True):
    """The TXT records at ``default._bimi``; image and certificate are not fetched."""

    texts: tuple[str, ...]


class Relative(Struct, frozen=True, omit_defaults=True):
    """Another name of the organisational domain: what a stranger could do in its name.

    ``is_wildcard`` where it stands for any name that a DNS wildcard answers. ``dead`` is what the
    name itself is an alias of, ``zone`` the name servers of its zone that do not exist.
    """

    name: str
    spf: SpfRecords | None = None
    dmarc: DmarcRecords | None = None
    dead: tuple[DeadName, ...] = ()
    is_wildcard: bool = False
    reason: Reason | None = None
    zone: tuple[DeadName, ...] = ()


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "TXT"))
class Relatives(Struct, frozen=True, omit_defaults=True):
    """The other known names of the organisational domain: parents, sisters, names below.

    Of ``seen`` names those are kept that lie below the target or could matter to it; the target
    itself is among them where a name server of its zone does not exist.
    """

    names: tuple[Relative, ...] = ()
    seen: int = 0


class MailName(Struct, frozen=True, omit_defaults=True):
    """The name of a mail host's address, and whether it leads back (FCrDNS)."""

    host: str
    address: str
    names: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    reason: Reason | None = None


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "MX"))
class MailNames(Struct, frozen=True, omit_defaults=True):
    """The PTR records of the mail hosts' addresses."""

    hosts: tuple[MailName, ...] = ()


class LookalikeName(Struct, frozen=True, omit_defaults=True):
    """A name that could be taken for the domain and that exists. ``how`` it was made."""

    name: str
    how: str
    mail_hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "NS"))
class Lookalikes(Struct, frozen=True, omit_defaults=True):
    """Names like the domain's that are registered; ``asked`` of ``made`` got an answer.

    ``open_suffixes`` answer every name, so that nothing below them was asked.
    """

    made: int
    asked: int
    names: tuple[LookalikeName, ...] = ()
    open_suffixes: tuple[str, ...] = ()


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
    domain: str = ""


@kind(Level.TARGET, command=lambda place: dig(f"_smtp._tls.{place.subject.host}", "TXT"))
class TlsReporting(Struct, frozen=True, omit_defaults=True):
    """The TXT records at ``_smtp._tls`` (RFC 8460 3)."""

    texts: tuple[str, ...]
