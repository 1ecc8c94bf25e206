"""Every suite has an ephemeral key exchange and AEAD."""

from scanner import (
    Effort,
    Judgement,
    Members,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import TLS_SUITE_MACS, TLS_SUITES, Fact, FactValue
from scanner.formats.tls.accepted import Accepted, accepted, is_modern, names, texts
from scanner.observation.tls import TlsServer


@check(
    id="tls-suites",
    title="Every accepted suite has an ephemeral key exchange and authenticated encryption",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Accept ECDHE with AES-GCM or ChaCha20 only, as in Mozilla's intermediate list.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "tls_high_cipherlist = ECDHE+AESGCM:ECDHE+CHACHA20",
        "iis": "Set the order of suites by Group Policy: SSL Cipher Suite Order.",
    },
    references=(Reference("RFC 9325", "4.1"), Reference("RFC 9325", "4.2")),
    records=(TLS_SUITES, TLS_SUITE_MACS),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "modern suites only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)),
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
    },
    fails={
        "CBC": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",)),
        "RSA key transport": TlsServer.taking(TLSv12=("TLS_RSA_WITH_AES_128_GCM_SHA256",)),
        "SSL 2.0": TlsServer.taking(SSLv2=("SSL_CK_RC4_128_WITH_MD5",)),
    },
    others={
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def tls_suites(server: TlsServer) -> Judgement:
    """Older constructions are broken one by one; these two properties have lasted."""
    if server.other_protocol:
        nothing = {TLS_SUITES: Members(()), TLS_SUITE_MACS: Members(())}
        return not_applicable("The port does not speak TLS.", facts=nothing)
    every = accepted(server)
    facts = _facts(server, every)
    if old := [one for one in every if not is_modern(one.suite)]:
        return failed(
            "It accepts suites without an ephemeral key exchange or without AEAD: {suites}.",
            suites=names(old),
            evidence=texts(old),
            facts=facts,
            command=server.lists,
        )
    if not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; those that are are good.", facts=facts
        )
    return passed(
        "Every suite is ephemeral and authenticated: {suites}.",
        suites=names(every),
        evidence=texts(every),
        facts=facts,
    )


def _facts(server: TlsServer, every: tuple[Accepted, ...]) -> dict[Fact, FactValue]:
    suites = {name for one in server.protocols if one.accepted for name in one.suites}
    macs = {one.suite.prf if one.suite.aead else one.suite.mac for one in every}
    complete = server.knows_suites
    return {
        TLS_SUITES: Members(tuple(sorted(suites)), complete),
        TLS_SUITE_MACS: Members(tuple(sorted(filter(None, macs))), complete),
    }
