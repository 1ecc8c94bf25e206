"""Files match their checksums."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    counted,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.html import resolved
from scanner.formats.integrity import holds, metadata
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import (
    Elements,
    Page,
    Resource,
)
from scanner.observation.web_probes import Script, Scripts

DIGEST = "A" * 64
MISSED = Unobserved(Reason.BUDGET_EXHAUSTED)
URL = "https://www.agency.example/a.js"


def _pair(
    digest: str, *, integrity: str = f"sha384-{DIGEST}", whole: bool = True
) -> tuple[Page, Scripts]:
    page = Page.from_text(elements=Elements(resources=(Resource("script", "/a.js", integrity),)))
    script = Script(URL, page.exchange, {"sha384": digest} if whole else {})
    return page, Scripts((script,))


@check(
    id="sri-mismatch",
    title="The site's own scripts match the checksums that the page gives",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Find out who changed the file. If it was you, compute the checksum again; if not, restore it and look for the intruder.",
    snippets={
        "html": '<script src="https://cdn.agency.example/a-1.2.3.js" integrity="sha384-..." crossorigin="anonymous"></script>',
        "shell": "openssl dgst -sha384 -binary a-1.2.3.js | openssl base64 -A",
        **header_snippets("Integrity-Policy", "blocked-destinations=(script)"),
    },
    references=(Reference("Subresource Integrity", "3.3.4"),),
    roles=(Role.WEB,),
    passes={"the same": _pair(DIGEST)},
    fails={"another file": _pair("B" * 64)},
    others={
        "no checksum": _pair(DIGEST, integrity=""),
        "not fetched whole": _pair(DIGEST, whole=False),
        "scripts not fetched": (_pair(DIGEST)[0], MISSED),
        "scripts not fetched, and no checksum": (_pair(DIGEST, integrity="")[0], MISSED),
        "not a page": (Page(Page.from_text().exchange), Scripts()),
    },
)
def sri_mismatch(page: Page, scripts: Scripts | Unobserved) -> Judgement:
    """Browsers refuse the file, so the page is broken; or somebody else has changed it."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    if isinstance(scripts, Unobserved):
        if not any(one.element == "script" and one.integrity for one in elements.resources):
            return not_applicable("No script of the page carries a checksum.")
        return inconclusive(scripts.reason, "The site's own scripts could not be fetched.")
    return _compared(elements, page.exchange.url, scripts)


def _compared(elements: Elements, page_url: str, scripts: Scripts) -> Judgement:
    fetched = {one.url: one for one in scripts.scripts}
    asked = [
        (one, fetched[url.geturl()])
        for one in elements.resources
        if metadata(one.integrity).algorithm
        and (url := resolved(one.url, elements, page_url))
        and url.geturl() in fetched
    ]
    compared = [(one, script) for one, script in asked if script.digests]
    wrong = [
        (one, script)
        for one, script in compared
        if not holds(metadata(one.integrity), script.digests)
    ]
    if wrong:
        one, script = wrong[0]
        return failed(
            "The file at {url} is not the one that its checksum names.",
            url=one.url[:200],
            evidence=(
                expected(one.integrity[:200]),
                *(f"seen: {name}-{value}" for name, value in script.digests.items()),
            ),
        )
    if asked and not compared:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "No file with a checksum came whole.")
    if not asked:
        return not_applicable("No own script that was fetched carries a checksum.")
    return passed(
        counted(
            "The one script that was fetched matches its checksum.",
            "The {n} scripts that were fetched match their checksums.",
            n=len(compared),
        )
    )
