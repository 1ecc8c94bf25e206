"""Forms are sent over HTTPS."""

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
from scanner.fact import WEB_LOGIN
from scanner.formats.html import resolved
from scanner.observation.web import Elements, Form, Page

UNAUTHORISED = 401  # RFC 9110 15.5.2


def _page(*forms: Form, truncated: bool = False) -> Page:
    return Page.from_text(elements=Elements(forms=forms, truncated=truncated))


@check(
    id="form-insecure",
    title="What visitors enter is sent over HTTPS",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Let the form's action be an https address, or leave the scheme out.",
    references=(Reference("Mixed Content", "7.1"),),
    records=(WEB_LOGIN,),
    roles=(Role.WEB,),
    passes={"to itself": _page(Form("/send", "post", has_password=True))},
    fails={
        "a login": _page(Form("http://a.example/login", "post", has_password=True)),
        "a search": _page(Form("http://a.example/search")),
    },
    others={
        "no form": _page(),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(Form("https://a.example/["), truncated=True),
    },
)
def form_insecure(page: Page) -> Judgement:
    """Names, numbers and passwords would cross the line readable for everyone on it."""
    elements = page.elements
    if elements is None:
        return not_applicable(
            "The answer is not a page.", facts={WEB_LOGIN: page.exchange.status == UNAUTHORISED}
        )
    facts = {WEB_LOGIN: any(one.has_password for one in elements.forms)}
    bad = [
        one
        for one in elements.forms
        if (url := resolved(one.action, elements, page.exchange.url)) and url.scheme == "http"
    ]
    if bad:
        worst = max(bad, key=lambda one: one.has_password)
        return failed(
            "A form is sent to {url} without encryption.",
            url=worst.action[:200],
            severity=Severity.HIGH if worst.has_password else Severity.MEDIUM,
            facts=facts,
        )
    if elements.truncated:
        return inconclusive(
            Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.", facts=facts
        )
    if not elements.forms:
        return not_applicable("The page has no form.", facts=facts)
    return passed("Its forms are sent over HTTPS.", facts=facts)
