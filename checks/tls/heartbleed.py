"""Memory is not given away."""

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
    id="heartbleed",
    title="Heartbleed is not there",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library, make a new key, revoke the old certificate, change passwords.",
    snippets={
        "nginx": "Upgrade OpenSSL, restart nginx, make a new key, revoke the old certificate.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(
        Reference("CVE-2014-0160"),
        Reference("RFC 6520", "4"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={"a correct server": flaws("heartbleed", Verdict.NOT_VULNERABLE)},
    fails={"a flawed one": flaws("heartbleed", Verdict.VULNERABLE)},
    others={
        "it does not concern it": flaws("heartbleed", Verdict.NOT_APPLICABLE),
        "not known": flaws("heartbleed", Verdict.UNKNOWN),
    },
)
def heartbleed(seen: TlsFlaws) -> Judgement:
    """Anyone can read the server's memory, keys and passwords included, and leaves no trace. The probe
    asks for nothing that it did not send itself."""
    probe = seen.probe("heartbleed")
    match probe.verdict:
        case Verdict.VULNERABLE:
            return failed(
                "It sends back more than it was sent (Heartbleed).",
                evidence=(probe.detail, *probe.heard),
            )
        case Verdict.NOT_VULNERABLE:
            return passed("It does not answer a heartbeat that is too short.", evidence=probe.heard)
        case Verdict.NOT_APPLICABLE:
            return not_applicable("It does not concern this server: {why}.", why=probe.detail)
        case _:
            return inconclusive(
                probe.reason or Reason.TIMEOUT,
                "The probe did not settle it: {why}.",
                why=probe.detail,
                evidence=probe.heard,
            )
