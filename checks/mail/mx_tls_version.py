"""Mail servers accept no broken version of TLS."""

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
from scanner.observation.tls import TlsServer

GOOD = frozenset({"TLSv1.2", "TLSv1.3"})


@check(
    id="mx-tls-version",
    title="The mail server accepts TLS 1.2 and TLS 1.3 only",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Leave out what is older than TLS 1.2.",
    snippets={"postfix": "smtpd_tls_protocols = >=TLSv1.2"},
    references=(Reference("RFC 8996"), Reference("RFC 9325", "3.1.1")),
    roles=(Role.MAIL,),
    passes={"both": TlsServer.accepting("TLSv1.3", "TLSv1.2")},
    fails={"an old one": TlsServer.accepting("TLSv1.2", "TLSv1.0")},
    others={
        "one did not answer": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("220"),
    },
)
def mx_tls_version(tls: TlsServer) -> Judgement:
    """A sender can be talked down to the oldest version that the server takes."""
    if tls.other_protocol:
        return not_applicable("After STARTTLS it does not speak TLS.")
    listed = ", ".join(tls.versions)
    if old := [one for one in tls.versions if one not in GOOD]:
        return failed("It accepts {old}.", old=", ".join(old), evidence=(listed,))
    if not tls.is_complete:
        return inconclusive(Reason.TIMEOUT, "Not every version got an answer.", evidence=(listed,))
    return passed("It accepts {versions}.", versions=listed)
