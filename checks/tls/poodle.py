"""No CBC in SSL 3.0."""

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
from scanner.formats.tls.accepted import accepted, is_cbc, names, texts
from scanner.observation.tls import ProtocolAnswer, TlsServer

SILENT = TlsServer(
    "www.agency.example",
    (
        ProtocolAnswer(
            "SSLv3", accepted=True, suites=("TLS_RSA_WITH_RC4_128_SHA",), is_complete=False
        ),
    ),
)


@check(
    id="poodle",
    title="SSL 3.0 with CBC (POODLE) is not accepted",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Turn SSL 3.0 off.",
    snippets={
        "nginx": "ssl_protocols TLSv1.2 TLSv1.3;",
        "apache": "SSLProtocol -all +TLSv1.2 +TLSv1.3",
        "haproxy": "ssl-default-bind-options ssl-min-ver TLSv1.2",
        "postfix": "smtpd_tls_protocols = >=TLSv1.2",
        "iis": "Disable SSL 3.0 under SCHANNEL\\Protocols in the registry, then restart.",
    },
    references=(Reference("CVE-2014-3566"), Reference("RFC 7568", "4")),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "SSL 3.0 is refused": TlsServer.accepting("TLSv1.2"),
        "only RC4 in it": TlsServer.taking(SSLv3=("TLS_RSA_WITH_RC4_128_SHA",)),
    },
    fails={"CBC in it": TlsServer.taking(SSLv3=("TLS_RSA_WITH_AES_128_CBC_SHA",))},
    others={
        "not known": TlsServer.accepting("TLSv1.2", unknown=("SSLv3",)),
        "the list broke off": SILENT,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def poodle(server: TlsServer) -> Judgement:
    """SSL 3.0 does not check its padding: who can make a browser ask again and again reads one byte
    of a cookie after the other.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    seen = [one for one in accepted(server) if one.version == "SSLv3" and is_cbc(one.suite)]
    if seen:
        return failed(
            "SSL 3.0 is accepted with CBC: {suites}.",
            suites=names(seen),
            evidence=texts(seen),
            command=server.lists,
        )
    answer = server.answer("SSLv3")
    if not answer.is_settled:
        return inconclusive(answer.reason or server.why, "What SSL 3.0 would get is not known.")
    if answer.accepted:
        return passed("SSL 3.0 is accepted, but without CBC; it is judged by itself.")
    return passed("SSL 3.0 is refused.")
