"""CBC records are refused in one way."""

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
    id="padding-oracle",
    title="Badly padded records get one answer",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Leave out CBC suites, or update the load balancer.",
    snippets={
        "nginx": "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
        "apache": "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        "haproxy": "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "postfix": "tls_high_cipherlist = ECDHE+AESGCM:ECDHE+CHACHA20",
        "iis": "Disable-TlsCipherSuite for every _CBC_ suite",
    },
    references=(
        Reference("CVE-2014-8730"),
        Reference("CVE-2019-1559"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={"a correct server": flaws("padding-oracle", Verdict.NOT_VULNERABLE)},
    fails={
        "a flawed one": flaws("padding-oracle", Verdict.VULNERABLE),
        "TLS-POODLE": flaws("padding-oracle", Verdict.VULNERABLE, grade="TLS-POODLE"),
    },
    others={
        "it does not concern it": flaws("padding-oracle", Verdict.NOT_APPLICABLE),
        "not known": flaws("padding-oracle", Verdict.UNKNOWN),
    },
)
def padding_oracle(seen: TlsFlaws) -> Judgement:
    """Who can tell bad padding from a bad MAC reads a session byte by byte. It costs many connections,
    and is looked for with --thorough only."""
    probe = seen.probe("padding-oracle")
    match probe.verdict:
        case Verdict.VULNERABLE:
            if probe.grade == "TLS-POODLE":
                return failed(
                    "It takes a record with wrong padding for a good one (TLS-POODLE).",
                    evidence=(probe.detail, *probe.heard),
                )
            return failed(
                "Its answers tell badly padded records apart.",
                evidence=(probe.detail, *probe.heard),
            )
        case Verdict.NOT_VULNERABLE:
            return passed(
                "Every wrong record gets the same answer, and another than a good one.",
                evidence=probe.heard,
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
