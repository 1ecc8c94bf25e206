"""Scripts from other parties carry a checksum."""

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
    not_applicable,
    passed,
)
from scanner.formats.answer import host_of
from scanner.formats.html import resolved
from scanner.observation.web import Elements, Page, Resource
from scanner.targets import registrable

JUDGED = frozenset({"script", "link"})
IMPOSSIBLE = ("fonts.googleapis.com", "www.googletagmanager.com", "www.google.com")


def _page(*resources: Resource, truncated: bool = False) -> Page:
    return Page.from_text(elements=Elements(resources=resources, truncated=truncated))


@check(
    id="sri-presence",
    title="Scripts and styles from other parties carry a checksum",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Copy the file to the agency's own server, or add `integrity` and `crossorigin` to the
        element, with the address of a fixed version.
    """,
    references=(Reference("Subresource Integrity", "3.3"),),
    roles=(Role.WEB,),
    passes={
        "with a checksum": _page(
            Resource("script", "https://cdn.test/a.js", "sha384-abc", "anonymous")
        )
    },
    fails={
        "without": _page(Resource("script", "https://cdn.test/a.js")),
        "a font service, which cannot have one": _page(
            Resource("link", "https://fonts.googleapis.com/css?family=x")
        ),
    },
    others={
        "own files only": _page(Resource("script", "/a.js")),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(Resource("script", "https://[x"), truncated=True),
    },
)
def sri_presence(page: Page) -> Judgement:
    """Who breaks into that party's server changes the agency's pages, everywhere, at once."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    ours = registrable(host_of(page.exchange.url))
    foreign = [
        (one, url.hostname)
        for one in elements.resources
        if one.element in JUDGED
        and (url := resolved(one.url, elements, page.exchange.url))
        and url.hostname
        and registrable(url.hostname) != ours
    ]
    bare = [(one, host) for one, host in foreign if not one.integrity]
    if bare:
        possible = [one for one, host in bare if host not in IMPOSSIBLE]
        shown = possible or [one for one, _ in bare]
        return failed(
            "It loads {url} without a checksum.",
            url=shown[0].url[:200],
            severity=Severity.MEDIUM if possible else Severity.LOW,
            evidence=tuple(f"<{one.element}> {one.url[:200]}" for one, _ in bare[:20]),
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    if not foreign:
        return not_applicable("It loads no scripts or styles of other parties.")
    return passed("Each of the {n} files of other parties carries a checksum.", n=len(foreign))
