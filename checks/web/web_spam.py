"""The page links to no spam."""

from datetime import UTC, datetime

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Previous,
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
from scanner.formats.party import is_foreign
from scanner.observation.web import (
    Elements,
    LinkedHost,
    Page,
)
from scanner.page_drift import baseline

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _before(elements: Elements) -> Previous[Page]:
    return Previous(Observed(Page.from_text(elements=elements), NOW), "before")


def _now(elements: Elements) -> Page:
    return Page.from_text(elements=elements)


MANY = 5
SPAM = tuple(LinkedHost(f"spam{n}.test", 1, 1, 1) for n in range(5))
SEEN = tuple(LinkedHost(f"spam{n}.test", 1, 1) for n in range(5))


@check(
    id="web-spam",
    title="No link spam was put into the page since the last audit",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Find where the links come from (database, theme, a file that was added), take them out, mend the way in, and change passwords.",
    snippets={
        "shell": "find /var/www -newermt 2026-11-01 -type f | head; diff -r /var/www /srv/backup/www",
        "nginx": "location / { return 503; } # while it is being restored",
        "apache": "Redirect 503 /",
        "iis": "Put app_offline.htm into the root of the site while it is being restored",
    },
    references=(Reference("CWE", "506"),),
    roles=(Role.WEB,),
    passes={
        "none": (_now(Elements()), _before(Elements())),
        "links without words of spam": (
            _now(Elements(links=tuple(LinkedHost(f"n{n}.test") for n in range(9)))),
            _before(Elements()),
        ),
        "they were there before": (_now(Elements(links=SEEN)), _before(Elements(links=SEEN))),
    },
    fails={
        "hidden": (_now(Elements(links=SPAM)), _before(Elements())),
        "in sight": (_now(Elements(links=SEEN)), _before(Elements())),
    },
    others={
        "the first audit": (_now(Elements(links=SPAM)), Previous()),
        "not a page": (Page(Page.from_text().exchange), _before(Elements())),
        "cut short": (_now(Elements(truncated=True)), _before(Elements())),
    },
)
def web_spam(page: Page, before: Previous[Page]) -> Judgement:
    """Gambling and drugs in a government's name: somebody else writes into the site already."""
    now, old = page.elements, baseline(before)
    if now is None:
        return not_applicable("The answer is not a page.")
    if old is None:
        return not_applicable("There is no earlier page to compare with.")
    known = {one.host for one in old.links}
    fresh = [
        one
        for one in now.links
        if one.spam
        and one.host not in known
        and is_foreign(f"https://{one.host}/", page.exchange.url)
    ]
    hidden = sum(one.hidden_spam for one in fresh)
    every = sum(one.spam for one in fresh)
    evidence = tuple(one.host for one in fresh[:20])  # the names of hosts, never the words
    if hidden >= MANY:
        return failed(
            "{n} hidden links to {host} and others are new; they carry words of spam.",
            n=hidden,
            host=fresh[0].host,
            confidence=Confidence.FIRM,
            evidence=evidence,
        )
    if every >= MANY:
        return failed(
            "{n} links to {host} and others are new; they carry words of spam.",
            n=every,
            host=fresh[0].host,
            severity=Severity.MEDIUM,
            confidence=Confidence.TENTATIVE,
            evidence=evidence,
        )
    if now.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("No link spam is new.")
