"""A downgrade is noticed."""

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
from scanner.observation.tls import Question, Sign, TlsServer

TWO = TlsServer.accepting("TLSv1.3", "TLSv1.2")
FLAGS = {"TLSv1.2": "-tls1_2", "TLSv1.1": "-tls1_1"}
INAPPROPRIATE_FALLBACK = "86"


@check(
    id="fallback-scsv",
    title="A forced downgrade to an older version is refused",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library, or accept one version only.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 7507", "3"),),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "the alert for it": TWO.answering(Sign(Question.FALLBACK_SCSV, "86", detail="TLSv1.2")),
        "another alert": TWO.answering(Sign(Question.FALLBACK_SCSV, "40", detail="TLSv1.2")),
        "a close": TWO.answering(Sign(Question.FALLBACK_SCSV, "closed", detail="TLSv1.2")),
    },
    fails={"accepted": TWO.answering(Sign(Question.FALLBACK_SCSV, "accepted", detail="TLSv1.2"))},
    others={
        "one version": TlsServer.accepting("TLSv1.3"),
        "not known": TWO,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def fallback_scsv(server: TlsServer) -> Judgement:
    """Some clients try again with an older version when a line breaks, and who sits between can
    break it. The signal lets the server notice.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    sign = server.sign(Question.FALLBACK_SCSV)
    if sign.answer == "accepted":
        return failed(
            "A hello of {version} that says it is a fallback is accepted.",
            version=sign.detail,
            command=server.shown_by(f"-brief -fallback_scsv {FLAGS.get(sign.detail, '-tls1')}"),
        )
    if sign.answer == INAPPROPRIATE_FALLBACK:
        return passed("It refuses the fallback with the alert for it.")
    if sign.answer:
        return passed(
            "It refuses the fallback, though not with the alert for it ({how}).", how=sign.answer
        )
    if server.is_complete and len(server.versions) < 2:  # noqa: PLR2004
        return not_applicable("It accepts one version: there is nothing to fall back from.")
    return inconclusive(
        sign.reason or Reason.TIMEOUT, "Whether it notices a fallback is not known."
    )
