"""The page does not tell the versions of its software."""

import re

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.shown import expected
from scanner.observation.web import (
    Elements,
    Page,
)

VERSION = re.compile(r"\bv?\d{1,4}\.\d{1,4}(?:\.\d{1,6})?\b", re.ASCII)


def _page(generator: str = "") -> Page:
    return Page.from_text(elements=Elements(generator=generator))


@check(
    id="page-version-disclosure",
    title="The page does not tell the version of the software that made it",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Take the `generator` element out of the template, or let it name the product alone.",
    snippets={
        "wordpress": "remove_action('wp_head', 'wp_generator');",
        "nginx": "sub_filter_once on; # the template is the better place",
        "apache": "Let the template leave it out; mod_substitute is a makeshift",
        "iis": "Let the template leave it out",
    },
    references=(Reference("CWE", "200"), Reference("HTML", "4.2.5.1")),
    roles=(Role.WEB,),
    passes={"none": _page(), "the product alone": _page(generator="Drupal")},
    fails={"a version": _page(generator="WordPress 5.8.1")},
    others={
        "versions in comments": Page.from_text(elements=Elements(comments=("plugin 1.2.3",))),
        "not a page": Page(Page.from_text().exchange),
        "cut short": Page.from_text(elements=Elements(truncated=True)),
    },
)
def page_version_disclosure(page: Page) -> Judgement:
    """An attacker looks the version up in a list of flaws, for thousands of sites at once."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    if VERSION.search(elements.generator):
        return failed(
            "It says that {generator} made it.",
            generator=elements.generator[:100],
            evidence=(
                f"<meta name=generator content={elements.generator[:200]}>",
                expected("no version"),
            ),
        )
    if elements.comments:
        return informational(
            "Comments in the page name versions, such as {comment}.",
            comment=elements.comments[0][:100],
            evidence=elements.comments[:20],
        )
    if elements.truncated and not elements.generator:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("It names no version of the software that made it.")
