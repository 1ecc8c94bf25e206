"""Recorded traffic stays closed."""

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
from scanner.formats.tls.accepted import lacks_forward_secrecy, matching, names, texts
from scanner.observation.tls import TlsServer


@check(
    id="forward-secrecy",
    title="Every accepted suite has forward secrecy",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Leave out RSA key transport (TLS_RSA_*) and static Diffie-Hellman.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "smtpd_tls_exclude_ciphers = kRSA",
        "iis": "Disable-TlsCipherSuite -Name TLS_RSA_WITH_AES_128_CBC_SHA",
    },
    references=(Reference("RFC 9325", "4.1"),),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "modern suites only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)),
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
    },
    fails={
        "RSA key transport": TlsServer.taking(TLSv12=("TLS_RSA_WITH_AES_128_GCM_SHA256",)),
        "beside a good one": TlsServer.taking(
            TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA")
        ),
        "SSL 2.0": TlsServer.taking(SSLv2=("SSL_CK_RC4_128_WITH_MD5",)),
    },
    others={
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def forward_secrecy(server: TlsServer) -> Judgement:
    """Without it, who records traffic today and gets the key one day, by theft or by order, reads all of it."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    seen = matching(server, lacks_forward_secrecy)
    if seen:
        return failed(
            "It accepts suites without forward secrecy: {suites}.",
            suites=names(seen),
            evidence=texts(seen),
            command=server.lists,
        )
    if not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; none of those that are is of this kind."
        )
    return passed("Every suite that it accepts has forward secrecy.")
