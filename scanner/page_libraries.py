"""The JavaScript libraries of a page, from its addresses, its own scripts and the files fetched."""

from __future__ import annotations

from scanner.finding import Confidence, Severity
from scanner.formats.html import resolved
from scanner.formats.library import in_address, surest
from scanner.observation import Unobserved
from scanner.observation.web import Library, Page
from scanner.observation.web_lists import VulnerableLibraries
from scanner.observation.web_probes import Scripts

CONFIDENCE = {
    "hash": Confidence.CERTAIN,
    "content": Confidence.FIRM,
    "filename": Confidence.TENTATIVE,
    "uri": Confidence.TENTATIVE,
}
SEVERITIES = tuple(Severity)


def libraries(
    page: Page, scripts: Scripts | Unobserved, known: VulnerableLibraries
) -> tuple[Library, ...]:
    """Each library and version once; what a file's content says outranks what its name says."""
    elements = page.elements
    if elements is None:
        return ()
    files = () if isinstance(scripts, Unobserved) else scripts.scripts
    found = [*elements.libraries, *(one for script in files for one in script.libraries)]
    for one in elements.resources:
        if one.element != "script":
            continue
        url = resolved(one.url, elements, page.exchange.url)
        found += in_address(url.geturl(), known) if url else ()
    return surest(found)
