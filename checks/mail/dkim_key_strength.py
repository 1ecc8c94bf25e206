"""DKIM keys are large enough."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import DKIM_KEY_BITS_MIN
from scanner.formats import dkim
from scanner.formats.mail_examples import BIG, EDWARDS, MIDDLING, SMALL
from scanner.formats.mail_examples import dkim as selector
from scanner.observation import Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords


@check(
    id="dkim-key-strength",
    title="Every DKIM key is strong enough to be trusted",
    severity=Severity.CRITICAL,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Make a key of 2048 bits, publish it at a new selector, sign with it, revoke the old.",
    snippets={"bind": 'mail2026._domainkey IN TXT ( "v=DKIM1; k=rsa; p=MIIBIjANBgkq…" "…IDAQAB" )'},
    references=(Reference("RFC 8301", "3.2"), Reference("RFC 8463", "3")),
    records=(DKIM_KEY_BITS_MIN,),
    passes={
        "2048 bits": selector(f"v=DKIM1; p={BIG}"),
        "Ed25519": selector(f"v=DKIM1; k=ed25519; p={EDWARDS}"),
    },
    fails={
        "512 bits": selector(f"p={SMALL}"),
        "1024 bits": selector(f"p={MIDDLING}"),
        "SHA-1 alone": selector(f"h=sha1; p={BIG}"),
    },
    others={
        "no key": DkimRecords(Presence.NODATA),
        "no answer": DkimRecords(None, reason=Reason.SERVFAIL),
    },
)
def dkim_key_strength(found: DkimRecords) -> Judgement:
    """A key of 512 bits is computed in hours for a few dollars: then anyone signs as the agency."""
    keys = dkim.keys(found)
    if not keys and found.reason:
        return inconclusive(
            found.reason,
            "The keys were not seen.",
            facts={DKIM_KEY_BITS_MIN: Unknown(found.reason)},
        )
    if not keys:
        return not_applicable("No key was found.", facts={DKIM_KEY_BITS_MIN: None})
    rsa = [(key.bits, selector) for selector, key in keys if key.type == "rsa"]
    smallest, weakest = min(rsa, default=(0, ""))
    facts = {DKIM_KEY_BITS_MIN: smallest or min(key.bits for _, key in keys)}
    evidence = tuple(f"{selector}: {key.type}, {key.bits} bits" for selector, key in keys)
    if rsa and smallest < dkim.SHOULD:
        return failed(
            "The key of {selector} has {n} bits.",
            selector=weakest,
            n=smallest,
            severity=Severity.CRITICAL if smallest < dkim.MUST_NOT_VERIFY else Severity.MEDIUM,
            evidence=evidence,
            facts=facts,
        )
    if old := [selector for selector, key in keys if key.only_sha1]:
        return failed(
            "The key of {selector} is for SHA-1 alone, which must not be used.",
            selector=old[0],
            severity=Severity.MEDIUM,
            evidence=evidence,
            facts=facts,
        )
    if not rsa:
        return passed(
            "The keys are Ed25519; an RSA key beside them serves receivers that know no other.",
            evidence=evidence,
            facts=facts,
        )
    return passed("The smallest has {n} bits.", n=smallest, evidence=evidence, facts=facts)
