"""RSA decryption tells nothing."""

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
from scanner.formats.tls.verdicts import flaws
from scanner.observation.tls import TlsFlaws, Verdict


@check(
    id="robot",
    title="The server is no oracle for RSA (ROBOT)",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Leave out RSA key transport (TLS_RSA_*), or update the load balancer.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "smtpd_tls_exclude_ciphers = kRSA",
        "iis": "Disable-TlsCipherSuite for every TLS_RSA_* suite",
    },
    references=(
        Reference("CVE-2017-13099"),
        Reference("RFC 5246", "7.4.7.1"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={"a correct server": flaws("robot", Verdict.NOT_VULNERABLE)},
    fails={
        "a flawed one": flaws("robot", Verdict.VULNERABLE),
        "a weak oracle": flaws("robot", Verdict.VULNERABLE, grade="weak"),
    },
    others={
        "it does not concern it": flaws("robot", Verdict.NOT_APPLICABLE),
        "not known": flaws("robot", Verdict.UNKNOWN),
    },
)
def robot(seen: TlsFlaws) -> Judgement:
    """Who can tell good from bad padding by the answer can decrypt recorded sessions, or sign as the
    server, with some thousand questions."""
    probe = seen.probe("robot")
    match probe.verdict:
        case Verdict.VULNERABLE:
            if probe.grade == "weak":
                return failed(
                    "Its answers tell well made blocks apart, though weakly.",
                    severity=Severity.MEDIUM,
                    evidence=(probe.detail, *probe.heard),
                )
            return failed(
                "Its answers tell well and badly made blocks apart.",
                evidence=(probe.detail, *probe.heard),
            )
        case Verdict.NOT_VULNERABLE:
            return passed(
                "Its answers to five kinds of blocks are all the same.", evidence=probe.heard
            )
        case Verdict.NOT_APPLICABLE:
            return not_applicable("It does not concern this server: {why}.", why=probe.detail)
        case _:
            return inconclusive(
                probe.reason or Reason.TIMEOUT,
                "The probe did not settle it: {why}.",
                why=probe.detail,
                evidence=probe.heard,
            )
