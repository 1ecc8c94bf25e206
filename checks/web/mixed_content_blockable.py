"""A secure page loads no scripts, styles or frames without encryption."""

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
from scanner.observation.web import Elements, Page, Resource

UPGRADED = frozenset({"img", "audio", "video", "source"})
CSP = "Content-Security-Policy"


def _page(*resources: Resource, header: str = "X: y", truncated: bool = False) -> Page:
    return Page.from_text(header, elements=Elements(resources=resources, truncated=truncated))


@check(
    id="mixed-content-blockable",
    title="The secure page loads nothing that browsers block",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Load scripts, styles and frames by https addresses; find them in templates and content.",
    snippets={
        "html": '<meta http-equiv="Content-Security-Policy" content="upgrade-insecure-requests">'
    },
    references=(Reference("Mixed Content", "3.2"),),
    roles=(Role.WEB,),
    passes={
        "all encrypted": _page(
            Resource("script", "/a.js"), Resource("img", "https://x.test/a.png")
        ),
        "pictures are upgraded": _page(Resource("img", "http://x.test/a.png")),
        "upgraded by policy": _page(
            Resource("script", "http://x.test/a.js"), header=f"{CSP}: upgrade-insecure-requests"
        ),
    },
    fails={"a script": _page(Resource("script", "http://x.test/a.js"))},
    others={
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(Resource("script", "https://x.test/["), truncated=True),
    },
)
def mixed_content_blockable(page: Page) -> Judgement:
    """Browsers block such parts: the page breaks, and visitors learn to lower their guard."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    policies = csp.policies(page.exchange.values(CSP)) + csp.meta_policies(elements.policies)
    if any("upgrade-insecure-requests" in one.directives for one in policies):
        return passed("The policy has browsers upgrade every address.")
    found = [
        one
        for one in elements.resources
        if one.element not in UPGRADED
        and (url := resolved(one.url, elements, page.exchange.url))
        and url.scheme == "http"
    ]
    if found:
        evidence = tuple(f"<{one.element}> {one.url[:200]}" for one in found[:20])
        return failed(
            "It loads {url} without encryption.", url=found[0].url[:200], evidence=evidence
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("It loads nothing that browsers would block.")
