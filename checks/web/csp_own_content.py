"""The policy lets the page's own content in."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    counted,
    informational,
    not_applicable,
)
from scanner.formats import csp
from scanner.formats.csp.own import refusals
from scanner.formats.shown import header_snippets
from scanner.observation.web import Elements, InlineScript, Page, Resource
from scanner.page_policy import policies

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


def _page(policy: str, *resources: Resource) -> Page:
    return Page.from_text(f"{CSP}: {policy}", elements=Elements(resources=resources))


@check(
    id="csp-own-content",
    title="The policy lets in what the page itself loads",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Add the host to the directive, or take the element out of the page.",
    snippets=header_snippets(CSP, "img-src 'self' https://pictures.agency.example"),
    references=(Reference("CSP Level 3", "4.1.2"),),
    roles=(Role.WEB,),
    others={
        "a picture is refused": _page("img-src 'self'", Resource("img", "https://x.example/a.png")),
        "all is let in": _page("default-src 'self'", Resource("img", "/a.png")),
        "no policy": Page.from_text(),
        "inline scripts are refused": Page.from_text(
            f"{CSP}: script-src 'self'", elements=Elements(scripts=(InlineScript("x", 5),))
        ),
        "not a page": NOT_A_PAGE,
    },
)
def csp_own_content(page: Page) -> Judgement:
    """A policy that breaks its own page will be switched off by the next person who notices."""
    found = policies(page).enforced
    if page.elements is None or not found:
        return not_applicable("No policy is enforced on a page.")
    refused = tuple(refusals(found, page.elements, page.exchange.url))
    if refused:
        return informational(
            counted(
                "The policy refuses {first}, which the page loads.",
                "The policy refuses {n} things that the page loads, such as {first}.",
                n=len(refused),
                first=refused[0][:200],
            ),
            evidence=refused[:20],
        )
    return informational("The policy lets in all that the page loads.")
