"""Ephemeral keys are used once."""

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
from scanner.observation.tls import ExchangeSeen, ProtocolAnswer, TlsServer

ENOUGH = 3


def server(kind: str, handshakes: int, publics: int) -> TlsServer:
    """For examples: so many handshakes, so many different public values."""
    made = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
    exchange = ExchangeSeen("TLSv1.2", kind, handshakes=handshakes, publics=publics)
    return TlsServer(made.name, made.protocols, exchanges=(exchange,))


FEW_OF_ONE_KIND = TlsServer(
    server("ecdhe", 3, 3).name,
    server("ecdhe", 3, 3).protocols,
    exchanges=(*server("ecdhe", 3, 3).exchanges, *server("dhe", 2, 2).exchanges),
)


@check(
    id="ephemeral-key-reuse",
    title="Ephemeral keys are made anew for each connection",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library; leave out DHE; turn off whatever caches ephemeral keys.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("CVE-2020-1968"), Reference("RFC 9325", "7.4")),
    roles=(Role.WEB, Role.MAIL),
    passes={"all differ": server("ecdhe", 3, 3)},
    fails={
        "the same value again and again": server("dhe", 3, 1),
        "the same point again and again": server("ecdhe", 4, 1),
    },
    others={
        "nothing ephemeral": TlsServer.taking(TLSv12=("TLS_RSA_WITH_AES_128_GCM_SHA256",)),
        "too few handshakes": server("ecdhe", 2, 1),
        "too few of one kind": FEW_OF_ONE_KIND,
        "TLS 1.3 alone": TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def ephemeral_key_reuse(server: TlsServer) -> Judgement:  # noqa: PLR0911 - a table
    """A key that serves many sessions opens all of them; with DHE the reuse itself is what the
    Raccoon attack needs.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    if not server.legacy:
        return not_applicable("No version before TLS 1.3 is accepted.")
    seen = [one for one in server.exchanges if one.kind in {"dhe", "ecdhe"}]
    counted = [one for one in seen if one.handshakes >= ENOUGH]
    if not seen and server.knows_suites and not any(map(_is_ephemeral, server.legacy)):
        return not_applicable("No suite with an ephemeral key is accepted before TLS 1.3.")
    evidence = tuple(
        f"{one.version} {one.kind} {one.group}: {one.handshakes} handshakes, {one.publics} values"
        for one in counted
    )
    reused = [one for one in counted if one.publics == 1]
    if any(one.kind == "dhe" for one in reused):
        return failed(
            "The same Diffie-Hellman value came in every handshake (Raccoon).", evidence=evidence
        )
    if reused:
        return failed(
            "The same elliptic-curve point came in every handshake.",
            severity=Severity.LOW,
            evidence=evidence,
        )
    if counted and {one.kind for one in counted} == {one.kind for one in seen}:
        return passed("The values differ from handshake to handshake.", evidence=evidence)
    return inconclusive(
        Reason.NOT_SUPPORTED_BY_US, "Fewer than three handshakes showed a value of one kind."
    )


def _is_ephemeral(answer: ProtocolAnswer) -> bool:
    return any("_DHE_" in name or "_ECDHE_" in name for name in answer.suites)
