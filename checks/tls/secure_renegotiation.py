"""Renegotiation is bound to its session."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.observation.tls import ProtocolAnswer, TlsServer


def server(*extensions: str, version: str = "TLSv1.2") -> TlsServer:
    """For examples: one version, with what it echoes."""
    answer = ProtocolAnswer(version, accepted=True, suites=("x",), extensions=extensions)
    return TlsServer("www.agency.example", (answer,))


@check(
    id="secure-renegotiation",
    title="Secure renegotiation is supported",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library: every one since 2010 does it by itself.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 5746", "3.6"), Reference("CVE-2009-3555")),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "echoed": server("renegotiation_info"),
        "in SSL 3.0 too": server("renegotiation_info", version="SSLv3"),
    },
    fails={"not echoed": server("session_ticket")},
    others={
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
        "a version is not known": TlsServer.accepting("TLSv1.3", unknown=("TLSv1.2",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def secure_renegotiation(server: TlsServer) -> Judgement:
    """Without it an attacker begins a session and lets the visitor's go on where his ended: what he
    said first then counts as the visitor's.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    legacy = server.legacy
    lacking = [one.version for one in legacy if "renegotiation_info" not in one.extensions]
    evidence = tuple(f"{one.version}: {', '.join(one.extensions)}" for one in legacy)
    if lacking:
        return failed(
            "It is not supported in {versions}.",
            versions=", ".join(lacking),
            evidence=evidence,
            command=server.shown_by("-no_tls1_3 -legacy_server_connect"),
        )
    if not server.is_complete:
        return inconclusive(server.why, "Not every version is known.", evidence=evidence)
    if not legacy:
        return not_applicable("TLS 1.3, the only version accepted, has no renegotiation.")
    return passed("It is supported in every version.", evidence=evidence)
