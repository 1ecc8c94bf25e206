"""No suite without encryption, or with less than 112 bits."""

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
from scanner.formats.tls.accepted import (
    is_broken,
    is_export_dhe,
    is_export_rsa,
    matching,
    names,
    texts,
)
from scanner.observation.tls import TlsServer


@check(
    id="cipher-null-export",
    title="No suite without encryption or with less than 112 bits is accepted",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="Leave out NULL, EXPORT and DES suites: no client of this century needs them.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "smtpd_tls_exclude_ciphers = eNULL, EXPORT, LOW, DES",
        "iis": "Disable-TlsCipherSuite -Name TLS_RSA_WITH_NULL_SHA256",
    },
    references=(
        Reference("RFC 9325", "4.1"),
        Reference("CVE-2015-0204"),
        Reference("CVE-2015-4000"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "modern suites only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
    },
    fails={
        "FREAK": TlsServer.taking(TLSv10=("TLS_RSA_EXPORT_WITH_RC4_40_MD5",)),
        "LOGJAM": TlsServer.taking(TLSv10=("TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",)),
        "both": TlsServer.taking(
            TLSv10=("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA")
        ),
        "no encryption": TlsServer.taking(TLSv12=("TLS_RSA_WITH_NULL_SHA256",)),
        "DES of 56 bits": TlsServer.taking(TLSv12=("TLS_RSA_WITH_DES_CBC_SHA",)),
    },
    others={
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def cipher_null_export(server: TlsServer) -> Judgement:  # noqa: PLR0911 - a table
    """What such a suite hides can be read in the middle, by anyone, in hours at most.

    With an EXPORT suite a visitor who never asked for it can be talked into it: FREAK with RSA,
    LOGJAM with Diffie-Hellman.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    if seen := matching(server, is_broken):
        seen = tuple(sorted(seen, key=lambda one: not one.suite.export))
        suites, evidence = names(seen), texts(seen)
        freak = any(is_export_rsa(one.suite) for one in seen)
        logjam = any(is_export_dhe(one.suite) for one in seen)
        if freak and logjam:
            return failed(
                "It accepts EXPORT suites, and so FREAK and LOGJAM: {suites}.",
                suites=suites,
                evidence=evidence,
                command=server.lists,
            )
        if freak:
            return failed(
                "It accepts EXPORT suites, and so FREAK: {suites}.",
                suites=suites,
                evidence=evidence,
                command=server.lists,
            )
        if logjam:
            return failed(
                "It accepts EXPORT suites, and so LOGJAM: {suites}.",
                suites=suites,
                evidence=evidence,
                command=server.lists,
            )
        return failed(
            "It accepts suites that protect nothing: {suites}.",
            suites=suites,
            evidence=evidence,
            command=server.lists,
        )
    if not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; none of those that are is of this kind."
        )
    return passed("Every suite that it accepts encrypts with at least 112 bits.")
