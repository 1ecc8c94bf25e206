"""Mail servers offer encryption."""

from scanner import Effort, Judgement, Reference, Severity, check, failed, passed
from scanner.observation.mail import MailServer


@check(
    id="starttls-offered",
    title="The mail server offers encryption (STARTTLS)",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Install a certificate on the mail server and switch TLS on for incoming mail.",
    snippets={
        "postfix": "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = /etc/ssl/mail.pem"
    },
    references=(Reference("RFC 3207", "4"), Reference("CISA BOD 18-01")),
    passes={"offered": MailServer("220 mx", ("PIPELINING", "STARTTLS"), "220 Go")},
    fails={"not offered, twice": MailServer("220 mx", ("PIPELINING",), confirmed=True)},
)
def starttls_offered(server: MailServer) -> Judgement:
    """Without it every letter to the agency crosses the Internet as an open postcard."""
    evidence = (server.greeting, *(f"250 {one}" for one in server.extensions))
    if server.offers_starttls:
        return passed("It offers STARTTLS.", evidence=evidence)
    return failed("Two connections showed no STARTTLS.", evidence=evidence)
