"""Scripts from other parties carry a checksum."""

import re

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    counted,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.html import resolved
from scanner.formats.integrity import executes
from scanner.formats.party import is_foreign
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import (
    Elements,
    Page,
    Resource,
)


def _page(*resources: Resource, header: str = "X: y", truncated: bool = False) -> Page:
    return Page.from_text(header, elements=Elements(resources=resources, truncated=truncated))


# Files that change by themselves or with each visitor: no checksum can be given.
IMPOSSIBLE = frozenset(
    {
        "fonts.googleapis.com",
        "use.typekit.net",
        "use.fontawesome.com",
        "kit.fontawesome.com",
        "www.googletagmanager.com",
        "www.google-analytics.com",
        "www.google.com",
        "www.gstatic.com",
        "maps.googleapis.com",
        "connect.facebook.net",
        "platform.twitter.com",
        "www.youtube.com",
        "static.cloudflareinsights.com",
        "challenges.cloudflare.com",
        "js.hcaptcha.com",
    }
)
VERSIONED = re.compile(r"[0-9]+\.[0-9]+|[0-9a-f]{8,}|[@/.-]v?[0-9]+[./-]", re.ASCII)


@check(
    id="sri-presence",
    title="Scripts and styles from other parties carry a checksum",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Copy the file to the agency's own server, or add `integrity` and `crossorigin` to the element,
        with the address of a fixed version. Where a file changes by itself, keep it on your own
        server or restrict it by a content security policy.
    """,
    snippets={
        "html": '<script src="https://cdn.agency.example/a-1.2.3.js" integrity="sha384-..." crossorigin="anonymous"></script>',
        "shell": "openssl dgst -sha384 -binary a-1.2.3.js | openssl base64 -A",
        **header_snippets("Integrity-Policy", "blocked-destinations=(script)"),
    },
    references=(Reference("Subresource Integrity", "3.3"),),
    roles=(Role.WEB,),
    passes={
        "with a checksum": _page(
            Resource("script", "https://cdn.test/a.js", "sha384-abc", "anonymous")
        ),
    },
    fails={
        "without": _page(Resource("script", "https://cdn.test/a-1.2.3.js")),
        "a style": _page(Resource("link", "https://cdn.test/1.2/a.css", rel="stylesheet")),
        "a font service, which cannot have one": _page(
            Resource("link", "https://fonts.googleapis.com/css?family=x", rel="stylesheet")
        ),
        "a file without a version": _page(Resource("script", "https://cdn.test/latest.js")),
    },
    others={
        "own files only": _page(
            Resource("script", "/a.js"), Resource("link", "https://x.test/a", rel="preload")
        ),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(Resource("script", "https://[x"), truncated=True),
    },
)
def sri_presence(page: Page) -> Judgement:
    """Who breaks into that party's server changes the agency's pages, everywhere, at once."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    foreign = [
        (one, url)
        for one in elements.resources
        if executes(one)
        and (url := resolved(one.url, elements, page.exchange.url))
        and is_foreign(url.geturl(), page.exchange.url)
    ]
    bare = [(one, url) for one, url in foreign if not one.integrity]
    if bare:
        possible = [
            one
            for one, url in bare
            if url.hostname not in IMPOSSIBLE and VERSIONED.search(url.path)
        ]
        shown = possible or [one for one, _ in bare]
        evidence = tuple(f"<{one.element}> {one.url[:200]}" for one, _ in bare[:20])
        if possible:
            return failed(
                "It loads {url} without a checksum.",
                url=shown[0].url[:200],
                evidence=(*evidence, expected('integrity="sha384-..." crossorigin="anonymous"')),
            )
        return failed(
            "It loads {url}, a file that changes by itself and cannot carry a checksum.",
            url=shown[0].url[:200],
            severity=Severity.LOW,
            evidence=(*evidence, expected("a copy on the agency's own server, or a policy")),
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    if not foreign:
        return not_applicable("It loads no scripts or styles of other parties.")
    return passed(
        counted(
            "The only file of another party carries a checksum.",
            "Each of the {n} files of other parties carries a checksum.",
            n=len(foreign),
        )
    )
