"""DKIM key records can be read."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats import dkim
from scanner.formats.mail_examples import BIG
from scanner.formats.mail_examples import dkim as selector
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords


@check(
    id="dkim-record-syntax",
    title="Every DKIM key record can be read",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Publish the record as the signing server printed it, as one TXT record.",
    snippets={"bind": 'mail2026._domainkey IN TXT ( "v=DKIM1; k=rsa; p=MIIBIjANBgkq…" "…IDAQAB" )'},
    references=(Reference("RFC 6376", "3.6.1"), Reference("RFC 6376", "3.6.2.2")),
    passes={"sound": selector(f"v=DKIM1; p={BIG}")},
    fails={
        "not base64": selector("v=DKIM1; p=%%%"),
        "two records": selector(f"p={BIG}", f"v=DKIM1; p={BIG}"),
    },
    others={
        "revoked": selector("v=DKIM1; p="),
        "no key": DkimRecords(Presence.NODATA),
        "no answer": DkimRecords(None, reason=Reason.SERVFAIL),
    },
)
def dkim_record_syntax(found: DkimRecords) -> list[Judgement]:
    """A record that cannot be read makes every signature of the selector worthless."""
    seen = dkim.published(found)
    if not seen and found.reason:
        return [inconclusive(found.reason, "The keys were not seen.")]
    return list(_each(seen)) or [not_applicable("No key was found.")]


def _each(seen: tuple[dkim.Published, ...]) -> Iterator[Judgement]:
    for one in seen:
        if one.defect:
            yield failed(
                "Receivers cannot use the record: {why}.",
                why=one.defect.message,
                evidence=one.texts,
                item=one.selector,
            )
        elif one.key and one.key.is_revoked:
            yield informational("The key is revoked.", evidence=one.texts, item=one.selector)
        else:
            yield passed("It is sound.", evidence=one.texts, item=one.selector)
