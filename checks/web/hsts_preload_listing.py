"""Browsers know the site as HTTPS only before the first visit."""

from datetime import UTC, date, datetime

from scanner import (
    Confidence,
    Effort,
    Every,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import HSTS_PRELOADED
from scanner.formats import hsts
from scanner.formats.answer import located
from scanner.formats.certificate_examples import NAME, NOW
from scanner.formats.hsts_noted import FIELD
from scanner.formats.preload import PreloadList, of
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import HttpsAnswer

HOST = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))
PLACE = Place(Subject(Role.WEB, NAME, 443), "192.0.2.7")
STALE_AFTER = 90  # days
NOBODY = of("2026-10-01")


def _https(field: str = "") -> Every[HttpsAnswer]:
    text = "HTTP/1.1 200 OK" + (f"\n{FIELD}: {field}" if field else "")
    return Every((Seen(PLACE, Observed(HttpsAnswer.from_text(text), NOW)),))


WANTED = _https("max-age=31536000; includeSubDomains; preload")


@check(
    id="hsts-preload-listing",
    title="Browsers know the site as HTTPS only before the first visit",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="""
        Submit the domain at hstspreload.org, but only when every sub-domain is and will stay on
        HTTPS: to be taken off the list again takes months. Otherwise remove `preload`.
    """,
    snippets={
        "nginx": 'add_header Strict-Transport-Security "max-age=31536000; includeSubDomains; preload" always;',
        "apache": 'Header always set Strict-Transport-Security "max-age=31536000; includeSubDomains; preload"',
        "iis": '<hsts enabled="true" max-age="31536000" includeSubDomains="true" preload="true" />',
    },
    references=(Reference("hstspreload.org"), Reference("RFC 6797", "12.3")),
    records=(HSTS_PRELOADED,),
    passes={
        "listed itself": (HOST, WANTED, of("2026-10-01", NAME)),
        "a parent with its sub-domains": (HOST, WANTED, of("2026-10-01", "agency.example +")),
    },
    fails={
        "not listed": (HOST, _https("max-age=31536000"), NOBODY),
        "a parent alone": (HOST, _https(), of("2026-10-01", "agency.example")),
        "not asked to be, by an old list": (HOST, _https(), of("2025-01-01")),
        "asked to be, by a fresh list": (HOST, WANTED, NOBODY),
    },
    others={
        "a name that does not exist": (HostAddresses(NAME, Presence.NXDOMAIN), Every(), NOBODY),
        "asked to be, by an old list": (HOST, WANTED, of("2025-01-01")),
        "nothing was seen, by a list without a date": (HOST, Every(), of("of unknown date")),
    },
)
def hsts_preload_listing(
    host: HostAddresses, https: Every[HttpsAnswer], preloaded: PreloadList
) -> Judgement:
    """Only the list protects the very first visit; everything else needs one visit to be learnt."""
    day = preloaded.dated
    if entry := preloaded.covering(host.name):
        return passed(
            "The list of {day} holds {entry}.",
            day=day,
            entry=entry,
            evidence=(preloaded.source,),
            facts={HSTS_PRELOADED: True},
        )
    answers = [
        one.observation for one in https.on(host.name) if isinstance(one.observation, Observed)
    ]
    if not answers and host.presence is Presence.NXDOMAIN:
        return not_applicable(
            "The name {host} does not exist.", host=host.name, facts={HSTS_PRELOADED: False}
        )
    wanted = [one for one in answers if _asks(one)] or not answers
    if wanted and _is_old(preloaded, answers[0].at if answers else None):
        return inconclusive(
            Reason.DEPENDENCY_MISSING,
            "The list of {day} does not hold it; it may have been added since (see: govscan data).",
            day=day,
            facts={HSTS_PRELOADED: Unknown(Reason.DEPENDENCY_MISSING)},
        )
    evidence = [line for one in answers for line in located(one.value.exchange, FIELD)]
    return failed(
        "The list of {day} does not hold it.",
        day=day,
        confidence=Confidence.FIRM,
        evidence=(*dict.fromkeys(evidence), preloaded.source),
        facts={HSTS_PRELOADED: False},
    )


def _asks(answer: Observed[HttpsAnswer]) -> bool:
    """Without the directive nobody is put on the list, nor kept there."""
    policy = hsts.effective(answer.value.exchange.first(FIELD))
    return policy is not None and policy.preload


def _is_old(preloaded: PreloadList, at: datetime | None) -> bool:
    try:
        day = date.fromisoformat(preloaded.dated)
    except ValueError:
        return True
    return at is None or (at.astimezone(UTC).date() - day).days > STALE_AFTER
