"""No alias leads to a name that a stranger could take."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.observation.dns import AliasEnd, HostAlias

TARGET = ("shop.gone.test",)
# Suffixes that are not open to strangers: nobody registers a name there to harm an agency.
RESTRICTED = frozenset({"gov", "gob", "gouv", "go", "mil", "edu", "ac", "int", "arpa"})


@check(
    id="dangling-cname",
    title="No alias of the site leads to a name that a stranger can take",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Delete the CNAME record, or point it to a service that still exists.",
    references=(Reference("RFC 1034", "3.6.2"), Reference("CWE-350")),
    passes={
        "it resolves": HostAlias(TARGET, AliasEnd.RESOLVES),
        "it exists without an address": HostAlias(TARGET, AliasEnd.NODATA),
    },
    fails={
        "its domain is not registered": HostAlias(
            TARGET, AliasEnd.NXDOMAIN, "gone.test", is_registered=False
        ),
        "a dead name in a domain that exists": HostAlias(
            TARGET, AliasEnd.NXDOMAIN, "gone.test", is_registered=True
        ),
        "a dead name where strangers register nothing": HostAlias(
            ("old.gov.test",), AliasEnd.NXDOMAIN, "old.gov.test", is_registered=False
        ),
        "a domain that is none": HostAlias(("x.invalid",), AliasEnd.NXDOMAIN, is_registered=None),
    },
    others={
        "its parent did not answer": HostAlias(
            TARGET, AliasEnd.NXDOMAIN, "gone.test", is_registered=None
        )
    },
)
def dangling_cname(alias: HostAlias) -> Judgement:
    """Who registers the abandoned name shows his own pages under the agency's name."""
    evidence = tuple(f"CNAME {target}" for target in alias.targets)
    last = alias.targets[-1]
    if alias.end is not AliasEnd.NXDOMAIN:
        return passed("Its alias {target} exists.", target=last, evidence=evidence)
    claimable = bool(alias.registrable) and not RESTRICTED & set(alias.registrable.split("."))
    if alias.is_registered is None and claimable:
        return inconclusive(
            Reason.SERVFAIL,
            "The alias {target} does not exist; whether {domain} is registered was not answered.",
            target=last,
            domain=alias.registrable,
            evidence=evidence,
        )
    if claimable and alias.is_registered is False:
        return failed(
            "The alias leads to {target}; {domain} is not registered, so anyone can register it.",
            target=last,
            domain=alias.registrable,
            confidence=Confidence.FIRM,
            evidence=evidence,
        )
    return failed(
        "The alias leads to {target}, which does not exist.",
        target=last,
        severity=Severity.LOW,
        evidence=evidence,
    )
