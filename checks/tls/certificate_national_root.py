"""Which further stores trust the certificate."""

from datetime import datetime

from scanner import (
    Effort,
    Judgement,
    Members,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.certificates import Served, each_leaf
from scanner.fact import CERTIFICATE_TRUST
from scanner.formats.certificate import path_of
from scanner.formats.certificate_examples import NAME, leaf, root, served, store
from scanner.observation.tls import ServedCertificates, TrustStore

NATIONAL = TrustStore((), "no roots", {"national": (root(),)})


@check(
    id="certificate-national-root",
    title="Which further stores of roots trust the certificate",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Nothing is wrong by itself: a service for the administration's own computers may use the
        national root. One for citizens needs a certificate that browsers trust.
    """,
    references=(Reference("RFC 5280", "6.1"),),
    roles=(Role.WEB, Role.MAIL),
    records=(CERTIFICATE_TRUST,),
    others={
        "the national root's": (served(), NATIONAL),
        "none of them": (served(leaf(issuer=NAME)), NATIONAL),
        "no further store was given": (served(), store()),
        "no certificate": (served(b"\x30\x00"), NATIONAL),
    },
)
def certificate_national_root(
    served: Observed[ServedCertificates], roots: TrustStore
) -> list[Judgement]:
    """A root of the state is known to the computers of the state, and to no citizen's browser."""
    return each_leaf(served, lambda one: _judge(one, roots, served.at), (CERTIFICATE_TRUST,))


def _judge(one: Served, roots: TrustStore, at: datetime) -> Judgement:
    path = path_of(one.leaf.chain, one.leaf.name, roots, at)
    facts = {CERTIFICATE_TRUST: Members(path.trusted_by)}
    if not roots.extra:
        return not_applicable("No further store of roots was given (--ca-file).", facts=facts)
    if path.trusted_by:
        return informational(
            "These further stores trust it: {stores}.",
            stores=", ".join(path.trusted_by),
            facts=facts,
        )
    return informational("None of the further stores trusts it.", facts=facts)
