"""SSL 3.0 is refused."""

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
    id="tls-sslv3",
    title="SSL 3.0 is refused",
    severity=Severity.HIGH,
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
        "iis": "Disable SSL 3.0 under SCHANNEL\\Protocols in the registry, then restart.",
    },
    references=(
        Reference("RFC 7568", "3"),
        Reference("RFC 9325", "3.1.1"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={"two newer versions": TlsServer.accepting("TLSv1.3", "TLSv1.2")},
    fails={"it is accepted": TlsServer.accepting("TLSv1.2", "SSLv3")},
    others={
        "silence settles nothing": TlsServer.accepting("TLSv1.2", unknown=("SSLv3",)),
        "no TLS at all": TlsServer.speaking("HTTP"),
    },
)
def tls_sslv3(server: TlsServer) -> Judgement:
    """SSL 3.0 is broken (POODLE): who sits between can read cookies, and so log in as the visitor."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    answer = server.answer("SSLv3")
    if answer.accepted is None:
        reason = answer.reason or Reason.TIMEOUT
        return inconclusive(reason, "SSL 3.0 was neither accepted nor refused: {why}.", why=reason)
    if answer.accepted:
        return failed(
            "SSL 3.0 is accepted.",
            evidence=tuple(f"SSLv3 {suite}" for suite in answer.suites or (answer.suite,)),
            command=server.lists,
        )
    return passed("SSL 3.0 is refused ({how}).", how=answer.detail)
