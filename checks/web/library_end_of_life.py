"""Scripts are still looked after."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.library import flaws
from scanner.observation.web import (
    Elements,
    Library,
    Page,
    Resource,
)
from scanner.observation.web_lists import Flaw, KnownLibrary, VulnerableLibraries
from scanner.observation.web_probes import Scripts
from scanner.page_libraries import CONFIDENCE, libraries

SNIPPETS = {
    "html": '<script src="/js/jquery-3.7.1.min.js"></script>',
    "shell": "npm view jquery version; npm audit",
}

KNOWN = VulnerableLibraries(
    "2026-08-22",
    "a list",
    (
        KnownLibrary(
            "angularjs", flaws=(Flaw("999", "low", identifiers=("retire-2",), is_end_of_life=True),)
        ),
    ),
)


def _given(*found: Library, truncated: bool = False) -> tuple[Page, Scripts, VulnerableLibraries]:
    return Page.from_text(elements=Elements(libraries=found, truncated=truncated)), Scripts(), KNOWN


@check(
    id="library-end-of-life",
    title="The page's JavaScript libraries are still looked after",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="Plan the way to a library that is still looked after; nobody mends new flaws of this one.",
    snippets=SNIPPETS,
    references=(Reference("CWE", "1104"),),
    roles=(Role.WEB,),
    passes={"another": _given(Library("jquery", "3.7.1", "content"))},
    fails={"given up": _given(Library("angularjs", "1.8.3", "content"))},
    others={
        "no library": _given(),
        "scripts not fetched": (
            Page.from_text(elements=Elements(resources=(Resource("script", "/a.js"),))),
            Unobserved(Reason.BUDGET_EXHAUSTED),
            KNOWN,
        ),
        "not a page": (Page(Page.from_text().exchange), Scripts(), KNOWN),
        "cut short": _given(truncated=True),
    },
)
def library_end_of_life(
    page: Page, scripts: Scripts | Unobserved, known: VulnerableLibraries
) -> tuple[Judgement, ...]:
    """The next flaw of a library that was given up will have no remedy."""
    if page.elements is None:
        return (not_applicable("The answer is not a page."),)
    found = libraries(page, scripts, known)
    bad = [one for one in found if any(flaw.is_end_of_life for flaw in flaws(one, known))]
    if bad:
        return tuple(
            failed(
                "The library {name} {version} is no longer looked after.",
                name=one.name,
                version=one.version,
                item=f"{one.name} {one.version}",
                confidence=CONFIDENCE[one.by],
                evidence=(
                    f"recognised by its {one.by} in {one.where or 'the page itself'}",
                    f"list of {known.dated}",
                ),
            )
            for one in bad
        )
    if page.elements.truncated:
        return (inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read."),)
    if isinstance(scripts, Unobserved) and any(
        one.element == "script" for one in page.elements.resources
    ):
        return (inconclusive(scripts.reason, "The site's own scripts could not be fetched."),)
    if not found:
        return (not_applicable("No library with known versions was recognised."),)
    return (passed("The libraries that were recognised are looked after."),)
