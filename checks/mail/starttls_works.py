"""The encryption that is offered works."""

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
from scanner.observation.mail import MailServer
from scanner.observation.tls import TlsServer

GOOD = MailServer("220 mx", ("STARTTLS",), "220 Go")
SETTLED = frozenset({Reason.TLS_HANDSHAKE_FAILED})


@check(
    id="starttls-works",
    title="The encryption that the mail server offers works",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Look into the mail server's log: certificate or key cannot be read, or are of the past.",
    references=(Reference("RFC 3207", "4"),),
    roles=(Role.MAIL,),
    passes={"a handshake": (GOOD, TlsServer.accepting("TLSv1.3"))},
    fails={
        "it takes the offer back": (
            MailServer("220 mx", ("STARTTLS",), "454 TLS not available"),
            Unobserved(Reason.RATE_LIMITED, "the reply to STARTTLS was '454'"),
        ),
        "no version is accepted": (GOOD, Unobserved(Reason.TLS_HANDSHAKE_FAILED, "alert 40")),
        "something else than TLS": (GOOD, TlsServer.speaking("220 again")),
    },
    others={
        "not offered": (MailServer("220 mx", ()), Unobserved(Reason.TIMEOUT)),
        "silence": (GOOD, Unobserved(Reason.TIMEOUT, "no answer in time")),
    },
)
def starttls_works(server: MailServer, tls: TlsServer | Unobserved) -> Judgement:
    """Some senders give up when it fails, others fall back to sending in the open."""
    if not server.offers_starttls:
        return not_applicable("STARTTLS is not offered.")
    if not server.starttls.startswith("220"):
        return failed(
            "It offers STARTTLS and then says {reply}.", reply=server.starttls or "nothing"
        )
    if isinstance(tls, Unobserved):
        if tls.reason in SETTLED:
            return failed("The handshake fails: {why}.", why=tls.detail)
        return inconclusive(tls.reason, "The handshake could not be seen: {why}.", why=tls.reason)
    if tls.other_protocol:
        return failed("After STARTTLS it does not speak TLS.", evidence=(tls.other_protocol,))
    return passed("It accepts {versions}.", versions=", ".join(tls.versions))
