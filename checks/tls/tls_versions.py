"""Only TLS 1.2 and TLS 1.3 are accepted."""

from scanner import (
    Effort,
    Judgement,
    Members,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import TLS_VERSIONS
from scanner.observation.tls import TlsServer

GOOD = frozenset({"TLSv1.2", "TLSv1.3"})


@check(
    id="tls-versions",
    title="Only TLS 1.2 and TLS 1.3 are accepted",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Allow TLS 1.2 and TLS 1.3, and nothing older.",
    snippets={
        "nginx": "ssl_protocols TLSv1.2 TLSv1.3;",
        "apache": "SSLProtocol -all +TLSv1.2 +TLSv1.3",
        "haproxy": "ssl-default-bind-options ssl-min-ver TLSv1.2",
        "postfix": "smtpd_tls_protocols = >=TLSv1.2",
        "iis": "Disable the older versions under SCHANNEL\\Protocols in the registry.",
    },
    references=(Reference("RFC 9325", "3.1.1"), Reference("RFC 8996")),
    records=(TLS_VERSIONS,),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "both": TlsServer.accepting("TLSv1.3", "TLSv1.2"),
        "the newest alone": TlsServer.accepting("TLSv1.3"),
    },
    fails={
        "an old one beside them": TlsServer.accepting("TLSv1.2", "TLSv1.0"),
        "a partial list can convict": TlsServer.accepting("TLSv1.2", "TLSv1.1", unknown=("SSLv3",)),
    },
    others={
        "a partial list cannot acquit": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def tls_versions(server: TlsServer) -> Judgement:
    """A server is as strong as the oldest version that it can be talked into."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.", facts={TLS_VERSIONS: Members(())})
    facts = {TLS_VERSIONS: Members(server.versions, server.is_complete)}
    listed = ", ".join(server.versions)
    old = [one for one in server.versions if one not in GOOD]
    if old:
        return failed(
            "It accepts {old}.",
            old=", ".join(old),
            evidence=(listed,),
            facts=facts,
            command=server.lists,
        )
    if not server.is_complete:
        unsettled = ", ".join(one.version for one in server.protocols if one.accepted is None)
        return inconclusive(
            server.why,
            "{versions} got no answer that settles it; the others are good.",
            versions=unsettled,
            facts=facts,
        )
    return passed("It accepts {versions}.", versions=listed, facts=facts)
