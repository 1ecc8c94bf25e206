"""The master secret is bound to the handshake."""

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
from scanner.observation.tls import ProtocolAnswer, TlsServer


def server(*extensions: str, old: tuple[str, ...] | None = None) -> TlsServer:
    """For examples: TLS 1.2, and further versions, with what they echo."""
    every = {"TLSv1.2": extensions} | ({} if old is None else {"TLSv1.0": old})
    return TlsServer(
        "www.agency.example",
        tuple(
            ProtocolAnswer(name, accepted=True, suites=("x",), extensions=value)
            for name, value in every.items()
        ),
    )


@check(
    id="extended-master-secret",
    title="The extended master secret is used in every version before TLS 1.3",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library: every one of the last ten years does it by itself.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 7627", "5"), Reference("RFC 9325", "3.5")),
    roles=(Role.WEB, Role.MAIL),
    passes={"echoed": server("extended_master_secret")},
    fails={
        "not echoed": server("session_ticket"),
        "not in every version": server("extended_master_secret", old=()),
    },
    others={
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
        "SSL 3.0 knows no extension": TlsServer.taking(SSLv3=("TLS_RSA_WITH_RC4_128_SHA",)),
        "a version is not known": TlsServer.accepting("TLSv1.3", unknown=("TLSv1.2",)),
        "its hello holds no such extension": TlsServer(
            "www.agency.example", server("session_ticket").protocols, hello="no extension at all"
        ),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def extended_master_secret(server: TlsServer) -> Judgement:
    """Without it two sessions can be made to share their secret, and so be joined by an attacker
    (the triple handshake).
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    legacy = [one for one in server.legacy if one.version != "SSLv3"]
    lacking = [one.version for one in legacy if "extended_master_secret" not in one.extensions]
    evidence = tuple(f"{one.version}: {', '.join(one.extensions)}" for one in legacy)
    if lacking and server.hello != "everything":
        return inconclusive(
            Reason.NOT_SUPPORTED_BY_US, "It bears no hello that asks for it.", evidence=evidence
        )
    if lacking:
        return failed(
            "It is not used in {versions}.",
            versions=", ".join(lacking),
            evidence=evidence,
            command=server.shown_by("-no_tls1_3 -legacy_server_connect"),
        )
    if not server.is_complete:
        return inconclusive(server.why, "Not every version is known.", evidence=evidence)
    if not legacy:
        return not_applicable("No version that it concerns is accepted: TLS 1.3 always does it.")
    return passed("It is used in every version.", evidence=evidence)
