"""Whether newer versions of the same line are out."""

from scanner import (
    Confidence,
    Effort,
    Every,
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
from scanner.formats.software import Support, is_outdated, standing
from scanner.observation.releases import Cycle, Product, ReleaseCycles
from scanner.observation.web import HttpsAnswer, Page
from scanner.page_software import named

KNOWN = ReleaseCycles(
    "2026-08-22",
    "these examples",
    (Product("php", "PHP", (Cycle("8.4", "2028-12-31", "8.4.24"), Cycle("7.1", "2019-12-01"))),),
)
NO_PAGES: Every[Page] = Every()


def _server(*lines: str) -> Observed[HttpsAnswer]:
    return Observed(HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines))), NOW)


@check(
    id="software-outdated",
    title="Whether newer versions of the site's software are out",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Look whether the update is in place: the version that an answer names may be wrong.",
    references=(Reference("NIST SP 800-53", "SI-2"),),
    roles=(Role.WEB,),
    others={
        "an older one": (_server("X-Powered-By: PHP/8.4.1"), NO_PAGES, KNOWN),
        "the newest": (_server("X-Powered-By: PHP/8.4.24"), NO_PAGES, KNOWN),
        "past its end": (_server("X-Powered-By: PHP/7.1.1"), NO_PAGES, KNOWN),
        "no version": (_server("Server: nginx"), NO_PAGES, KNOWN),
    },
)
def software_outdated(
    answer: Observed[HttpsAnswer], pages: Every[Page], known: ReleaseCycles
) -> list[Judgement]:
    """Updates mend holes; that a version is old proves none."""
    found = named(answer.value, pages)
    standings = [(one, standing(one, known, answer.at.date())) for one in found]
    said = [
        informational(
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
    ]
    return said or [not_applicable("No version is visible that has a newer one in its line.")]
