"""TLS 1.1 is refused."""

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
    id="tls-1-1",
    title="TLS 1.1 is refused",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="""
        Allow TLS 1.2 and TLS 1.3 only. Devices that speak nothing newer have had no security
        updates for years.
    """,
    snippets={
        "nginx": "ssl_protocols TLSv1.2 TLSv1.3;",
        "apache": "SSLProtocol -all +TLSv1.2 +TLSv1.3",
        "haproxy": "ssl-default-bind-options ssl-min-ver TLSv1.2",
        "postfix": "smtpd_tls_protocols = >=TLSv1.2",
        "iis": "Disable TLS 1.1 under SCHANNEL\\Protocols in the registry, then restart.",
    },
    references=(
        Reference("RFC 8996", "3"),
        Reference("RFC 9325", "3.1.1"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={"two newer versions": TlsServer.accepting("TLSv1.3", "TLSv1.2")},
    fails={"it is accepted": TlsServer.accepting("TLSv1.2", "TLSv1.1")},
    others={
        "silence settles nothing": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.1",)),
        "no TLS at all": TlsServer.speaking("HTTP"),
    },
)
def tls_1_1(server: TlsServer) -> Judgement:
    """TLS 1.1 rests on SHA-1 and MD5 and was withdrawn together with TLS 1.0."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    answer = server.answer("TLSv1.1")
    if answer.accepted is None:
        reason = answer.reason or Reason.TIMEOUT
        return inconclusive(reason, "TLS 1.1 was neither accepted nor refused: {why}.", why=reason)
    if answer.accepted:
        return failed(
            "TLS 1.1 is accepted.",
            evidence=tuple(f"TLSv1.1 {suite}" for suite in answer.suites or (answer.suite,)),
            command=server.lists,
        )
    return passed("TLS 1.1 is refused ({how}).", how=answer.detail)
