"""Values for the examples of mail checks: short ways to say what was seen of a domain."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.observation import Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import (
    DeadName,
    DkimRecords,
    DkimSelector,
    DmarcRecords,
    MailHost,
    MailHosts,
    PolicyRecord,
    SpfHost,
    SpfLookup,
    SpfRecords,
)

NAME = "agency.example"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
BIG = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAno9SZlASzxsG5GLCirGtpTpngYNZW8wRbi/2"
    "GUkb5dBzbxRxETKWy539ZLqlPO4qXqwh56QMV3WvXvauWl1UyxCLNeSSY8i2ifw6nATlKXocLe1WOFnr"
    "o8tmVbPhS5/jks8y8oo8kQyom6mC8Ov7JBtnnVEJkGxIwOankYnnAsZ6OYzCjcUZo4wfS+QdJpFumlki"
    "3Seop3+FRBY1O7HVpGzhlAfPGAz2SNOlGLV4Y9gvBqwfP4IuD9OVhb7AVcFDbYHbxuWNVnmGq61rmjrz"
    "g+GqnqdqdnOL4LO/Uadu/i/1ymmrwbokOx3TJsPtr5fj3NPQBgHv0zca1LVcY5NkDQIDAQAB"
)
MIDDLING = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDB6KWtGOqZto6WUiIL4f/elv/6+PcoeQwFgUcdXiky"
    "KqM3+HEdH1CKXu644I+Wm/PwIbL4YWD0LWfIQ2yCyay4q3CGM+BLjX5ypQw+okjhAXNhwNVMdBR5KHAo"
    "XJ0ZK2Xdm95CuHChfrDIV3ajprgAJ6MJ9PH0UHX9x3ZRvl85iwIDAQAB"
)
SMALL = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAOSgMBhaaaJbtirFRzqQV4NsFk65B+0ToShcoyE/DDJU"
    "hAQkNUkfm+HwdfaFM3tTMD9Zw9r2bZ2yY1FJ2B+Bh8cCAwEAAQ=="
)
EDWARDS = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
MX = MailHost(10, f"mx.{NAME}", Presence.PRESENT, ("192.0.2.25",))
MAIL = MailHosts(NAME, Presence.PRESENT, (MX,))
NULL_MX = MailHosts(NAME, Presence.PRESENT, (MailHost(0, "."),))
NO_MX = MailHosts(NAME, Presence.NODATA)
SITE_ALONE = MailHosts(NAME, Presence.NODATA, (), has_address=True)


def spf(
    *texts: str,
    below: tuple[SpfLookup, ...] = (),
    hosts: tuple[SpfHost, ...] = (),
    dead: tuple[DeadName, ...] = (),
) -> SpfRecords:
    """The SPF record of the domain, and what it leads to."""
    length = sum(map(len, texts))
    return SpfRecords((SpfLookup(NAME, texts, length=length), *below), hosts=hosts, dead=dead)


def included(name: str, *texts: str, reason: Reason | None = None) -> SpfLookup:
    """What stands at a name that is included."""
    presence = None if reason else (Presence.PRESENT if texts else Presence.NODATA)
    return SpfLookup(name, texts, presence, reason)


def dmarc(
    *texts: str,
    parent: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
    exists: bool = True,
    wildcard: bool | None = False,
) -> DmarcRecords:
    """The DMARC record of the domain, and that of ``example`` above it."""
    steps = (PolicyRecord(NAME, texts, others=others), PolicyRecord("example", parent))
    return DmarcRecords(steps, exists, NAME, ("example",), wildcard)


UNANSWERED = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))
NOTHING_ABOVE = DmarcRecords(
    (
        PolicyRecord(NAME, ("v=DMARC1; p=reject",)),
        PolicyRecord("example", reason=Reason.TIMEOUT),
    ),
    True,  # noqa: FBT003 - a field
    NAME,
    ("example",),
)


def dkim(
    *texts: str,
    selector: str = "mail",
    origin: str = "common",
    wildcard: tuple[str, ...] = (),
    since: datetime | None = None,
) -> DkimRecords:
    """The records at one selector of the domain."""
    found = DkimSelector(selector, origin, texts, Presence.PRESENT, since=since)
    return DkimRecords(Presence.NODATA, (found,), wildcard)
