"""The software that the answers name is still looked after."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Message,
    Observed,
    Outcome,
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
    of_site,
    read_cycles,
    standing,
)
from scanner.formats.technology_examples import EXAMPLES
from scanner.observation.mark import Mark
from scanner.observation.releases import Cycle, Product, ReleaseCycles
from scanner.observation.technology import SiteSoftware, Technologies

release_cycles = dated_list(name="release-cycles", file="exposure/release-cycles.json")(read_cycles)

KNOWN = ReleaseCycles(
    "2026-08-22",
    "these examples",
    (
        Product("php", "PHP", (Cycle("8.4", "2028-12-31", "8.4.24"), Cycle("7.1", "2019-12-01"))),
        Product("nginx", "nginx", (Cycle("1.30", eol=False), Cycle("1.18", "2021-04-20"))),
        Product("joomla", "Joomla!", (Cycle("5", eol=False), Cycle("1.5", eol=True))),
        Product("tomcat", "Apache Tomcat", (Cycle("8.0", "2018-06-30"),)),
        Product("squid", "Squid", (Cycle("6", "2026-09-01"),)),
    ),
)
OLD = ReleaseCycles("2025-01-01", "these examples", KNOWN.products)


def _server(*fields: tuple[str, str], generator: str = "") -> Observed[SiteSoftware]:
    generators = (generator,) if generator else ()
    return Observed(SiteSoftware(fields=fields, generators=generators), NOW)


def _powered(by: str) -> Observed[SiteSoftware]:
    return _server(("X-Powered-By", by))


def _marked(technology: str, version: str, where: str) -> Observed[SiteSoftware]:
    return Observed(SiteSoftware((Mark(technology, version, "error", where),)), NOW)


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
    passes={"a version that is mended": (_powered("PHP/8.4.1"), EXAMPLES, KNOWN)},
    fails={
        "ended long ago": (_powered("PHP/7.1.33"), EXAMPLES, KNOWN),
        "ended this year": (_server(("Server", "squid/6.10")), EXAMPLES, KNOWN),
        "ended, nobody knows when": (
            _server(generator="Joomla! 1.5 - Open Source"),
            EXAMPLES,
            KNOWN,
        ),
        "the foot of an error page": (
            _marked("tomcat", "8.0.53", "error: Apache Tomcat/8.0.53"),
            EXAMPLES,
            KNOWN,
        ),
        "two versions, one ended": (
            _server(("X-Powered-By", "PHP/8.4.1"), ("X-Powered-By", "PHP/7.1.33")),
            EXAMPLES,
            KNOWN,
        ),
    },
    others={
        "no version": (_server(("Server", "nginx")), EXAMPLES, KNOWN),
        "a version that distributions ship": (
            _server(("Server", "nginx/1.18.0")),
            EXAMPLES,
            KNOWN,
        ),
        "a distribution's": (_server(("Server", "nginx/1.18.2 (Ubuntu)")), EXAMPLES, KNOWN),
        "a line that is not known": (_server(("Server", "nginx/9.9.9")), EXAMPLES, KNOWN),
        "data that is too old": (_powered("PHP/7.1.33"), EXAMPLES, OLD),
    },
)
def software_end_of_life(
    site: Observed[SiteSoftware], technologies: Technologies, known: ReleaseCycles
) -> list[Judgement]:
    """What its makers no longer mend stays open for every hole that is found from now on."""
    found = of_site(site.value, technologies)
    today = site.at.date()
    is_old = today - date.fromisoformat(known.dated) > OLDEST_DATA
    judged = _worst(_judge(one, standing(one, known, today), known) for one in found)
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


def _worst(judged: Iterable[Judgement]) -> list[Judgement]:
    """One for each product, of several versions the worst."""
    kept: dict[str, Judgement] = {}
    for one in sorted(judged, key=lambda one: ORDER.index(one.outcome)):
        kept.setdefault(one.item, one)
    return list(kept.values())


ORDER = (Outcome.FAIL, Outcome.INFORMATIONAL, Outcome.NOT_APPLICABLE, Outcome.PASS)
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
