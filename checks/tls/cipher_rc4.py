"""No RC4."""

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
from scanner.formats.tls.accepted import is_rc4, matching, names, texts
from scanner.observation.tls import TlsServer


@check(
    id="cipher-rc4",
    title="No RC4 suite is accepted",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Leave out every suite with RC4.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "smtpd_tls_exclude_ciphers = RC4",
        "iis": "Disable-TlsCipherSuite -Name TLS_RSA_WITH_RC4_128_SHA",
    },
    references=(
        Reference("RFC 7465", "2"),
        Reference("OMB BOD 18-01"),
        Reference("CVE-2013-2566"),
        Reference("CVE-2015-2808"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "modern suites only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)),
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
    },
    fails={
        "in an old version": TlsServer.taking(TLSv10=("TLS_RSA_WITH_RC4_128_SHA",)),
        "in SSL 2.0": TlsServer.taking(SSLv2=("SSL_CK_RC4_128_WITH_MD5",)),
    },
    others={
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def cipher_rc4(server: TlsServer) -> Judgement:
    """RC4 leaks what it encrypts: with enough recorded sessions, cookies and passwords can be read."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    seen = matching(server, is_rc4)
    if seen:
        return failed(
            "It accepts RC4: {suites}.",
            suites=names(seen),
            evidence=texts(seen),
            command=server.lists,
        )
    if not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; none of those that are is of this kind."
        )
    return passed("It accepts no suite with RC4.")
