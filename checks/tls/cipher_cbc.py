"""CBC suites, for information: BEAST, LUCKY13."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.formats.tls.accepted import is_cbc, matching, names, texts
from scanner.observation.tls import ProtocolAnswer, TlsServer

CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
OLD = frozenset({"TLSv1.0", "SSLv3"})
WITH_ETM = TlsServer(
    "www.agency.example",
    (ProtocolAnswer("TLSv1.2", accepted=True, suites=(CBC,), extensions=("encrypt_then_mac",)),),
)


@check(
    id="cipher-cbc",
    title="No suite in CBC mode is accepted",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Prefer AEAD suites (GCM, ChaCha20), and leave out CBC when old clients allow it.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "tls_high_cipherlist = ECDHE+AESGCM:ECDHE+CHACHA20",
        "iis": "Disable-TlsCipherSuite -Name TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    },
    references=(
        Reference("RFC 7366"),
        Reference("RFC 9325", "4.2"),
        Reference("CVE-2013-0169"),
        Reference("CVE-2011-3389"),
    ),
    roles=(Role.WEB, Role.MAIL),
    others={
        "AEAD only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)),
        "LUCKY13": TlsServer.taking(TLSv12=(CBC,)),
        "BEAST": TlsServer.taking(TLSv10=(CBC,)),
        "encrypt then MAC": WITH_ETM,
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def cipher_cbc(server: TlsServer) -> Judgement:
    """CBC suites authenticate first and encrypt then, which timing can tell apart (LUCKY13).

    In TLS 1.0 and SSL 3.0 the next block can also be guessed (BEAST); clients split their records
    against it. What a server does in which time is not measured here.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    seen = matching(server, is_cbc)
    if not seen and not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; none of those that are is of this kind."
        )
    if not seen:
        return informational("It accepts no suite in CBC mode.")
    suites, evidence = names(seen), texts(seen)
    versions = {one.version for one in seen}
    if versions & OLD:
        return informational(
            "CBC in TLS 1.0 or older is what BEAST needs, and clients split records against it:"
            " {suites}.",
            suites=suites,
            evidence=evidence,
            command=server.lists,
        )
    if all("encrypt_then_mac" in server.answer(one).extensions for one in versions):
        return informational(
            "It accepts CBC, and encrypts before it authenticates where the client can: {suites}.",
            suites=suites,
            evidence=evidence,
            command=server.lists,
        )
    return informational(
        "It accepts CBC (LUCKY13; timing is not measured): {suites}.",
        suites=suites,
        evidence=evidence,
        command=server.lists,
    )
