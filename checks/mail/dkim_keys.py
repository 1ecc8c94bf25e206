"""The domain publishes a DKIM key."""

from scanner import (
    Confidence,
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import MAIL_SENDS
from scanner.formats import dkim
from scanner.formats.mail_examples import BIG, MAIL, NO_MX, NULL_MX, SITE_ALONE, spf
from scanner.formats.mail_examples import dkim as selector
from scanner.formats.mail_providers import MailProviders, bundled
from scanner.formats.mail_role import sends
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords, DkimSelector, MailDeclared, MailHosts, SpfRecords

SENDER = (MAIL, spf("v=spf1 mx -all"), MailDeclared(), bundled())
ABSENT = DkimRecords(Presence.NXDOMAIN)
KEY = selector(f"v=DKIM1; p={BIG}")


@check(
    id="dkim-keys",
    title="A DKIM key lets receivers verify the domain's mail",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        Let the sending server sign with a key of 2048 bits, and publish its public half; name the
        selector with --dkim-selector or in the inventory (`dkim.selectors`).
    """,
    snippets={"bind": 'mail2026._domainkey IN TXT ( "v=DKIM1; k=rsa; p=MIIBIjANBgkq…" "…IDAQAB" )'},
    references=(Reference("RFC 6376", "3.6"), Reference("RFC 8020", "2")),
    records=(MAIL_SENDS,),
    passes={"a key": (KEY, *SENDER)},
    fails={
        "none can exist": (ABSENT, *SENDER),
        "none here, none at the organisation": (
            DkimRecords(Presence.NXDOMAIN, organisation="example", parents=Presence.NXDOMAIN),
            *SENDER,
        ),
        "not known whether it takes mail": (
            ABSENT,
            Unobserved(Reason.TIMEOUT),
            *SENDER[1:],
        ),
    },
    others={
        "it sends nothing": (
            DkimRecords(None, is_closed=True),
            NULL_MX,
            spf("v=spf1 -all"),
            MailDeclared(),
            bundled(),
        ),
        "a site alone": (ABSENT, SITE_ALONE, spf(), MailDeclared(), bundled()),
        "it has no mail": (ABSENT, NO_MX, spf(), MailDeclared(), bundled()),
        "SPF is not known": (ABSENT, MAIL, Unobserved(Reason.TIMEOUT), MailDeclared(), bundled()),
        "the inventory says that it sends nothing": (
            ABSENT,
            MAIL,
            spf("v=spf1 mx -all"),
            MailDeclared("false"),
            bundled(),
        ),
        "no selector answers": (DkimRecords(Presence.NODATA), *SENDER),
        "a provider's selector was not answered": (
            DkimRecords(Presence.NXDOMAIN, (DkimSelector("s", "provider", reason=Reason.TIMEOUT),)),
            *SENDER,
        ),
        "the organisation may sign for it": (
            DkimRecords(Presence.NXDOMAIN, organisation="example", parents=Presence.NODATA),
            *SENDER,
        ),
        "the organisation was not answered": (
            DkimRecords(Presence.NXDOMAIN, organisation="example"),
            *SENDER,
        ),
        "no answer": (DkimRecords(None, reason=Reason.SERVFAIL), *SENDER),
        "nothing but a wildcard": (
            selector(f"p={BIG}", wildcard=(f"p={BIG}",)),
            *SENDER,
        ),
    },
)
def dkim_keys(
    found: DkimRecords,
    mail: MailHosts | Unobserved,
    records: SpfRecords | Unobserved,
    declared: MailDeclared,
    known: MailProviders,
) -> Judgement:
    """A signature survives forwarding, which SPF does not: without it DMARC refuses good mail."""
    said = sends(
        None if isinstance(mail, Unobserved) else mail,
        None if isinstance(records, Unobserved) else records,
        found,
        inventory=declared.sends,
    )
    missing = Unknown(found.reason or Reason.FACT_UNKNOWN)
    facts: dict[Fact, FactValue] = {MAIL_SENDS: missing if said is None else said}
    keys = dkim.keys(found)
    evidence = tuple(
        f"{one.selector}._domainkey ({one.origin}): {one.texts[0][:200] if one.texts else 'none'}"
        for one in found.selectors
    )
    if keys:
        return passed(
            "The selector {selector} has a key.",
            selector=keys[0][0],
            evidence=evidence,
            facts=facts,
        )
    if said is False or found.is_closed:
        return not_applicable("The domain sends no mail.", facts=facts)
    if why := _open(found):
        return inconclusive(
            why,
            "No selector that was tried has a key; others cannot be known from outside "
            "({some}, for one, names them at random).",
            some=known.not_guessable[0],
            evidence=evidence,
            facts=facts,
        )
    if said is None:
        return inconclusive(
            Reason.FACT_UNKNOWN, "There is no key; whether it sends is not known.", facts=facts
        )
    return failed(
        "No DKIM key can exist: there is no name below _domainkey.",
        confidence=Confidence.FIRM,
        evidence=evidence,
        facts=facts,
    )


def _open(found: DkimRecords) -> Reason | None:
    """Why absence is not proved; ``None`` where it is (RFC 8020)."""
    if found.reason:
        return found.reason
    if found.subtree is not Presence.NXDOMAIN:
        return Reason.NOT_SUPPORTED_BY_US
    silent = next((one.reason for one in found.selectors if one.reason), None)
    if silent:
        return silent
    if found.organisation and found.parents is not Presence.NXDOMAIN:
        return Reason.NOT_SUPPORTED_BY_US if found.parents else Reason.SERVFAIL
    return None
