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
    informational,
    not_applicable,
    passed,
)
from scanner.fact import WEB_LOGIN
from scanner.formats import csp
from scanner.formats.html import resolved
from scanner.observation.web import Elements, Form, Page
from scanner.page_policy import policies


def _page(*forms: Form, truncated: bool = False, header: str = "X: y") -> Page:
    return Page.from_text(header, elements=Elements(forms=forms, truncated=truncated))


UNAUTHORISED = 401  # RFC 9110 15.5.2


@check(
    id="form-insecure",
    title="What visitors enter is sent over HTTPS",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Let the form's action be an https address, or leave the scheme out.",
    snippets={
        "html": '<form action="https://www.agency.example/login" method="post" autocomplete="on">',
        "nginx": "return 301 https://$host$request_uri; # in the server of port 80",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": '<rule name="https" stopProcessing="true"><match url="(.*)" /><conditions><add input="{HTTPS}" pattern="off" /></conditions><action type="Redirect" url="https://{HTTP_HOST}/{R:1}" /></rule>',
    },
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
        "upgraded by policy": _page(
            Form("http://a.example/search"), header=f"{csp.ENFORCED}: upgrade-insecure-requests"
        ),
    },
)
def form_insecure(page: Page) -> Judgement:
    """Names, numbers and passwords would cross the line readable for everyone on it."""
    elements = page.elements
    asked = page.exchange.status == UNAUTHORISED
    if elements is None:
        return not_applicable("The answer is not a page.", facts={WEB_LOGIN: asked})
    password = elements.has_password or any(one.has_password for one in elements.forms)
    facts = {WEB_LOGIN: asked or password}
    bad = [
        one
        for one in elements.forms
        if (url := resolved(one.action, elements, page.exchange.url)) and url.scheme == "http"
    ]
    evidence = tuple(f"<form method={one.method}> to {one.action[:200]}" for one in bad[:20])
    if bad and any(one.upgrades for one in policies(page).enforced):
        return informational(
            "The policy has browsers send the form to {url} by https.",
            url=bad[0].action[:200],
            evidence=evidence,
            facts=facts,
        )
    if bad:
        worst = max(bad, key=lambda one: one.has_password)
        return failed(
            "A form is sent to {url} without encryption.",
            url=worst.action[:200],
            severity=Severity.HIGH if worst.has_password else Severity.MEDIUM,
            evidence=evidence,
            facts=facts,
        )
    if elements.truncated:
        return inconclusive(
            Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.", facts=facts
        )
    if not elements.forms:
        return not_applicable("The page has no form.", facts=facts)
    return passed("Its forms are sent over HTTPS.", facts=facts)
