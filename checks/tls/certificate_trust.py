"""A path leads to a root that browsers trust."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Members,
    Message,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    passed,
)
from scanner.fact import CERTIFICATE_PUBLIC_TRUST, CERTIFICATE_TRUST
from scanner.formats.certificate import Fault, read_path
from scanner.formats.certificate_examples import NAME, intermediate, leaf, root, seen, store
from scanner.observation.tls import CertificateChain, TrustStore

NATIONAL = TrustStore((), "no roots", {"national": (root(),)})
WORDS = {
    Fault.UNPARSEABLE: Message("what was sent is no certificate"),
    Fault.SELF_SIGNED: Message("it is signed by itself"),
    Fault.NOT_YET_VALID: Message("it is not valid yet"),
    Fault.EXPIRED: Message("it has expired"),
    Fault.NAME_MISMATCH: Message("it is for another name"),
    Fault.UNKNOWN_ISSUER: Message("its issuer is unknown or an intermediate is not sent"),
    Fault.ISSUER_NOT_VALID_NOW: Message("an intermediate has expired or is not valid yet"),
    Fault.POLICY: Message("it breaks a rule for web certificates"),
}


@check(
    id="certificate-trust",
    title="Browsers trust the certificate",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Install a certificate of a publicly trusted authority for this name, together with all its
        intermediates (the file that ACME programs call fullchain).
    """,
    snippets={"nginx": "ssl_certificate /etc/ssl/agency/fullchain.pem;"},
    references=(Reference("RFC 5280", "6.1"), Reference("RFC 8446", "4.4.2")),
    records=(CERTIFICATE_PUBLIC_TRUST, CERTIFICATE_TRUST),
    roles=(Role.WEB,),
    passes={"a full chain": (seen(), store())},
    fails={
        "expired": (seen(leaf(age=100), intermediate()), store()),
        "self-signed": (seen(leaf(issuer=NAME)), store()),
        "the intermediate is not sent": (seen(leaf()), store()),
        "another name": (seen(leaf(names=("other.example",)), intermediate()), store()),
        "a national root only": (seen(), NATIONAL),
    },
)
def certificate_trust(chain: Observed[CertificateChain], roots: TrustStore) -> Judgement:
    """Without a trusted certificate a visitor cannot tell the agency's site from a copy of it."""
    path = read_path(chain.value, roots, chain.at)
    facts: dict[Fact, FactValue] = {
        CERTIFICATE_PUBLIC_TRUST: path.is_public,
        CERTIFICATE_TRUST: Members(path.trusted_by),
    }
    if path.trusted:
        return passed("A path leads to a root of {store}.", store=roots.source, facts=facts)
    evidence = tuple(WORDS[fault].text for fault in path.faults) + (
        (path.detail,) if path.detail else ()
    )
    if path.trusted_by:
        return failed(
            "Browsers do not trust it; only these stores do: {stores}.",
            stores=", ".join(path.trusted_by),
            evidence=evidence,
            facts=facts,
        )
    return failed(
        "Browsers do not trust it: {why}.",
        why=WORDS[path.faults[0]],
        evidence=evidence,
        facts=facts,
    )
