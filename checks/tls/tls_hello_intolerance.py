"""Long hellos and reserved values are borne."""

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
from scanner.observation.tls import Question, Sign, TlsServer

MODERN = TlsServer.accepting("TLSv1.3")


def server(grease: str, long: str) -> TlsServer:
    """For examples: how the two hellos were borne."""
    return MODERN.answering(
        Sign(Question.GREASE, grease), Sign(Question.LONG_HELLO, long, detail="no answer in time")
    )


@check(
    id="tls-hello-intolerance",
    title="A long hello, and one with reserved values, get an answer",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Update the firmware of the load balancer or firewall before the server.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 8701", "4"), Reference("RFC 8446", "9.3")),
    roles=(Role.WEB, Role.MAIL),
    passes={"both": server("tolerated", "tolerated")},
    fails={
        "long ones not": server("tolerated", "refused"),
        "reserved values not": server("groups (alert 40)", "tolerated"),
    },
    others={"not known": MODERN, "no TLS": TlsServer.speaking("HTTP")},
)
def tls_hello_intolerance(server: TlsServer) -> Judgement:
    """Hellos grow: with a post-quantum key they need two packets, and boxes that read only the first
    lose the visitor. Reserved values must be ignored, or nothing new can ever be added.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    grease, long = server.sign(Question.GREASE), server.sign(Question.LONG_HELLO)
    if long.answer == "refused":
        return failed(
            "A hello of 1,700 bytes, as post-quantum browsers send, is not answered ({how}).",
            how=long.detail,
        )
    if grease.answer not in {"", "tolerated"}:
        return failed(
            "It stumbles over reserved values in {places}.",
            severity=Severity.LOW,
            places=grease.answer,
        )
    if grease.answer and long.answer:
        return passed("It answers a hello of 1,700 bytes, and reserved values.")
    return inconclusive(grease.reason or server.why, "Whether it bears them is not known.")
