"""The certificate is not revoked."""

from datetime import datetime

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
from scanner.certificates import Served, each_leaf_of_web, issuers_of
from scanner.formats.certificate import is_self_signed, is_short_lived, pointers
from scanner.formats.certificate_examples import NAME, intermediate, leaf, served, store
from scanner.formats.certificate_parts import parse
from scanner.formats.ocsp import Status
from scanner.formats.revocation import Word, words
from scanner.formats.status_examples import REVOKED, STAPLED, answer, asked, crl, sight
from scanner.observation.certificate import CertificateStatus
from scanner.observation.tls import ServedCertificates, TrustStore

NOTHING = CertificateStatus()
SERIAL = parse(STAPLED).serial_number


def _with(status: CertificateStatus | Unobserved, *staples: bytes) -> tuple[object, ...]:
    return served(STAPLED, intermediate(), staples=staples), status, store()


@check(
    id="certificate-revocation",
    title="The certificate is not revoked",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
        Find out why it was revoked: perhaps its key was stolen. Make a new key, order a new
        certificate for it, and put both in place at once.
    """,
    snippets={
        "openssl": "openssl ocsp -issuer ca.pem -cert agency.pem -url http://ocsp.ca.example -resp_text"
    },
    references=(Reference("RFC 6960", "2.2"), Reference("RFC 5280", "6.3")),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "a stapled answer": _with(NOTHING, answer()),
        "an answer over the network": _with(asked(response=answer())),
        "it is in no list": _with(asked(crl=sight(crl()))),
    },
    fails={
        "a stapled answer": _with(NOTHING, answer(status=REVOKED)),
        "an answer over the network": _with(asked(response=answer(status=REVOKED))),
        "it is in the list": _with(asked(crl=sight(crl(SERIAL)))),
        "the list knows more than the staple": _with(asked(crl=sight(crl(SERIAL))), answer()),
    },
    others={
        "nobody was asked": _with(NOTHING),
        "nobody could be asked": _with(Unobserved(Reason.BUDGET_EXHAUSTED)),
        "the responder is silent": _with(asked(reason=Reason.TIMEOUT)),
        "what it says is nonsense": _with(asked(response=b"\x30\x00")),
        "another's list": _with(asked(crl=sight(crl(SERIAL, signer="Other CA")))),
        "it is asked about another": _with(asked(certificate=leaf(), response=answer())),
        "so short-lived that nobody revokes it": (
            served(leaf(days=6, age=1), intermediate()),
            NOTHING,
            store(),
        ),
        "nobody says it": (served(), NOTHING, store()),
        "self-signed": (served(leaf(issuer=NAME)), NOTHING, store()),
        "a mail server's": (
            served(STAPLED, intermediate(), staples=(answer(status=REVOKED),), purpose="mail"),
            NOTHING,
            store(),
        ),
        "no certificate": (served(b"\x30\x00"), NOTHING, store()),
    },
)
def certificate_revocation(
    served: Observed[ServedCertificates], status: CertificateStatus | Unobserved, roots: TrustStore
) -> list[Judgement]:
    """An authority revokes a certificate when its key is in the wrong hands."""
    return each_leaf_of_web(served, lambda one: _judge(one, status, roots, served.at))


def _judge(
    one: Served, status: CertificateStatus | Unobserved, roots: TrustStore, at: datetime
) -> Judgement:
    if is_self_signed(one.certificate):
        return not_applicable("There is no authority that could revoke it.")
    issuers = issuers_of(one, status, roots)
    known = status if isinstance(status, CertificateStatus) else None
    said = tuple(words(one.certificate, one.leaf.chain[0], one.leaf.staples, issuers, at, known))
    evidence = tuple(_shown(each) for each in said)
    if revoked := [each for each in said if each.status is Status.REVOKED]:
        return failed(
            "It was revoked on {date}, says {source}.",
            date=f"{revoked[0].revoked_at:%Y-%m-%d}",
            source=revoked[0].source,
            evidence=evidence,
        )
    if good := [each for each in said if each.status is Status.GOOD]:
        return passed("It is not revoked, says {source}.", source=good[0].source, evidence=evidence)
    return _unknown(one, said, evidence)


def _unknown(one: Served, said: tuple[Word, ...], evidence: tuple[str, ...]) -> Judgement:
    if is_short_lived(one.certificate):
        return not_applicable("It is so short-lived that nobody need revoke it.", evidence=evidence)
    if said:
        return inconclusive(
            said[0].reason or Reason.MALFORMED_REPLY,
            "Whether it is revoked could not be learnt from {source}: {why}.",
            source=said[0].source,
            why=said[0].wrong or "the issuer does not know it",
            evidence=evidence,
        )
    found = pointers(one.certificate)
    if not (found.ocsp or found.has_crl):
        return not_applicable("It names no place where its revocation is published.")
    return inconclusive(
        Reason.OUT_OF_SCOPE,
        "Nobody was asked whether it is revoked; only --revocation asks over the network.",
        evidence=(*found.ocsp, *found.crls),
    )


def _shown(one: Word) -> str:
    if one.wrong:
        return f"{one.source}: {one.wrong.text}"
    reason = f" ({one.why})" if one.why else ""
    return f"{one.source}: {one.status}{reason}"
