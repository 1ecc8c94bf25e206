"""SSL 2.0 is refused."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import TLS_RSA_KEYS
from scanner.formats.certificate_examples import leaf
from scanner.formats.tls.keys import rsa_keys
from scanner.observation.tls import ProtocolAnswer, ServedCertificates, ServedChain, TlsServer

SEEN = ServedCertificates("www.agency.example", (ServedChain((leaf(),), ("TLSv1.2",)),))
UNSEEN = Unobserved(Reason.TIMEOUT)
NO_KIND = TlsServer("www.agency.example", (ProtocolAnswer("SSLv2", accepted=True),))


@check(
    id="tls-sslv2",
    title="SSL 2.0 is refused",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="Allow TLS 1.2 and TLS 1.3 only; no client has needed SSL 2.0 since 1996.",
    snippets={
        "nginx": "ssl_protocols TLSv1.2 TLSv1.3;",
        "apache": "SSLProtocol -all +TLSv1.2 +TLSv1.3",
        "haproxy": "ssl-default-bind-options ssl-min-ver TLSv1.2",
        "postfix": "smtpd_tls_protocols = >=TLSv1.2",
        "iis": "Disable SSL 2.0 under SCHANNEL\\Protocols in the registry, then restart.",
    },
    references=(Reference("RFC 6176", "3"), Reference("CVE-2016-0800")),
    records=(TLS_RSA_KEYS,),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "two newer versions": (TlsServer.accepting("TLSv1.3", "TLSv1.2"), SEEN),
        "the key was not seen": (TlsServer.accepting("TLSv1.2"), UNSEEN),
    },
    fails={
        "it is accepted": (TlsServer.taking(SSLv2=("SSL_CK_RC4_128_WITH_MD5",)), UNSEEN),
        "without any cipher, which still counts": (NO_KIND, SEEN),
    },
    others={
        "silence settles nothing": (TlsServer.accepting("TLSv1.2", unknown=("SSLv2",)), SEEN),
        "no TLS at all": (TlsServer.speaking("HTTP"), UNSEEN),
    },
)
def tls_sslv2(server: TlsServer, served: ServedCertificates | Unobserved) -> Judgement:
    """SSL 2.0 opens more than itself: with it any TLS session under the same key is read (DROWN).

    An answer without any cipher still counts, since old libraries took ciphers that they had not
    offered (CVE-2015-3197).
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.", facts={TLS_RSA_KEYS: None})
    facts = {TLS_RSA_KEYS: rsa_keys(served)}
    answer = server.answer("SSLv2")
    if answer.accepted is None:
        reason = answer.reason or Reason.TIMEOUT
        return inconclusive(
            reason, "SSL 2.0 was neither accepted nor refused: {why}.", why=reason, facts=facts
        )
    if answer.accepted:
        return failed(
            "SSL 2.0 is accepted.",
            evidence=tuple(f"SSLv2 {kind}" for kind in answer.suites),
            facts=facts,
            command=server.lists,
        )
    return passed("SSL 2.0 is refused ({how}).", how=answer.detail, facts=facts)
