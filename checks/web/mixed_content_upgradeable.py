"""A secure page loads its pictures encrypted."""

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
    id="mixed-content-upgradeable",
    title="The secure page asks for no picture, sound or film without encryption",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Write https addresses; browsers ask by https anyway, and show nothing where that fails.",
    snippets={
        "html": '<meta http-equiv="Content-Security-Policy" content="upgrade-insecure-requests">',
        **header_snippets(csp.ENFORCED, "upgrade-insecure-requests"),
    },
    references=(Reference("Mixed Content", "3.1"),),
    roles=(Role.WEB,),
    passes={"all encrypted": _page(Resource("img", "https://x.test/a.png"))},
    fails={
        "a picture": _page(Resource("img", "http://x.test/a.png")),
        "a poster": _page(Resource("video", "http://x.test/a.png", attribute="poster")),
        "a picture of a style": _page(Resource("style", "http://x.test/a.png", attribute="url()")),
        "an icon": _page(Resource("link", "http://x.test/a.ico", rel="icon")),
    },
    others={
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(truncated=True),
        "upgraded by policy": _page(
            Resource("img", "http://x.test/a.png"),
            header=f"{csp.ENFORCED}: upgrade-insecure-requests",
        ),
    },
)
def mixed_content_upgradeable(page: Page) -> Judgement:
    """Browsers upgrade these by themselves; where the other server has no https, they are gone."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    loads = insecure(elements, page.exchange.url)
    found = [one for one in loads if one.kind is Mixed.UPGRADEABLE]
    evidence = tuple(one.shown for one in found[:20])
    if found and any(one.upgrades for one in policies(page).enforced):
        return informational(
            "The policy has browsers upgrade {url}; it fails where there is no https twin.",
            url=found[0].resource.url[:200],
            evidence=evidence,
        )
    if found:
        return failed(
            counted(
                "It asks for {url} without encryption.",
                "It asks for {n} pictures, sounds or films without encryption, such as {url}.",
                n=len(found),
                url=found[0].resource.url[:200],
            ),
            evidence=evidence,
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("It asks for nothing that browsers would have to upgrade.")
