"""Which software the site's answers name."""

from msgspec.structs import replace

from scanner import (
    Confidence,
    Effort,
    Fact,
    FactValue,
    Judgement,
    Members,
    Reason,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    informational,
    not_applicable,
)
from scanner.fact import WEB_TECHNOLOGIES, WEB_TECHNOLOGY_VERSIONS
from scanner.formats.technology import Named, named
from scanner.formats.technology_examples import EXAMPLES, KOHA, TOMCAT
from scanner.observation.technology import SiteSoftware, Technologies


@check(
    id="technologies",
    title="Which software the site's answers name",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Compare it with the inventory: what runs without being listed there is mended by nobody.
    """,
    references=(Reference("NIST SP 800-53", "CM-8"),),
    records=(WEB_TECHNOLOGIES, WEB_TECHNOLOGY_VERSIONS),
    roles=(Role.WEB,),
    others={
        "a version": (TOMCAT, EXAMPLES),
        "no version": (KOHA, EXAMPLES),
        "nothing is recognised": (SiteSoftware(), EXAMPLES),
        "nothing, in the beginning of a page": (SiteSoftware(truncated=True), EXAMPLES),
    },
)
def technologies(site: SiteSoftware, known: Technologies) -> list[Judgement]:
    """An inventory begins with what can be seen; whoever attacks begins with the same."""
    found = named(site.marks, known)
    versions = tuple(f"{one.technology.id} {one.version}" for one in found if one.version)
    facts: dict[Fact, FactValue] = {
        WEB_TECHNOLOGIES: _members(site, tuple(one.technology.id for one in found)),
        WEB_TECHNOLOGY_VERSIONS: _members(site, versions),
    }
    if not found:
        return [not_applicable("Its answers name no software that is known here.", facts=facts)]
    first, *others = map(_said, found)
    return [replace(first, facts=facts), *others]


def _members(site: SiteSoftware, values: tuple[str, ...]) -> FactValue:
    """Absent where everything was read and nothing recognised."""
    if values:
        return Members(values, not site.truncated)
    if site.truncated:
        return Unknown(Reason.BUDGET_EXHAUSTED, "only the beginning of the page was read")
    return None


def _said(one: Named) -> Judgement:
    confidence = Confidence(one.confidence)
    if one.version:
        return informational(
            "It runs {title} {version} ({kind}).",
            title=one.technology.title,
            version=one.version,
            kind=one.technology.kind,
            evidence=one.where,
            item=one.technology.id,
            confidence=confidence,
        )
    return informational(
        "It runs {title} ({kind}); no version is visible.",
        title=one.technology.title,
        kind=one.technology.kind,
        evidence=one.where,
        item=one.technology.id,
        confidence=confidence,
    )
