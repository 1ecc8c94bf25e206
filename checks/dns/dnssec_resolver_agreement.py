"""The resolver finds what we find."""

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
    not_applicable,
    passed,
)
from scanner.observation.dnssec import ResolverVerdict, Security

ANSWERS = frozenset({"NOERROR", "NXDOMAIN"})


def _said(
    ours: Security, rcode: str, *, ad: bool = False, validates: bool | None = True
) -> ResolverVerdict:
    return ResolverVerdict("agency.example", "A", ours, rcode, ad, validates, ())


@check(
    id="dnssec-resolver-agreement",
    title="A validating resolver comes to the same state",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
    Look at the zone with `delv` and at the resolver's log: servers may differ, the resolver's
    trust anchor may be old, or it may refuse an algorithm that we still accept.
    """,
    references=(Reference("RFC 4035", "4.9.3"), Reference("RFC 8914", "4")),
    passes={
        "both secure": _said(Security.SECURE, "NOERROR", ad=True),
        "both bogus": _said(Security.BOGUS, "SERVFAIL"),
        "both insecure": _said(Security.INSECURE, "NOERROR"),
    },
    fails={
        "it takes a good record for bogus": _said(Security.SECURE, "SERVFAIL"),
        "it hands out a bogus one": _said(Security.BOGUS, "NOERROR"),
        "it vouches for an insecure one": _said(Security.INSECURE, "NOERROR", ad=True),
        "it does not vouch": _said(Security.SECURE, "NOERROR"),
    },
    others={
        "it does not validate": _said(Security.SECURE, "NOERROR", validates=False),
        "we do not know": _said(Security.INDETERMINATE, "NOERROR"),
        "it failed at an insecure one": _said(Security.INSECURE, "SERVFAIL"),
    },
)
def dnssec_resolver_agreement(said: ResolverVerdict) -> Judgement:
    """Where validators disagree, some visitors reach the agency and others do not."""
    bit = " with AD" if said.authenticated else " without AD"
    evidence = (
        f"ours: {said.name} {said.rdtype} {said.ours}",
        f"resolver with CD=0: {said.rcode}{bit}",
        *said.errors,
    )
    if said.ours is Security.INDETERMINATE:
        return inconclusive(
            Reason.DEPENDENCY_MISSING, "We could not validate it ourselves.", evidence=evidence
        )
    if not said.validates:
        return not_applicable("The resolver of this run does not validate.", evidence=evidence)
    if said.rcode in ANSWERS:
        theirs = Security.SECURE if said.authenticated else Security.INSECURE
    elif said.ours is Security.INSECURE:
        return inconclusive(
            Reason.SERVFAIL,
            "With checking on it answers {rcode}.",
            rcode=said.rcode,
            evidence=evidence,
        )
    else:
        theirs = Security.BOGUS
    if theirs is said.ours:
        return passed(
            "Both find {name} {rdtype} {state}.",
            name=said.name or ".",
            rdtype=said.rdtype,
            state=theirs,
            evidence=evidence,
        )
    return failed(
        "We find {name} {rdtype} {ours}, the resolver {theirs}.",
        name=said.name or ".",
        rdtype=said.rdtype,
        ours=said.ours,
        theirs=theirs,
        confidence=Confidence.TENTATIVE,
        evidence=evidence,
    )
