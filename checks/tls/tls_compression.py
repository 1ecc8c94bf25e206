"""TLS does not compress."""

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
    id="tls-compression",
    title="TLS compression is off",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Turn TLS compression off; compressing pages over HTTP is another matter.",
    snippets={
        "nginx": "nginx has it off since 1.3.2; upgrade.",
        "apache": "SSLCompression off",
        "haproxy": "Upgrade OpenSSL: it is off since 1.1.0.",
        "postfix": "tls_ssl_options = NO_COMPRESSION",
        "iis": "Schannel has none: look at the load balancer before it.",
    },
    references=(Reference("RFC 9325", "3.3"), Reference("CVE-2012-4929")),
    roles=(Role.WEB, Role.MAIL),
    passes={"null only": LEGACY.answering(Sign(Question.COMPRESSION, "0"))},
    fails={"DEFLATE": LEGACY.answering(Sign(Question.COMPRESSION, "1"))},
    others={
        "TLS 1.3 alone": ONLY_13,
        "not known": LEGACY,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def tls_compression(server: TlsServer) -> Judgement:
    """How well a request shrinks tells what is in it: cookies were read that way (CRIME)."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    sign = server.sign(Question.COMPRESSION)
    if sign.answer == "0":
        return passed("It compresses nothing, though DEFLATE was offered.")
    if sign.answer:
        return failed(
            "It chose compression method {method} (CRIME).",
            method=sign.answer,
            command=server.shown_by("-no_tls1_3 -comp"),
        )
    if server.is_complete and not server.legacy:
        return not_applicable("TLS 1.3, the only version accepted, has no compression.")
    return inconclusive(sign.reason or Reason.TIMEOUT, "Whether it compresses is not known.")
