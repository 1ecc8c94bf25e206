"""Plain HTTP does not turn into TLS."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    passed,
)
from scanner.observation.tls_upgrade import TlsUpgrade

SWITCHING = 101


@check(
    id="http-upgrade-tls",
    title="Plain HTTP offers no upgrade to TLS (Opossum)",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Turn the upgrade off: HTTPS has a port of its own.",
    snippets={
        "nginx": "nginx offers none: look at the server behind it.",
        "apache": "Leave SSLEngine optional out.",
        "haproxy": "http-request del-header Upgrade",
        "iis": "IIS offers none: look at the load balancer before it.",
    },
    references=(Reference("CVE-2025-49812"), Reference("RFC 9110", "7.8")),
    roles=(Role.WEB,),
    passes={"it answers as if nothing had been asked": TlsUpgrade(200)},
    fails={"it switches": TlsUpgrade(101, "TLS/1.0, HTTP/1.1")},
    others={"it says that it could": TlsUpgrade(200, "TLS/1.0, HTTP/1.1")},
)
def http_upgrade_tls(seen: TlsUpgrade) -> Judgement:
    """Where a connection in clear can turn into TLS, answers can be put out of step with their
    requests: a visitor gets another page than he asked for. It is looked for with --thorough only.
    """
    if seen.status == SWITCHING:
        return failed("It takes up TLS on a connection in clear ({what}).", what=seen.upgrade)
    if "TLS" in seen.upgrade.upper():
        return informational(
            "It offers TLS in clear, and did not switch: {what}.", what=seen.upgrade
        )
    return passed("Asked for TLS in clear, it answers with status {status}.", status=seen.status)
