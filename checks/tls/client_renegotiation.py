"""A client may not negotiate anew."""

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
    informational,
    not_applicable,
    passed,
)
from scanner.observation.tls import Question, Sign, TlsServer

LEGACY = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
ONLY_13 = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))
OFTEN = 4


def said(answer: str) -> TlsServer:
    """For examples: what came of the wish to negotiate anew."""
    return LEGACY.answering(Sign(Question.RENEGOTIATION, answer, detail="alert 100"))


@check(
    id="client-renegotiation",
    title="Clients cannot start a renegotiation",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Turn off renegotiation that clients begin, or accept TLS 1.3 only.",
    snippets={
        "nginx": "nginx refuses it; upgrade one that does not.",
        "apache": "SSLInsecureRenegotiation off",
        "haproxy": "HAProxy refuses it; upgrade one that does not.",
        "postfix": "tls_ssl_options = NO_RENEGOTIATION",
        "iis": "Set DisableRenegoOnServer to 1 under SCHANNEL in the registry.",
    },
    references=(Reference("RFC 9325", "3.5"), Reference("CVE-2009-3555")),
    roles=(Role.WEB, Role.MAIL),
    passes={"refused": said("refused")},
    fails={
        "four times of four": said("secure 4"),
        "without protection": said("insecure 1"),
    },
    others={
        "a few times": said("secure 2"),
        "TLS 1.3 alone": ONLY_13,
        "not known": LEGACY,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def client_renegotiation(server: TlsServer) -> Judgement:  # noqa: PLR0911 - a table
    """A renegotiation costs the server much and the client little. Where it is not bound to its
    session (RFC 5746), it also lets an attacker put words into a visitor's mouth.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    sign = server.sign(Question.RENEGOTIATION)
    word, _, count = sign.answer.partition(" ")
    if word == "refused":
        return passed("It is refused ({how}).", how=sign.detail or "the connection was closed")
    command = server.shown_by("-tls1_2 -cipher DEFAULT:@SECLEVEL=0", typed="R")
    if word == "insecure":
        return failed(
            "It is accepted, and not bound to its session.",
            severity=Severity.HIGH,
            command=server.shown_by("-tls1_2 -legacy_renegotiation", typed="R"),
        )
    if word == "secure" and int(count) >= OFTEN:
        return failed(
            "It was accepted {n} times of {n}.",
            severity=Severity.LOW,
            n=int(count),
            command=command,
        )
    if word == "secure":
        return informational(
            "It was accepted {n} times, and then refused: {how}.", n=int(count), how=sign.detail
        )
    if server.is_complete and not server.legacy:
        return not_applicable("TLS 1.3, the only version accepted, has no renegotiation.")
    return inconclusive(
        sign.reason or Reason.TIMEOUT,
        "Whether it is accepted is not known: {why}.",
        why=sign.detail,
    )
