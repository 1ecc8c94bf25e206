"""The software that the answers name is still looked after."""

from datetime import date
from typing import Any

from scanner import (
    Confidence,
    Effort,
    Every,
    Judgement,
    Message,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    not_applicable,
    passed,
)
from scanner.dated import dated_list
from scanner.formats.certificate_examples import NOW
from scanner.formats.software import (
    OLDEST_DATA,
    Software,
    Standing,
    Support,
    read_cycles,
    standing,
)
from scanner.observation import Place, Seen, Subject
from scanner.observation.releases import Cycle, Product, ReleaseCycles
from scanner.observation.web import Elements, HttpsAnswer, Page
from scanner.page_software import named

release_cycles = dated_list(name="release-cycles", file="exposure/release-cycles.json")(read_cycles)

PLACE = Place(Subject(Role.WEB, "www.agency.example", 443), "192.0.2.7")
KNOWN = ReleaseCycles(
    "2026-08-22",
    "these examples",
    (
        Product("php", "PHP", (Cycle("8.4", "2028-12-31", "8.4.24"), Cycle("7.1", "2019-12-01"))),
        Product("nginx", "nginx", (Cycle("1.30", eol=False), Cycle("1.18", "2021-04-20"))),
        Product("joomla", "Joomla!", (Cycle("5", eol=False), Cycle("1.5", eol=True))),
        Product("squid", "Squid", (Cycle("6", "2026-09-01"),)),
    ),
)
OLD = ReleaseCycles("2025-01-01", "these examples", KNOWN.products)
NO_PAGES: Every[Page] = Every()


def _server(*lines: str) -> Observed[HttpsAnswer]:
    return Observed(HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines))), NOW)


def _made_by(generator: str) -> Every[Page]:
    page = Page.from_text(elements=Elements(generator=generator))
    return Every((Seen(PLACE, Observed(page, NOW)),))


@check(
    id="software-end-of-life",
    title="No software of the site is past its end of life, as far as answers name versions",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Move to a version that its makers still mend, and put the end of that one in the calendar.
        Leaving the version out of the answers hides the matter and does not mend it.
    """,
    references=(
        Reference("NIST SP 800-53", "SA-22"),
        Reference("CWE-1104", url="https://cwe.mitre.org/data/definitions/1104.html"),
    ),
    roles=(Role.WEB,),
    passes={"a version that is mended": (_server("X-Powered-By: PHP/8.4.1"), NO_PAGES, KNOWN)},
    fails={
        "ended long ago": (_server("X-Powered-By: PHP/7.1.33"), NO_PAGES, KNOWN),
        "ended this year": (_server("Server: squid/6.10"), NO_PAGES, KNOWN),
        "ended, nobody knows when": (_server(), _made_by("Joomla! 1.5 - Open Source"), KNOWN),
    },
    others={
        "no version": (_server("Server: nginx"), NO_PAGES, KNOWN),
        "a version that distributions ship": (_server("Server: nginx/1.18.0"), NO_PAGES, KNOWN),
        "a distribution's": (_server("Server: nginx/1.18.2 (Ubuntu)"), NO_PAGES, KNOWN),
        "a line that is not known": (_server("Server: nginx/9.9.9"), NO_PAGES, KNOWN),
        "data that is too old": (_server("X-Powered-By: PHP/7.1.33"), NO_PAGES, OLD),
    },
)
def software_end_of_life(
    answer: Observed[HttpsAnswer], pages: Every[Page], known: ReleaseCycles
) -> list[Judgement]:
    """What its makers no longer mend stays open for every hole that is found from now on."""
    found = named(answer.value, pages)
    today = answer.at.date()
    is_old = today - date.fromisoformat(known.dated) > OLDEST_DATA
    judged = [_judge(one, standing(one, known, today), known) for one in found]
    said = [
        informational(one.message, evidence=one.evidence, item=one.item) if is_old else one
        for one in judged
    ]
    if worth_saying := [one for one in said if one.message.template != SUPPORTED.template]:
        return worth_saying
    if not found:
        return [not_applicable("No version is visible.")]
    return [
        passed(
            "No version that is visible is past its end of life (data of {date}).",
            date=known.dated,
            evidence=tuple(one.where for one in found),
            confidence=Confidence.TENTATIVE,
        )
    ]


SUPPORTED = Message("It is still mended.")


def _judge(one: Software, at: Standing, known: ReleaseCycles) -> Judgement:
    evidence = (one.where, f"data of {known.dated}: {known.source}")
    shown: dict[str, Any] = {"title": at.title, "version": one.version}
    if at.support is Support.SUPPORTED:
        return passed(SUPPORTED, item=one.product)
    if at.support is Support.UNKNOWN:
        return not_applicable(
            "Its {title} {version} is of a line that the data does not know.",
            evidence=evidence,
            item=one.product,
            **shown,
        )
    if one.is_marked or one.is_packaged:
        return informational(
            "Its {title} {version} ended upstream; the distribution may still mend it: ask for the "
            "package's version.",
            evidence=evidence,
            item=one.product,
            confidence=Confidence.TENTATIVE,
            **shown,
        )
    if at.ended is None:
        return failed(
            "Its {title} {version} is no longer mended by its makers, since a day that is not known.",
            severity=Severity.MEDIUM,
            confidence=Confidence.FIRM,
            evidence=evidence,
            item=one.product,
            **shown,
        )
    return failed(
        "Its {title} {version} is no longer mended by its makers, since {date}.",
        date=f"{at.ended}",
        severity=Severity.MEDIUM if at.is_recent else Severity.HIGH,
        confidence=Confidence.FIRM,
        evidence=evidence,
        item=one.product,
        **shown,
    )
