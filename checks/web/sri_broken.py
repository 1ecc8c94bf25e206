"""Browsers can check the checksums."""

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
from scanner.formats import csp
from scanner.formats.html import resolved
from scanner.formats.integrity import is_checked, metadata
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import (
    Elements,
    Page,
    Resource,
)


def _page(*resources: Resource, header: str = "X: y", truncated: bool = False) -> Page:
    return Page.from_text(header, elements=Elements(resources=resources, truncated=truncated))


@check(
    id="sri-broken",
    title="Files with a checksum are asked for so that browsers may check it",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Add `crossorigin=anonymous` to each element with `integrity` that loads from another origin; the other server must send Access-Control-Allow-Origin.",
    snippets={
        "html": '<script src="https://cdn.agency.example/a-1.2.3.js" integrity="sha384-..." crossorigin="anonymous"></script>',
        "shell": "openssl dgst -sha384 -binary a-1.2.3.js | openssl base64 -A",
        **header_snippets("Integrity-Policy", "blocked-destinations=(script)"),
    },
    references=(Reference("Subresource Integrity", "3.3.1"), Reference("Fetch", "Main fetch")),
    roles=(Role.WEB,),
    passes={
        "crossorigin": _page(
            Resource("script", "https://cdn.test/a.js", "sha384-abc", "anonymous")
        ),
        "own origin": _page(Resource("script", "/a.js", "sha384-abc")),
    },
    fails={"without": _page(Resource("script", "https://cdn.test/a.js", "sha384-abc"))},
    others={
        "no checksum": _page(Resource("script", "/a.js")),
        "a checksum that asks for no check": _page(
            Resource("script", "https://cdn.test/a.js", "md5-abc")
        ),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(truncated=True),
    },
)
def sri_broken(page: Page) -> Judgement:
    """A browser refuses the file: the page is broken, and the next editor drops the checksum."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    origin = _origin(page.exchange.url)
    asked = [
        (one, url.geturl())
        for one in elements.resources
        if is_checked(one)
        and metadata(one.integrity).algorithm
        and (url := resolved(one.url, elements, page.exchange.url))
    ]
    broken = [one for one, url in asked if one.crossorigin is None and _origin(url) != origin]
    if broken:
        return failed(
            "Browsers refuse {url}: it has a checksum, but no crossorigin.",
            url=broken[0].url[:200],
            evidence=(
                *(f"<{one.element}> {one.url[:200]}" for one in broken[:20]),
                expected('crossorigin="anonymous"'),
            ),
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    if not asked:
        return not_applicable("No file of the page carries a checksum.")
    return passed("Browsers may check every checksum of the page.")


def _origin(url: str) -> tuple[str, str, str]:
    found = csp.address(url)
    return (found.scheme, found.host, found.port) if found else ("", "", url)
