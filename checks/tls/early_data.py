"""Nothing is taken before the handshake is done."""

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
from scanner.observation.tls import Question, Sign, TlsServer

LEGACY = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
ONLY_13 = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))


@check(
    id="early-data",
    title="0-RTT data is not accepted",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Turn early data off, unless every request that may come in it can be repeated.",
    snippets={
        "nginx": "ssl_early_data off;",
        "apache": "httpd offers none: look at the load balancer before it.",
        "haproxy": "Leave allow-0rtt out of the bind line.",
        "postfix": "Postfix offers none.",
        "iis": "Leave 0-RTT off.",
    },
    references=(Reference("RFC 8446", "8"), Reference("RFC 8446", "E.5")),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "tickets offer none": ONLY_13.answering(Sign(Question.EARLY_DATA, "none")),
        "nothing fits into it": ONLY_13.answering(Sign(Question.EARLY_DATA, "0")),
    },
    fails={"16 KiB": ONLY_13.answering(Sign(Question.EARLY_DATA, "16384"))},
    others={
        "no TLS 1.3": LEGACY,
        "not known": ONLY_13,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def early_data(server: TlsServer) -> Judgement:
    """Who records early data can send it again: a form would be sent twice."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    if server.answer("TLSv1.3").accepted is False:
        return not_applicable("TLS 1.3, in which early data exists, is not accepted.")
    sign = server.sign(Question.EARLY_DATA)
    if sign.answer in {"none", "0"}:
        return passed("Its session tickets offer no early data.")
    if sign.answer:
        return failed(
            "Its session tickets allow {bytes} bytes of early data.",
            bytes=sign.answer,
            command=server.shown_by("-tls1_3", typed="HEAD"),
        )
    return inconclusive(
        sign.reason or Reason.TIMEOUT,
        "Its session tickets could not be read: {why}.",
        why=sign.detail,
    )
