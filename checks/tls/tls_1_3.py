"""TLS 1.3 is offered."""

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
from scanner.observation.tls import TlsServer


@check(
    id="tls-1-3",
    title="TLS 1.3 is offered",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library (OpenSSL 1.1.1 or later) and allow TLS 1.3.",
    snippets={
        "nginx": "ssl_protocols TLSv1.2 TLSv1.3;",
        "apache": "SSLProtocol -all +TLSv1.2 +TLSv1.3",
        "haproxy": "ssl-default-bind-options ssl-min-ver TLSv1.2",
        "postfix": "smtpd_tls_protocols = >=TLSv1.2",
        "iis": "Windows Server 2022 and later speak TLS 1.3.",
    },
    references=(Reference("RFC 8446"), Reference("RFC 9325", "3.1.1")),
    roles=(Role.WEB, Role.MAIL),
    passes={"both versions": TlsServer.accepting("TLSv1.3", "TLSv1.2")},
    fails={"TLS 1.2 only": TlsServer.accepting("TLSv1.2")},
    others={
        "no answer to that hello": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.3",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def tls_1_3(server: TlsServer) -> Judgement:
    """TLS 1.3 is faster on slow lines and leaves out what broke in earlier versions."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    answer = server.answer("TLSv1.3")
    if answer.accepted is None:
        reason = answer.reason or Reason.TIMEOUT
        return inconclusive(reason, "TLS 1.3 was neither accepted nor refused: {why}.", why=reason)
    if answer.accepted:
        return passed(
            "TLS 1.3 is accepted, with {suite} and {group}.",
            suite=answer.suite,
            group=answer.group or "a group that was not named",
        )
    command = server.shown_by("-brief -tls1_3")
    return failed("TLS 1.3 is refused ({how}).", how=answer.detail, command=command)
