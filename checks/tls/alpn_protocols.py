"""Which application protocol is chosen."""

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
from scanner.observation.tls import Question, Sign, TlsServer

LEGACY = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
ONLY_13 = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))


@check(
    id="alpn-protocols",
    title="The application protocol is negotiated",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Offer h2 and http/1.1.",
    snippets={
        "nginx": "http2 on;",
        "apache": "Protocols h2 http/1.1",
        "haproxy": "bind :443 ssl crt site.pem alpn h2,http/1.1",
        "iis": "HTTP/2 is on by default.",
    },
    references=(Reference("RFC 7301", "3.2"),),
    roles=(Role.WEB,),
    others={
        "h2": ONLY_13.answering(Sign(Question.ALPN, "h2")),
        "none": LEGACY.answering(Sign(Question.ALPN, "none")),
        "it wants another": LEGACY.answering(Sign(Question.ALPN, "refused")),
        "not known": LEGACY,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def alpn_protocols(server: TlsServer) -> Judgement:
    """HTTP/2 is faster over slow lines, and a named protocol cannot be mistaken for another."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    sign = server.sign(Question.ALPN)
    if not sign.answer:
        return inconclusive(sign.reason or server.why, "Its choice could not be seen.")
    if sign.answer == "refused":
        return informational(
            "It refuses a hello that offers h2 and http/1.1, and takes one without."
        )
    if sign.answer == "none":
        return informational("Offered h2 and http/1.1, it chooses no protocol.")
    return informational("Offered h2 and http/1.1, it chooses {protocol}.", protocol=sign.answer)
