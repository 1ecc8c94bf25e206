"""No script came in unseen."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

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
    informational,
    not_applicable,
    passed,
)
from scanner.formats.drift import foreign_hosts, login_hosts, refresh_target
from scanner.formats.web_lists import (
    listed_as,
)
from scanner.observation.web import Elements, Form, InlineScript, Page, Resource
from scanner.observation.web_lists import CompromisedHosts
from scanner.page_drift import baseline

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _before(elements: Elements) -> Previous[Page]:
    return Previous(Observed(Page.from_text(elements=elements), NOW), "before")


def _now(elements: Elements) -> Page:
    return Page.from_text(elements=elements)


HOSTS = CompromisedHosts("2026-11-25", "a list", miners=("coinhive.com",))
OLD = Elements(
    resources=(Resource("script", "https://cdn.test/a.js"),),
    scripts=(InlineScript("old", 9),),
    forms=(Form("/login", "post", has_password=True),),
)


def _given(**more: object) -> tuple[Page, Previous[Page], CompromisedHosts]:
    return _now(msgspec.structs.replace(OLD, **more)), _before(OLD), HOSTS


@check(
    id="script-drift",
    title="No new script or form target came in since the last audit",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Ask whose the new script or target is. If nobody knows it, take it out, change passwords, and look for the hole.",
    snippets={
        "shell": "find /var/www -newermt 2026-11-01 -type f | head; diff -r /var/www /srv/backup/www",
        "nginx": "location / { return 503; } # while it is being restored",
        "apache": "Redirect 503 /",
        "iis": "Put app_offline.htm into the root of the site while it is being restored",
    },
    references=(Reference("PCI DSS 4.0", "11.6.1"), Reference("CWE", "506")),
    roles=(Role.WEB,),
    passes={
        "nothing new": _given(),
        "another plain script": _given(scripts=(InlineScript("new", 9),)),
    },
    fails={
        "a new host": _given(resources=(Resource("script", "https://other.test/a.js"),)),
        "a new obfuscated script": _given(scripts=(InlineScript("new", 9, signs=("obfuscated",)),)),
        "a coin miner": _given(resources=(Resource("script", "https://coinhive.com/a.js"),)),
        "a coin miner in the page": _given(
            scripts=(InlineScript("new", 9, signs=("coin-miner",)),)
        ),
        "a login that is sent elsewhere": _given(
            forms=(Form("https://other.test/", "post", has_password=True),)
        ),
        "a redirect elsewhere": _given(refresh="0; url=https://other.test/"),
    },
    others={
        "a new frame": _given(resources=(*OLD.resources, Resource("iframe", "https://map.test/"))),
        "the first audit": (_now(OLD), Previous(), HOSTS),
        "not a page": (Page(Page.from_text().exchange), _before(OLD), HOSTS),
    },
)
def script_drift(
    page: Page, before: Previous[Page], hosts: CompromisedHosts
) -> tuple[Judgement, ...]:
    """Intruders who stay unseen change one script, or where the login form is sent."""
    now, old = page.elements, baseline(before)
    if now is None:
        return (not_applicable("The answer is not a page."),)
    if old is None:
        return (not_applicable("There is no earlier page to compare with."),)
    url = page.exchange.url
    found = (*_scripts(now, old, url, hosts), *_targets(now, old, url))
    if found:
        return found
    frames = sorted(foreign_hosts(now, url, "iframe") - foreign_hosts(old, url, "iframe"))
    if frames:
        return (
            informational(
                "A frame of {host} is new.",
                host=frames[0],
                item="frames",
                evidence=tuple(frames[:20]),
            ),
        )
    return (passed("No script or form target is new."),)


def _scripts(
    now: Elements, old: Elements, url: str, hosts: CompromisedHosts
) -> Iterator[Judgement]:
    fresh = sorted(foreign_hosts(now, url, "script") - foreign_hosts(old, url, "script"))
    known = {one.sha256 for one in old.scripts}
    signs = {sign for one in now.scripts if one.sha256 not in known for sign in one.signs}
    miners = [one for one in fresh if listed_as(one, hosts.miners)]
    if miners or "coin-miner" in signs:
        yield failed(
            "A script that mines coins is new: {where}.",
            where=miners[0] if miners else "in the page itself",
            item="coin miner",
            confidence=Confidence.FIRM,
        )
    if "obfuscated" in signs:
        yield failed(
            "A new script in the page hides what it does.",
            item="obfuscated script",
            confidence=Confidence.TENTATIVE,
        )
    if plain := [one for one in fresh if one not in miners]:
        yield failed(
            "Scripts of {host} are new on the page.",
            host=plain[0],
            item="script hosts",
            severity=Severity.LOW,
            confidence=Confidence.TENTATIVE,
            evidence=tuple(plain[:20]),
        )


def _targets(now: Elements, old: Elements, url: str) -> Iterator[Judgement]:
    logins = login_hosts(now, url) - login_hosts(old, url)
    if logins:
        yield failed(
            "The login form is now sent to {host}.",
            host=min(logins),
            item="login target",
            confidence=Confidence.TENTATIVE,
        )
    target = refresh_target(now, url)
    if target and target != refresh_target(old, url):
        yield failed(
            "The page now sends its visitors to {host}.",
            host=target,
            item="refresh target",
            confidence=Confidence.TENTATIVE,
        )
