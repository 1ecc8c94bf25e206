"""Hellos of TLS 1.3 are borne."""

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

OLD = TlsServer.accepting("TLSv1.2")


@check(
    id="tls-version-intolerance",
    title="A hello that offers TLS 1.3 gets an answer",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Update the firmware of the load balancer or firewall before the server.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 8446", "4.2.1"), Reference("RFC 8446", "D")),
    roles=(Role.WEB, Role.MAIL),
    passes={"it answers": OLD.answering(Sign(Question.VERSION_TOLERANCE, "tolerated"))},
    fails={
        "it falls silent": OLD.answering(
            Sign(Question.VERSION_TOLERANCE, "refused", detail="no answer in time")
        ),
        "it bears no modern hello at all": TlsServer(
            OLD.name, OLD.protocols, hello="the server name alone"
        ),
    },
    others={
        "TLS 1.2 is not accepted": TlsServer.accepting("TLSv1.0"),
        "not known": OLD,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def tls_version_intolerance(server: TlsServer) -> Judgement:
    """A server that knows TLS 1.2 only must answer in it. Where it, or a box before it, falls silent
    instead, modern browsers cannot open the site. To refuse TLS 1.3 alone is no such fault.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    sign = server.sign(Question.VERSION_TOLERANCE)
    if server.hello != "everything" or sign.answer == "refused":
        return failed(
            "A hello that offers TLS 1.3 and 1.2 is not answered; the fullest that is: {hello}.",
            hello=server.hello,
            evidence=(sign.detail,) if sign.answer else (),
        )
    if sign.answer:
        return passed("It answers a hello that offers TLS 1.3.")
    if not {"TLSv1.2", "TLSv1.3"} & set(server.versions) and server.is_complete:
        return not_applicable("Neither TLS 1.2 nor TLS 1.3 is accepted.")
    return inconclusive(sign.reason or server.why, "Whether it bears such a hello is not known.")
