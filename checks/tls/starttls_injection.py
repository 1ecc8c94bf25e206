"""Nothing said in clear counts after STARTTLS."""

from scanner import (
    Effort,
    Judgement,
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
from scanner.formats.tls.verdicts import flaws
from scanner.observation.tls import TlsFlaws, Verdict


@check(
    id="starttls-injection",
    title="Commands sent with STARTTLS are not obeyed after it",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Update the mail server: what came before the handshake must be dropped.",
    snippets={
        "postfix": "Upgrade to Postfix 2.8 or later.",
        "exim": "Upgrade to Exim 4.95 or later.",
    },
    references=(
        Reference("CVE-2011-0411"),
        Reference("RFC 3207", "4.2"),
    ),
    roles=(Role.MAIL,),
    passes={"a correct server": flaws("starttls-injection", Verdict.NOT_VULNERABLE)},
    fails={"a flawed one": flaws("starttls-injection", Verdict.VULNERABLE)},
    others={
        "it does not concern it": flaws("starttls-injection", Verdict.NOT_APPLICABLE),
        "not known": flaws("starttls-injection", Verdict.UNKNOWN),
    },
)
def starttls_injection(seen: TlsFlaws) -> Judgement:
    """Who sits between can put commands before the handshake that then count as the sender's."""
    probe = seen.probe("starttls-injection")
    match probe.verdict:
        case Verdict.VULNERABLE:
            return failed(
                "A command sent in clear was obeyed inside TLS.",
                evidence=(probe.detail, *probe.heard),
            )
        case Verdict.NOT_VULNERABLE:
            return passed(
                "A command sent together with STARTTLS is dropped or refused.", evidence=probe.heard
            )
        case Verdict.NOT_APPLICABLE:
            return not_applicable("It does not concern this server: {why}.", why=probe.detail)
        case _:
            return inconclusive(
                probe.reason or Reason.TIMEOUT,
                "The probe did not settle it: {why}.",
                why=probe.detail,
                evidence=probe.heard,
            )
