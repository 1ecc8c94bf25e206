"""The server says that it could do better."""

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
from scanner.observation.tls import ProtocolAnswer, TlsServer

NEW = ProtocolAnswer("TLSv1.3", accepted=True, suites=("x",))


def server(sentinel: str, *, newest: bool = True) -> TlsServer:
    """For examples: TLS 1.2 with this sentinel, and TLS 1.3."""
    old = ProtocolAnswer("TLSv1.2", accepted=True, suites=("x",), sentinel=sentinel)
    return TlsServer("www.agency.example", (NEW, old) if newest else (old,))


@check(
    id="downgrade-protection",
    title="Answers in older versions say that the server could do better",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Look at what ends TLS before the server: TLS 1.3 ends on another machine.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 8446", "4.1.3"),),
    roles=(Role.WEB, Role.MAIL),
    others={
        "it does": server("1.3"),
        "it does not": server(""),
        "TLS 1.3 is not accepted": server("", newest=False),
        "nothing older": TlsServer.accepting("TLSv1.3"),
        "not known": TlsServer.accepting("TLSv1.3", unknown=("TLSv1.2",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def downgrade_protection(server: TlsServer) -> Judgement:
    """A server of TLS 1.3 marks its random when it answers in an older version, so that a client
    notices a forced downgrade. Where the mark is missing, a box in between ends TLS 1.3.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    if not server.answer("TLSv1.3").accepted:
        return not_applicable("TLS 1.3 is not accepted.")
    seen = [one for one in server.legacy if one.version != "SSLv3"]
    if not seen and not server.is_complete:
        return inconclusive(server.why, "Not every version is known.")
    if not seen:
        return not_applicable("No version before TLS 1.3 is accepted.")
    lacking = [one.version for one in seen if not one.sentinel]
    if lacking:
        return informational(
            "The mark of RFC 8446 4.1.3 is missing in {versions}.", versions=", ".join(lacking)
        )
    return informational("Every older version carries the mark of RFC 8446 4.1.3.")
