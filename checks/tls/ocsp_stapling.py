"""The server brings its issuer's word that the certificate is not revoked."""

from datetime import datetime, timedelta

from cryptography.x509.ocsp import OCSPCertStatus

from scanner import (
    Effort,
    Judgement,
    Message,
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
from scanner.formats.certificate import is_signed_by, pointers
from scanner.formats.certificate_examples import intermediate, served, store
from scanner.formats.ocsp import Said, Status, staple
from scanner.formats.status_examples import STAPLED, answer, later
from scanner.observation.certificate import CertificateStatus
from scanner.observation.tls import ServedCertificates, TrustStore

NOTHING = CertificateStatus()


def _stapling(
    *staples: bytes,
) -> tuple[Observed[ServedCertificates], CertificateStatus, TrustStore]:
    return served(STAPLED, intermediate(), staples=staples), NOTHING, store()


@check(
    id="ocsp-stapling",
    title="The server brings the answer whether its certificate is revoked",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Switch stapling on and let the server reach the address in the certificate; it needs a
        resolver for that. Authorities are giving OCSP up: a certificate without such an address
        needs none.
    """,
    snippets={
        "nginx": "ssl_stapling on; ssl_stapling_verify on; resolver 127.0.0.53;",
        "apache": "SSLUseStapling on\nSSLStaplingCache shmcb:/run/apache2/stapling(128000)",
        "haproxy": "set ssl ocsp-response, or ocsp-update on in the crt-list",
    },
    references=(Reference("RFC 6066", "8"), Reference("RFC 6960", "4.2")),
    roles=(Role.WEB,),
    passes={
        "stapled": _stapling(answer()),
        "stapled when asked again": _stapling(b"", answer()),
    },
    fails={
        "nothing stapled, twice": _stapling(b"", b""),
        "an old answer": _stapling(answer(age=timedelta(days=9)), answer(age=timedelta(days=9))),
        "not a good word": _stapling(later(), b""),
        "the issuer does not know it": _stapling(answer(status=OCSPCertStatus.UNKNOWN)),
    },
    others={
        "no address in the certificate": (served(staples=(b"", b"")), NOTHING, store()),
        "not asked": (served(STAPLED, intermediate()), NOTHING, store()),
        "the issuer is not known": (
            served(STAPLED, staples=(answer(), answer())),
            NOTHING,
            store(),
        ),
        "no certificate": (served(b"\x30\x00"), NOTHING, store()),
    },
)
def ocsp_stapling(
    served: Observed[ServedCertificates], status: CertificateStatus | Unobserved, roots: TrustStore
) -> list[Judgement]:
    """It spares visitors a question to a stranger who learns from it which site they visit."""
    return each_leaf(served, lambda one: _judge(one, status, roots, served.at))


def _judge(
    one: Served, status: CertificateStatus | Unobserved, roots: TrustStore, at: datetime
) -> Judgement:
    if not pointers(one.certificate).ocsp:
        return not_applicable("The certificate names no OCSP address.")
    if not one.leaf.staples:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "The server was not asked for an answer.")
    asks = len(one.leaf.staples)
    if not any(one.leaf.staples):
        return failed("Asked {n} times, it brings none.", n=asks)
    issuers = issuers_of(one, status, roots)
    if not any(is_signed_by(one.certificate, issuer) for issuer in issuers):
        return inconclusive(
            Reason.DEPENDENCY_MISSING,
            "It brings an answer, but the issuer that should have signed it is not known.",
        )
    return _said(staple(one.leaf.staples, one.certificate, issuers, at))


def _said(said: Said | Message | None) -> Judgement:
    if not isinstance(said, Said):
        return failed("What it brings is not good: {why}.", why=said or "it is empty")
    if said.status is Status.UNKNOWN:
        return failed("It brings the answer that its issuer does not know the certificate.")
    return passed(
        "It brings an answer of {date}, good until {end}: {status}.",
        date=f"{said.this_update:%Y-%m-%d}",
        end=f"{said.next_update:%Y-%m-%d}" if said.next_update else "there is a newer one",
        status=said.status,
    )
