"""Does a domain take mail, does it send mail: what its records say (compliance 17)."""

from __future__ import annotations

from scanner.formats import dkim, spf_static
from scanner.observation.mail import DkimRecords, MailHosts, SpfRecords


def sends(  # noqa: PLR0911 - a table
    mail: MailHosts | None,
    spf: SpfRecords | None,
    keys: DkimRecords | None,
    *,
    inventory: str = "",
) -> bool | None:
    """Whether it sends: the inventory's word, else what it publishes; ``None`` is unknown.

    False with exactly ``v=spf1 -all``, or where it neither takes mail nor publishes a term that
    can pass or a DKIM key; unknown where an address alone may be a web site or a mail host. DMARC
    is left out: with it, what does not send could never fail.
    """
    if inventory:
        return inventory == "true"
    if spf is None:
        return None
    reading = spf_static.read(spf)
    if reading.is_null:
        return False
    if reading.text and not reading.passes_nobody:
        return True
    if mail is None:
        return None
    if (mail.hosts and not mail.is_null) or (keys is not None and dkim.keys(keys)):
        return True
    if not mail.hosts and mail.has_address:  # a web server, or the mail host of RFC 5321 5.1
        return None
    return None if keys is not None and keys.reason else False
