"""The chain is complete and in order."""

from itertools import pairwise

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.certificate import (
    Certificate,
    FormatError,
    is_self_signed,
    issuer_name,
    parse,
    pointers,
    read_path,
)
from scanner.formats.certificate_examples import (
    NAME,
    intermediate,
    issuers_at,
    leaf,
    root,
    seen,
    store,
)
from scanner.observation.tls import CertificateChain, TrustStore


@check(
    id="certificate-chain",
    title="The server sends its intermediate certificates, in order",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Serve the certificate followed by each intermediate (fullchain.pem), without the root and
        without certificates of other sites.
    """,
    snippets={
        "nginx": "ssl_certificate /etc/ssl/agency/fullchain.pem;",
        "apache": "SSLCertificateFile /etc/ssl/agency/fullchain.pem",
    },
    references=(Reference("RFC 8446", "4.4.2"), Reference("RFC 5246", "7.4.2")),
    roles=(Role.WEB,),
    passes={
        "leaf and intermediate": (seen(), store()),
        "the root is sent too": (seen(leaf(), intermediate(), root()), store()),
    },
    fails={
        "the intermediate is missing": (
            seen(leaf(locations=issuers_at("http://ca.example/a"))),
            store(),
        ),
        "in the wrong order": (seen(leaf(), root(), intermediate()), store()),
    },
    others={
        "a private authority": (seen(leaf(issuer="Private CA")), store()),
        "self-signed": (seen(leaf(issuer=NAME)), store()),
        "no certificate": (seen(b"\x30\x00"), store()),
    },
)
def certificate_chain(chain: Observed[CertificateChain], roots: TrustStore) -> Judgement:
    """Browsers mend a missing intermediate; programs, phones and mail servers just fail."""
    try:
        sent = [parse(der) for der in chain.value.certificates]
    except FormatError:
        return not_applicable("What the server sends is no certificate.")
    evidence = tuple(one.subject.rfc4514_string() for one in sent)
    if is_self_signed(sent[0]):
        return not_applicable("A self-signed certificate has no chain.", evidence=evidence)
    if read_path(chain.value, roots, chain.at).is_public:
        return _order(sent, evidence)
    if len(sent) == 1 and pointers(sent[0]).ca_issuers:
        return failed(
            "The certificate of its issuer, {issuer}, is not sent.",
            issuer=issuer_name(sent[0]),
            evidence=evidence,
        )
    return inconclusive(
        Reason.NOT_SUPPORTED_BY_US,
        "No known root ends the chain, so it cannot be told whether a part is missing.",
        evidence=evidence,
    )


def _order(sent: list[Certificate], evidence: tuple[str, ...]) -> Judgement:
    pairs = pairwise(sent)
    if all(child.issuer == parent.subject for child, parent in pairs):
        return passed("All {n} certificates follow one another.", n=len(sent), evidence=evidence)
    return failed(
        "The certificates do not follow one another, though a path can be found among them.",
        severity=Severity.LOW,
        evidence=evidence,
    )
