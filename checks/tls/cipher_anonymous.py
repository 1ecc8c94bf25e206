"""No suite without a certificate."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.tls.accepted import is_anonymous, matching, names, texts
from scanner.observation.tls import ProtocolAnswer, TlsServer

ANONYMOUS = "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"
ON_MAIL = TlsServer(
    "mx1.agency.example",
    (ProtocolAnswer("TLSv1.2", accepted=True, suites=(ANONYMOUS,)),),
    purpose="mail",
)


@check(
    id="cipher-anonymous",
    title="No suite without a certificate is accepted",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="Leave out the anonymous suites (aNULL, ADH, AECDH).",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL",
        "postfix": "smtpd_tls_exclude_ciphers = aNULL",
        "iis": "Schannel offers none: look at the load balancer before it.",
    },
    references=(Reference("RFC 9325", "4.1"),),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "modern suites only": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
    },
    fails={"one in TLS 1.2": TlsServer.taking(TLSv12=(ANONYMOUS,))},
    others={
        "a mail server, which encrypts as well as it can": ON_MAIL,
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def cipher_anonymous(server: TlsServer) -> Judgement:
    """Without a certificate nobody knows whom he talks to: who sits between can be the site.

    Mail servers encrypt with whoever comes, and take such suites so that less goes in clear.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    if seen := matching(server, is_anonymous):
        suites, evidence = names(seen), texts(seen)
        if server.purpose == "mail":
            return informational(
                "It accepts suites without a certificate, as mail servers do: {suites}.",
                suites=suites,
                evidence=evidence,
                command=server.lists,
            )
        return failed(
            "It accepts suites without a certificate: {suites}.",
            suites=suites,
            evidence=evidence,
            command=server.lists,
        )
    if not server.knows_suites:
        return inconclusive(
            server.why, "Not every suite is known; none of those that are is of this kind."
        )
    return passed("It accepts no suite without a certificate.")
