"""The page says what it said."""

from collections.abc import Iterator
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
    Unobserved,
    check,
    failed,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.simhash import distance
from scanner.observation.web import Elements, Page
from scanner.page_drift import FAR, baseline, is_parked

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _before(elements: Elements) -> Previous[Page]:
    return Previous(Observed(Page.from_text(elements=elements), NOW), "before")


def _now(elements: Elements) -> Page:
    return Page.from_text(elements=elements)


OLD = Elements(title="Tax office", simhash="0" * 16, language="ur")


@check(
    id="content-drift",
    title="The page says about what it said at the last audit",
    severity=Severity.MEDIUM,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Ask the editors whether the change is theirs. If nobody knows of it, treat it as a break-in.",
    snippets={
        "shell": "find /var/www -newermt 2026-11-01 -type f | head; diff -r /var/www /srv/backup/www",
        "nginx": "location / { return 503; } # while it is being restored",
        "apache": "Redirect 503 /",
        "iis": "Put app_offline.htm into the root of the site while it is being restored",
    },
    references=(Reference("NIST SP 800-61", "3.2"),),
    roles=(Role.WEB,),
    passes={"the same page": (_now(OLD), _before(OLD))},
    fails={
        "hidden from search engines": (
            _now(Elements(title="Tax office", robots="noindex", language="ur")),
            _before(OLD),
        ),
        "a domain for sale": (
            _now(Elements(title="agency.example is for sale", language="ur")),
            _before(OLD),
        ),
    },
    others={
        "another text and title": (
            _now(Elements(title="Other", simhash="f" * 16, language="en")),
            _before(OLD),
        ),
        "the first audit": (_now(OLD), Previous()),
        "not a page": (Page(Page.from_text().exchange), _before(OLD)),
        "nothing comparable before": (_now(OLD), Previous(Unobserved(Reason.TIMEOUT), "before")),
    },
)
def content_drift(page: Page, before: Previous[Page]) -> tuple[Judgement, ...]:
    """A page that changed without its editors is the first sign of an intruder or a lost domain."""
    now, old = page.elements, baseline(before)
    if now is None:
        return (not_applicable("The answer is not a page."),)
    if old is None:
        return (not_applicable("There is no earlier page to compare with."),)
    moved = distance(now.simhash, old.simhash)
    evidence = (
        f"title now: {now.title[:200]}",
        f"title before: {old.title[:200]}",
        f"{moved} of 64 bits of the text's fingerprint differ",
    )
    if is_parked(now.title) and not is_parked(old.title):
        return (
            failed(
                "The page is now that of a domain for sale or a parked one.",
                confidence=Confidence.TENTATIVE,
                evidence=evidence,
            ),
        )
    if "noindex" in now.robots.lower() and "noindex" not in old.robots.lower():
        return (
            failed(
                "The page now asks search engines not to list it.",
                confidence=Confidence.TENTATIVE,
                evidence=(
                    f"robots now: {now.robots[:100]}",
                    f"robots before: {old.robots[:100] or 'none'}",
                ),
            ),
        )
    notes = tuple(_notes(now, old))
    if moved >= FAR and now.title != old.title:
        return (
            informational(
                "Text and title of the page are others than before: have it looked at.",
                evidence=evidence,
            ),
            *notes,
        )
    return (passed("The page says about what it said before.", evidence=evidence), *notes)


def _notes(now: Elements, old: Elements) -> Iterator[Judgement]:
    if now.language.lower() != old.language.lower():
        yield informational(
            "The language of the page was {old} and is {now}.",
            old=old.language or "not said",
            now=now.language or "not said",
            item="language",
        )
