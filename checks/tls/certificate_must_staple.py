"""What the certificate promises, the server keeps: an answer whether it is revoked."""

from datetime import datetime, timedelta

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.certificates import Served, each_leaf, issuers_of
from scanner.formats.certificate import is_signed_by, must_staple
from scanner.formats.certificate_examples import intermediate, leaf, ocsp_at, served, store
from scanner.formats.ocsp import Said, Status, staple
from scanner.formats.status_examples import MUST_STAPLE, OCSP_URL, answer
from scanner.observation.certificate import CertificateStatus
from scanner.observation.tls import ServedCertificates, TrustStore

NOTHING = CertificateStatus()
PROMISED = leaf(locations=ocsp_at(OCSP_URL), extras=(MUST_STAPLE,))


def _stapling(
    *staples: bytes,
) -> tuple[Observed[ServedCertificates], CertificateStatus, TrustStore]:
    return served(PROMISED, intermediate(), staples=staples), NOTHING, store()


@check(
    id="certificate-must-staple",
    title="A server whose certificate promises a stapled answer brings one",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Switch stapling on (see ocsp-stapling), or have the certificate issued again without the
        extension: browsers that know it refuse the site without a valid answer.
    """,
    snippets={
        "nginx": "ssl_stapling on; ssl_stapling_verify on; resolver 127.0.0.53;",
        "apache": "SSLUseStapling on",
        "certbot": "certbot renew --force-renewal  # without --must-staple",
    },
    references=(Reference("RFC 7633", "4.2.3.1"),),
    roles=(Role.WEB,),
    passes={
        "a good answer": _stapling(answer(PROMISED)),
        "when asked again": _stapling(b"", answer(PROMISED)),
    },
    fails={
        "none": _stapling(b"", b""),
        "an old one": _stapling(b"", answer(PROMISED, age=timedelta(days=9))),
    },
    others={
        "nothing is promised": (served(), NOTHING, store()),
        "not asked": (served(PROMISED, intermediate()), NOTHING, store()),
        "the issuer is not known": (
            served(PROMISED, staples=(answer(PROMISED),)),
            NOTHING,
            store(),
        ),
        "no certificate": (served(b"\x30\x00"), NOTHING, store()),
    },
)
def certificate_must_staple(
    served: Observed[ServedCertificates], status: CertificateStatus | Unobserved, roots: TrustStore
) -> list[Judgement]:
    """The promise is there so that a stolen certificate is useless: browsers hold the site to it."""
    return each_leaf(served, lambda one: _judge(one, status, roots, served.at))


def _judge(
    one: Served, status: CertificateStatus | Unobserved, roots: TrustStore, at: datetime
) -> Judgement:
    if not must_staple(one.certificate):
        return not_applicable("The certificate promises no stapled answer.")
    if not one.leaf.staples:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "The server was not asked for an answer.")
    if not any(one.leaf.staples):
        return failed("It promises a stapled answer, and brings none.")
    issuers = issuers_of(one, status, roots)
    if not any(is_signed_by(one.certificate, issuer) for issuer in issuers):
        return inconclusive(
            Reason.DEPENDENCY_MISSING,
            "It brings an answer, but the issuer that should have signed it is not known.",
        )
    said = staple(one.leaf.staples, one.certificate, issuers, at)
    if isinstance(said, Said) and said.status is not Status.UNKNOWN:
        return passed("It keeps its promise: the answer is {status}.", status=said.status)
    why = said if not isinstance(said, Said) and said else "the issuer does not know it"
    return failed("It promises a stapled answer, and brings a bad one: {why}.", why=why)
