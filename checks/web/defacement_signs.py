"""The page is not a defacer's."""

from datetime import UTC, datetime

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Previous,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import defacement
from scanner.formats.simhash import distance
from scanner.observation.web import Elements, Page, Resource
from scanner.page_drift import FAR, HALF, baseline, lost

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _before(elements: Elements) -> Previous[Page]:
    return Previous(Observed(Page.from_text(elements=elements), NOW), "before")


def _now(elements: Elements) -> Page:
    return Page.from_text(elements=elements)


OLD = Elements(
    title="Tax office",
    simhash="0" * 16,
    resources=(Resource("script", "/a.js"), Resource("link", "/a.css", rel="stylesheet")),
)
DEFACED = Elements(title="Hacked by X", simhash="f" * 16)


@check(
    id="defacement-signs",
    title="The page does not carry the title of somebody who broke in",
    severity=Severity.CRITICAL,
    mildest=Severity.HIGH,
    effort=Effort.PROJECT,
    remediation="Take the site off the net, keep its disks for the investigation, restore it from before, change every password, and find the hole.",
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
        "another page": (_now(DEFACED), _before(OLD)),
        "the title alone": (_now(Elements(title="Hacked by X", simhash="0" * 16)), _before(OLD)),
        "the only heading of a short page": (
            _now(Elements(heading="Pwned by X", visible=90, simhash="f" * 16)),
            _before(OLD),
        ),
    },
    others={
        "the first audit": (_now(DEFACED), Previous()),
        "not a page": (Page(Page.from_text().exchange), _before(OLD)),
    },
)
def defacement_signs(page: Page, before: Previous[Page]) -> Judgement:
    """A ministry's page with an intruder's name on it is seen by everybody but its owner."""
    now, old = page.elements, baseline(before)
    if now is None:
        return not_applicable("The answer is not a page.")
    if old is None:
        return not_applicable("There is no earlier page to compare with.")
    title = defacement.defaced_title(now.title, now.heading, now.visible)
    if not title:
        return passed("Neither title nor heading is a defacer's.")
    moved = distance(now.simhash, old.simhash)
    gone = lost(old, now)
    evidence = (
        f"title now: {now.title[:200]}",
        f"title before: {old.title[:200]}",
        f"{moved} of 64 bits of the text's fingerprint differ",
        f"{gone:.0%} of the earlier scripts and styles are gone",
    )
    if moved >= FAR and gone >= HALF:
        return failed(
            "The page was replaced: its title is {title}.",
            title=title[:200],
            confidence=Confidence.FIRM,
            evidence=evidence,
        )
    return failed(
        "The page's title is {title}, while much of the page is as before.",
        title=title[:200],
        severity=Severity.HIGH,
        confidence=Confidence.TENTATIVE,
        evidence=evidence,
    )
