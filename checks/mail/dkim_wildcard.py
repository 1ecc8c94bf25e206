"""No wildcard answers for DKIM selectors."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.dkim import is_candidate
from scanner.formats.mail_examples import BIG
from scanner.formats.mail_examples import dkim as selector
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords


@check(
    id="dkim-wildcard",
    title="No wildcard publishes a DKIM key for every selector",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish the key at its selector alone, and remove `*._domainkey`.",
    snippets={"bind": 'mail2026._domainkey IN TXT ( "v=DKIM1; k=rsa; p=MIIBIjANBgkq…" "…IDAQAB" )'},
    references=(Reference("RFC 6376", "6.1.2"), Reference("RFC 4592", "2.2")),
    passes={"none": selector(f"p={BIG}")},
    fails={"one": selector(f"p={BIG}", wildcard=(f"p={BIG}",))},
    others={
        "no key": DkimRecords(Presence.NODATA),
        "no answer": DkimRecords(None, reason=Reason.SERVFAIL),
    },
)
def dkim_wildcard(found: DkimRecords) -> Judgement:
    """A key that every selector has can never be revoked for one of them."""
    if any(map(is_candidate, found.wildcard)):
        return failed("A selector that nobody made has a key.", evidence=found.wildcard)
    if found.reason:
        return inconclusive(found.reason, "The keys were not seen.")
    if not any(one.texts for one in found.selectors):
        return not_applicable("No selector that was tried answers.")
    return passed("A selector that nobody made has none.")
