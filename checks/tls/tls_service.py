"""TLS answers where it should."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    passed,
)
from scanner.fact import TLS_PRESENT
from scanner.observation.tls import TlsServer


@check(
    id="tls-service",
    title="The HTTPS port speaks TLS",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Enable TLS on the listener of port 443, with a certificate for the site's names.",
    snippets={"nginx": "listen 443 ssl;", "apache": "SSLEngine on"},
    references=(Reference("RFC 8446"), Reference("RFC 9110", "4.2.2")),
    records=(TLS_PRESENT,),
    roles=(Role.WEB,),
    passes={"a modern server": TlsServer.accepting("TLSv1.3", "TLSv1.2")},
    fails={"plain HTTP on 443": TlsServer.speaking("HTTP/1.1 400 Bad Request")},
)
def tls_service(server: TlsServer) -> Judgement:
    """Where port 443 answers in another language, no browser can open the site securely."""
    if server.other_protocol:
        return failed(
            "The port answers, but not with TLS: {what}.",
            what=server.other_protocol,
            facts={TLS_PRESENT: False},
        )
    versions = ", ".join(server.versions)
    return passed("It accepts {versions}.", versions=versions, facts={TLS_PRESENT: True})
