"""TLS answers where it should."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    failed,
    passed,
)
from scanner.fact import TLS_BACKENDS, TLS_CLIENT_AUTH, TLS_PRESENT
from scanner.observation.tls import Question, Sign, TlsServer

MODERN = TlsServer.accepting("TLSv1.3", "TLSv1.2")


@check(
    id="tls-service",
    title="The port speaks TLS",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Enable TLS on the listener of port 443, with a certificate for the site's names.",
    snippets={
        "nginx": "listen 443 ssl;",
        "apache": "SSLEngine on",
        "haproxy": "bind :443 ssl crt /etc/haproxy/site.pem",
        "postfix": "smtpd_tls_security_level = may",
        "iis": "Add an https binding with the certificate to the site.",
    },
    references=(Reference("RFC 8446"), Reference("RFC 9110", "4.2.2")),
    records=(TLS_PRESENT, TLS_CLIENT_AUTH, TLS_BACKENDS),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "a modern server": MODERN.answering(Sign(Question.CLIENT_AUTH, "none")),
        "a client certificate was not asked about": MODERN,
        "it wants a client certificate": MODERN.answering(Sign(Question.CLIENT_AUTH, "required")),
    },
    fails={
        "plain HTTP on 443": TlsServer.speaking("the answer begins with 'HTTP/1.1 400 Bad'"),
    },
)
def tls_service(server: TlsServer) -> Judgement:
    """Where port 443 answers in another language, no browser can open the site securely."""
    if server.other_protocol:
        return failed(
            "The port answers, but not with TLS: {what}.",
            what=server.other_protocol,
            facts={TLS_PRESENT: False, TLS_CLIENT_AUTH: None, TLS_BACKENDS: None},
        )
    sign = server.sign(Question.CLIENT_AUTH)
    facts = {
        TLS_PRESENT: True,
        TLS_CLIENT_AUTH: sign.answer or Unknown(sign.reason or server.why, sign.detail),
        TLS_BACKENDS: "mixed" if server.is_mixed else "one",
    }
    versions = ", ".join(server.versions)
    if sign.answer == "required":
        return passed(
            "It accepts {versions}, from who has a client certificate.",
            versions=versions,
            facts=facts,
        )
    return passed("It accepts {versions}.", versions=versions, facts=facts)
