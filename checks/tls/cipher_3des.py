"""No cipher with blocks of 64 bits."""

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
from scanner.formats.tls.accepted import is_small_block, matching, names, texts
from scanner.observation.tls import TlsServer


@check(
    id="cipher-3des",
    title="No suite with a 64-bit block cipher is accepted",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Leave out every suite with 3DES, DES, IDEA or RC2.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "smtpd_tls_exclude_ciphers = 3DES, DES, IDEA, RC2",
        "iis": "Disable-TlsCipherSuite -Name TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    },
    references=(
        Reference("NIST SP 800-131A"),
        Reference("OMB BOD 18-01"),
        Reference("CVE-2016-2183"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "modern suites only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)),
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
    },
    fails={
        "3DES": TlsServer.taking(TLSv12=("TLS_RSA_WITH_3DES_EDE_CBC_SHA",)),
        "IDEA": TlsServer.taking(TLSv10=("TLS_RSA_WITH_IDEA_CBC_SHA",)),
    },
    others={
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def cipher_3des(server: TlsServer) -> Judgement:
    """After some hours of one long session blocks repeat, and what they hide can be read (SWEET32). It holds for every cipher with blocks of 64 bits, not for 3DES alone."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    seen = matching(server, is_small_block)
    if seen:
        return failed(
            "It accepts ciphers with blocks of 64 bits (SWEET32): {suites}.",
            suites=names(seen),
            evidence=texts(seen),
            command=server.lists,
        )
    if not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; none of those that are is of this kind."
        )
    return passed("It accepts no cipher with blocks of 64 bits.")
