"""DKIM keys are meant in earnest."""

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
from scanner.formats import dkim
from scanner.formats.mail_examples import BIG
from scanner.formats.mail_examples import dkim as selector
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords


@check(
    id="dkim-test-mode",
    title="No DKIM key says that the domain is only testing",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Take `t=y` out of the key record.",
    snippets={"bind": 'mail2026._domainkey IN TXT ( "v=DKIM1; k=rsa; p=MIIBIjANBgkq…" "…IDAQAB" )'},
    references=(Reference("RFC 6376", "3.6.1"),),
    passes={"in earnest": selector(f"p={BIG}"), "t=s": selector(f"t=s; p={BIG}")},
    fails={"a test": selector(f"t=y; p={BIG}")},
    others={
        "no key": DkimRecords(Presence.NODATA),
        "no answer": DkimRecords(None, reason=Reason.SERVFAIL),
    },
)
def dkim_test_mode(found: DkimRecords) -> Judgement:
    """Receivers treat the mail of a test as if it were not signed."""
    keys = dkim.keys(found)
    if not keys and found.reason:
        return inconclusive(found.reason, "The keys were not seen.")
    if not keys:
        return not_applicable("No key was found.")
    evidence = tuple(text for one in dkim.published(found) for text in one.texts)
    if testing := [selector for selector, key in keys if key.is_test]:
        return failed(
            "The key of {selector} is a test (t=y).", selector=testing[0], evidence=evidence
        )
    return passed("None does.", evidence=evidence)
