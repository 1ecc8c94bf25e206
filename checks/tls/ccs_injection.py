"""Keys are not switched too early."""

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
    id="ccs-injection",
    title="Early ChangeCipherSpec is refused",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Upgrade the TLS library.",
    snippets={
        "nginx": "Upgrade OpenSSL and restart nginx.",
        "apache": "Upgrade OpenSSL and restart httpd.",
        "haproxy": "Upgrade OpenSSL and restart HAProxy.",
        "postfix": "Upgrade OpenSSL and restart Postfix.",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("CVE-2014-0224"),),
    roles=(Role.WEB, Role.MAIL),
    passes={"a correct server": flaws("ccs-injection", Verdict.NOT_VULNERABLE)},
    fails={"a flawed one": flaws("ccs-injection", Verdict.VULNERABLE)},
    others={
        "it does not concern it": flaws("ccs-injection", Verdict.NOT_APPLICABLE),
        "not known": flaws("ccs-injection", Verdict.UNKNOWN),
    },
)
def ccs_injection(seen: TlsFlaws) -> Judgement:
    """Who sits between two flawed ends can make them agree on a key that he knows."""
    probe = seen.probe("ccs-injection")
    match probe.verdict:
        case Verdict.VULNERABLE:
            return failed(
                "It switches keys before any was agreed.", evidence=(probe.detail, *probe.heard)
            )
        case Verdict.NOT_VULNERABLE:
            return passed(
                "It refuses a ChangeCipherSpec that comes too early.", evidence=probe.heard
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
