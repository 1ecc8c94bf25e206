"""The mail server's certificate is what senders need."""

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
    informational,
    passed,
)
from scanner.formats.certificate import path_of
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.mail_examples import NAME
from scanner.formats.mta_sts_policy import fetched
from scanner.observation.mail import MtaSts
from scanner.observation.tls import CertificateChain, TrustStore

HOST = f"mx.{NAME}"
STS = (leaf(names=(f"mta-sts.{NAME}",)), intermediate())
GOOD = CertificateChain(HOST, "TLSv1.3", (leaf(names=(HOST,)), intermediate()), "mail")
SELF = CertificateChain(HOST, "TLSv1.3", (leaf(issuer=HOST),), "mail")
NONE = MtaSts((), domain=NAME)


def _sts(mode: str) -> MtaSts:
    text = f"version: STSv1\nmode: {mode}\nmx: {HOST}\nmax_age: 604800\n"
    return MtaSts(("v=STSv1; id=1",), 200, "text/plain", text, STS, domain=NAME)


@check(
    id="mx-certificate",
    title="The mail server's certificate is trusted where senders ask for that",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Give the mail server a certificate of a public authority for the name in the MX record, with
        its intermediate certificates, and renew it by machine.
    """,
    snippets={
        "postfix": "smtpd_tls_chain_files = /etc/letsencrypt/live/mx/privkey.pem, …/fullchain.pem"
    },
    references=(
        Reference("RFC 8461", "4.2"),
        Reference("RFC 7435", "3"),
        Reference("RFC 7672", "3"),
    ),
    roles=(Role.MAIL,),
    passes={
        "trusted": (Observed(GOOD, NOW), NONE, store()),
        "trusted, whatever MTA-STS says": (
            Observed(GOOD, NOW),
            Unobserved(Reason.TIMEOUT),
            store(),
        ),
    },
    fails={"enforced, and not trusted": (Observed(SELF, NOW), _sts("enforce"), store())},
    others={
        "nobody asks for it": (Observed(SELF, NOW), NONE, store()),
        "testing": (Observed(SELF, NOW), _sts("testing"), store()),
        "MTA-STS was not seen": (Observed(SELF, NOW), Unobserved(Reason.TIMEOUT), store()),
        "the policy was not seen": (
            Observed(SELF, NOW),
            MtaSts(("v=STSv1; id=1",), reason=Reason.TIMEOUT, domain=NAME),
            store(),
        ),
    },
)
def mx_certificate(
    seen: Observed[CertificateChain], sts: MtaSts | Unobserved, roots: TrustStore
) -> Judgement:
    """Mail is encrypted whatever it says, but under MTA-STS a sender delivers to no other."""
    path = path_of(seen.value.certificates, seen.value.name, roots, seen.at)
    if path.trusted:
        return passed("It is trusted for {name}.", name=seen.value.name)
    why = ", ".join(path.faults) or "no path to a root"
    made = None if isinstance(sts, Unobserved) else fetched(sts, sts.domain, roots, seen.at)
    if made is None or made.unknown:
        reason = sts.reason if isinstance(sts, Unobserved) else made.unknown if made else None
        return inconclusive(
            reason or Reason.DEPENDENCY_MISSING,
            "It is not trusted ({why}); whether MTA-STS asks for that was not seen.",
            why=why,
        )
    if made.policy and made.policy.mode == "enforce":
        return failed(
            "It is not trusted ({why}), and the MTA-STS policy has senders refuse it.", why=why
        )
    return informational(
        "It is not trusted ({why}); without MTA-STS and DANE senders do not look.", why=why
    )
