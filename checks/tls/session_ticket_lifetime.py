"""Tickets live for a week at most."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.fact import TLS_TICKET_KEY
from scanner.observation.tls import Question, Sign, TlsServer

LEGACY = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
ONLY_13 = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))
WEEK = 604800


def server(answer: str, version: str) -> TlsServer:
    """For examples: a ticket that lives so long."""
    made = ONLY_13 if version == "TLS 1.3" else LEGACY
    sign = Sign(Question.TICKET_LIFETIME, answer, detail=version)
    return made.answering(sign, Sign(Question.TICKET_KEY, "00"))


@check(
    id="session-ticket-lifetime",
    title="Session tickets live for at most seven days",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Let tickets live a day, and change their key as often.",
    snippets={
        "nginx": "ssl_session_timeout 1d;",
        "apache": "SSLSessionCacheTimeout 86400",
        "haproxy": "tune.ssl.lifetime 86400",
        "postfix": "smtpd_tls_session_cache_timeout = 3600s",
        "iis": "Leave the lifetime at its default.",
    },
    references=(Reference("RFC 8446", "4.6.1"), Reference("RFC 5077", "5.6")),
    records=(TLS_TICKET_KEY,),
    roles=(Role.WEB, Role.MAIL),
    passes={"two hours": server("7200", "TLS 1.3"), "no ticket": server("none", "TLS 1.3")},
    fails={"eight days": server("691200", "TLS 1.3")},
    others={
        "a hint of TLS 1.2 has no limit": server("7200", "TLS 1.2"),
        "not known": ONLY_13,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def session_ticket_lifetime(server: TlsServer) -> Judgement:
    """The key of the tickets opens every session that they resume. The longer they live, the longer
    the key must be kept, and the more it opens.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.", facts={TLS_TICKET_KEY: None})
    sign, name = server.sign(Question.TICKET_LIFETIME), server.sign(Question.TICKET_KEY)
    facts = {TLS_TICKET_KEY: name.answer or (None if sign.answer else Unknown(server.why))}
    if sign.answer == "none":
        return passed("It hands out no session tickets.", facts=facts)
    if not sign.answer:
        return inconclusive(
            sign.reason or Reason.TIMEOUT,
            "Its session tickets could not be read: {why}.",
            why=sign.detail,
            facts=facts,
        )
    if sign.detail != "TLS 1.3":
        return informational(
            "A ticket of TLS 1.2 is said to live {seconds} seconds; RFC 5077 sets no limit.",
            seconds=int(sign.answer),
            facts=facts,
        )
    if int(sign.answer) > WEEK:
        return failed(
            "A session ticket lives {seconds} seconds, more than seven days.",
            seconds=int(sign.answer),
            facts=facts,
        )
    return passed(
        "A session ticket lives {seconds} seconds.", seconds=int(sign.answer), facts=facts
    )
