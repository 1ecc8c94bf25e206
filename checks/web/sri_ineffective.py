"""Checksums are checked."""

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
from scanner.formats.integrity import is_checked, metadata
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import (
    Elements,
    Page,
    Resource,
)


def _page(*resources: Resource, header: str = "X: y", truncated: bool = False) -> Page:
    return Page.from_text(header, elements=Elements(resources=resources, truncated=truncated))


GOOD = "sha384-" + "A" * 64


@check(
    id="sri-ineffective",
    title="Every checksum of the page is one that browsers check",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Write `sha384-` and the digest in standard base64; browsers skip md5, sha1 and what is no digest.",
    snippets={
        "html": '<script src="https://cdn.agency.example/a-1.2.3.js" integrity="sha384-..." crossorigin="anonymous"></script>',
        "shell": "openssl dgst -sha384 -binary a-1.2.3.js | openssl base64 -A",
        **header_snippets("Integrity-Policy", "blocked-destinations=(script)"),
    },
    references=(
        Reference("Subresource Integrity", "3.3.2"),
        Reference("Subresource Integrity", "3.3.4"),
    ),
    roles=(Role.WEB,),
    passes={"sha384": _page(Resource("script", "https://cdn.test/a.js", GOOD, "anonymous"))},
    fails={
        "an algorithm that browsers skip": _page(
            Resource("script", "https://cdn.test/a.js", "md5-abc", "")
        ),
        "not a digest": _page(Resource("script", "https://cdn.test/a.js", "sha384-abc", "")),
    },
    others={
        "no checksum": _page(Resource("script", "/a.js")),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(truncated=True),
    },
)
def sri_ineffective(page: Page) -> Judgement:
    """A checksum of an unknown kind is no checksum: the file is taken whatever it holds."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    written = [one for one in elements.resources if one.integrity and is_checked(one)]
    unchecked = [one for one in written if not metadata(one.integrity).algorithm]
    hopeless = [
        one
        for one in written
        if metadata(one.integrity).algorithm and not metadata(one.integrity).can_match
    ]
    evidence = tuple(
        f"<{one.element}> {one.url[:150]} integrity={one.integrity[:100]}"
        for one in (*unchecked, *hopeless)[:20]
    )
    if unchecked:
        return failed(
            "Browsers do not check {url}: its checksum names no algorithm that they know.",
            url=unchecked[0].url[:200],
            evidence=(*evidence, expected("sha256, sha384 or sha512")),
        )
    if hopeless:
        return failed(
            "No file can match the checksum of {url}: it is no digest in base64.",
            url=hopeless[0].url[:200],
            evidence=evidence,
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    if not written:
        return not_applicable("No file of the page carries a checksum.")
    return passed("Every checksum of the page is one that browsers check.")
