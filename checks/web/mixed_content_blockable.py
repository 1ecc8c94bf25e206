"""A secure page loads nothing without encryption that browsers block."""

from scanner import (
    Confidence,
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
    informational,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.mixed import Mixed, insecure
from scanner.formats.shown import header_snippets
from scanner.observation.web import (
    Elements,
    Page,
    Resource,
)
from scanner.page_policy import policies


def _page(*resources: Resource, header: str = "X: y", truncated: bool = False) -> Page:
    return Page.from_text(header, elements=Elements(resources=resources, truncated=truncated))


@check(
    id="mixed-content-blockable",
    title="The secure page loads nothing that browsers block",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Load scripts, styles and frames by https addresses; find them in templates and content.",
    snippets={
        "html": '<meta http-equiv="Content-Security-Policy" content="upgrade-insecure-requests">',
        **header_snippets(csp.ENFORCED, "upgrade-insecure-requests"),
    },
    references=(Reference("Mixed Content", "3.2"), Reference("Mixed Content", "4")),
    roles=(Role.WEB,),
    passes={
        "all encrypted": _page(Resource("script", "/a.js"), Resource("img", "//x.test/a.png")),
        "pictures are upgraded": _page(Resource("img", "http://x.test/a.png")),
        "loopback": _page(Resource("script", "http://127.0.0.1/a.js")),
    },
    fails={
        "a script": _page(Resource("script", "http://x.test/a.js")),
        "by a base": Page.from_text(
            elements=Elements(base="http://x.test/", resources=(Resource("script", "a.js"),))
        ),
        "a picture of an address": _page(Resource("img", "http://192.0.2.7/a.png")),
        "a set of pictures": _page(Resource("img", "http://x.test/a.png", attribute="srcset")),
        "a picture with crossorigin": _page(Resource("img", "http://x.test/a.png", crossorigin="")),
    },
    others={
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(Resource("script", "https://x.test/["), truncated=True),
        "upgraded by policy": _page(
            Resource("script", "http://x.test/a.js"),
            header=f"{csp.ENFORCED}: upgrade-insecure-requests",
        ),
    },
)
def mixed_content_blockable(page: Page) -> Judgement:
    """Browsers block such parts: the page breaks, and visitors learn to lower their guard."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    loads = insecure(elements, page.exchange.url)
    found = [one for one in loads if one.kind is Mixed.BLOCKABLE]
    evidence = tuple(one.shown for one in found[:20])
    if found and any(one.upgrades for one in policies(page).enforced):
        return informational(
            "The policy has browsers upgrade {url}; it fails where there is no https twin.",
            url=found[0].resource.url[:200],
            evidence=evidence,
        )
    if found:
        sure = [one for one in found if one.is_sure]
        return failed(
            counted(
                "It loads {url} without encryption, and browsers block it.",
                "It loads {n} things without encryption, such as {url}, and browsers block them.",
                n=len(found),
                url=(sure or found)[0].resource.url[:200],
            ),
            confidence=Confidence.CERTAIN if sure else Confidence.TENTATIVE,
            evidence=evidence,
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("It loads nothing that browsers would block.")
