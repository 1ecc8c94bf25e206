"""Ticket resumption gives no memory away."""

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
    id="ticketbleed",
    title="Ticketbleed is not there",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Update the load balancer, or turn session tickets off.",
    snippets={
        "nginx": "ssl_session_tickets off;",
        "apache": "SSLSessionTickets off",
        "haproxy": "ssl-default-bind-options no-tls-tickets",
        "postfix": "tls_ssl_options = NO_TICKET",
        "iis": "Update the load balancer before it.",
    },
    references=(
        Reference("CVE-2016-9244"),
        Reference("RFC 5077", "3.4"),
    ),
    roles=(Role.WEB, Role.MAIL),
    passes={"a correct server": flaws("ticketbleed", Verdict.NOT_VULNERABLE)},
    fails={"a flawed one": flaws("ticketbleed", Verdict.VULNERABLE)},
    others={
        "it does not concern it": flaws("ticketbleed", Verdict.NOT_APPLICABLE),
        "not known": flaws("ticketbleed", Verdict.UNKNOWN),
    },
)
def ticketbleed(seen: TlsFlaws) -> Judgement:
    """Some load balancers answer a short session id with memory of others' sessions behind it."""
    probe = seen.probe("ticketbleed")
    match probe.verdict:
        case Verdict.VULNERABLE:
            return failed(
                "It sends back bytes of others behind the session id.",
                evidence=(probe.detail, *probe.heard),
            )
        case Verdict.NOT_VULNERABLE:
            return passed(
                "It sends back the session id as it was, or none of it.", evidence=probe.heard
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
