"""Whether newer versions of the same line are out."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats.certificate_examples import NOW
from scanner.formats.software import Support, is_outdated, of_site, standing
from scanner.formats.technology_examples import EXAMPLES
from scanner.observation.releases import Cycle, Product, ReleaseCycles
from scanner.observation.technology import SiteSoftware, Technologies

KNOWN = ReleaseCycles(
    "2026-08-22",
    "these examples",
    (Product("php", "PHP", (Cycle("8.4", "2028-12-31", "8.4.24"), Cycle("7.1", "2019-12-01"))),),
)


def _powered(*by: str) -> Observed[SiteSoftware]:
    return Observed(SiteSoftware(fields=tuple(("X-Powered-By", one) for one in by)), NOW)


@check(
    id="software-outdated",
    title="Whether newer versions of the site's software are out",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Look whether the update is in place: the version that an answer names may be wrong.",
    references=(Reference("NIST SP 800-53", "SI-2"),),
    roles=(Role.WEB,),
    others={
        "an older one": (_powered("PHP/8.4.1"), EXAMPLES, KNOWN),
        "two older ones": (_powered("PHP/8.4.1", "PHP/8.4.2"), EXAMPLES, KNOWN),
        "the newest": (_powered("PHP/8.4.24"), EXAMPLES, KNOWN),
        "past its end": (_powered("PHP/7.1.1"), EXAMPLES, KNOWN),
        "no version": (_powered("PHP"), EXAMPLES, KNOWN),
    },
)
def software_outdated(
    site: Observed[SiteSoftware], technologies: Technologies, known: ReleaseCycles
) -> list[Judgement]:
    """Updates mend holes; that a version is old proves none."""
    found = of_site(site.value, technologies)
    standings = [(one, standing(one, known, site.at.date())) for one in found]
    said = {
        one.product: informational(
            "Its {title} {version} is older than {latest}, which was out on {date}.",
            title=at.title,
            version=one.version,
            latest=at.latest,
            date=known.dated,
            evidence=(one.where,),
            item=one.product,
            confidence=Confidence.TENTATIVE,
        )
        for one, at in standings
        if at.support is Support.SUPPORTED and is_outdated(one, at)
    }
    return list(said.values()) or [
        not_applicable("No version is visible that has a newer one in its line.")
    ]
