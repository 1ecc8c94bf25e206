"""Mail hosts are named by MX records."""

from scanner import (
    Effort,
    Every,
    Inapplicable,
    Judgement,
    Message,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.fact import MAIL_RECEIVES
from scanner.formats.mail_examples import MAIL, NAME, NO_MX, NOW, SITE_ALONE
from scanner.observation.base import Seen
from scanner.observation.mail import MailHosts, MailServer

PLACE = Place(Subject(Role.MAIL, NAME, 25), "192.0.2.80")
ANSWERS: Every[MailServer] = Every((Seen(PLACE, Observed(MailServer("220 a", ()), NOW)),))


def _silent(why: str) -> Every[MailServer]:
    message = Message("It takes no mail ({why}).", {"why": why})
    return Every((Seen(Place(PLACE.subject), Inapplicable(message)),))


@check(
    id="implicit-mx",
    title="Where mail goes is said by an MX record, not left to the web server's address",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Publish the MX record of the mail host; or a null MX where no mail is taken.",
    snippets={"bind": "@ IN MX 10 mail.agency.example.\n; or, where no mail is taken\n@ IN MX 0 ."},
    references=(Reference("RFC 5321", "5.1"), Reference("RFC 7505", "3")),
    records=(MAIL_RECEIVES,),
    fails={"its address takes mail": (SITE_ALONE, ANSWERS)},
    passes={"an MX record": (MAIL, ANSWERS)},
    others={
        "neither": (NO_MX, Every()),
        "its address refuses mail": (SITE_ALONE, _silent("refused")),
        "its address is silent": (SITE_ALONE, _silent("timeout")),
        "it was not asked": (
            SITE_ALONE,
            Every((Seen(PLACE, Unobserved(Reason.RATE_LIMITED, "421")),)),
        ),
    },
)
def implicit_mx(found: MailHosts, servers: Every[MailServer]) -> Judgement:
    """Without an MX record senders try the name's own address: that is seldom meant."""
    if found.hosts:
        return passed(
            "MX records say so.",
            evidence=tuple(f"MX {one.preference} {one.name}" for one in found.hosts),
            facts={MAIL_RECEIVES: not found.is_null},
        )
    if not found.has_address:
        return not_applicable(
            "The name has neither an MX record nor an address.", facts={MAIL_RECEIVES: False}
        )
    seen = [one.observation for one in servers.on(found.name)]
    if any(isinstance(one, Observed) for one in seen):
        return failed(
            "There is no MX record, and the name's own address takes mail.",
            facts={MAIL_RECEIVES: True},
        )
    why = next(
        (str(one.why.params.get("why", "")) for one in seen if isinstance(one, Inapplicable)), ""
    )
    if why == Reason.REFUSED:
        return informational(
            "There is no MX record, and the name's own address refuses mail; a null MX would "
            "say so.",
            facts={MAIL_RECEIVES: False},
        )
    reason = next((one.reason for one in seen if isinstance(one, Unobserved)), Reason.TIMEOUT)
    return inconclusive(
        reason,
        "There is no MX record; whether the name's own address takes mail was not seen.",
        facts={MAIL_RECEIVES: Unknown(reason)},
    )
