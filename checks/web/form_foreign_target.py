"""Secrets are entered for the agency alone."""

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
from scanner.formats.answer import host_of
from scanner.formats.html import resolved
from scanner.formats.party import is_foreign
from scanner.observation.web import Elements, Form, Page
from scanner.targets import registrable


def _page(*forms: Form, truncated: bool = False, header: str = "X: y") -> Page:
    return Page.from_text(header, elements=Elements(forms=forms, truncated=truncated))


# Where citizens are sent on purpose: single sign-on and payment, by registrable domain.
ALLOWED = frozenset(
    {
        "login.gov",
        "id.me",
        "microsoftonline.com",
        "okta.com",
        "auth0.com",
        "paypal.com",
        "stripe.com",
        "worldpay.com",
        "pay.gov",
    }
)


@check(
    id="form-foreign-target",
    title="Passwords and identity numbers are sent to the agency itself",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Send the form to a host of the agency, or lead to the other party by a link that shows its name.",
    snippets={
        "html": '<form action="https://www.agency.example/login" method="post" autocomplete="on">',
        "nginx": "return 301 https://$host$request_uri; # in the server of port 80",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": '<rule name="https" stopProcessing="true"><match url="(.*)" /><conditions><add input="{HTTPS}" pattern="off" /></conditions><action type="Redirect" url="https://{HTTP_HOST}/{R:1}" /></rule>',
    },
    references=(Reference("ASVS 5.0", "14.2.1"),),
    roles=(Role.WEB,),
    passes={
        "to itself": _page(Form("/login", "post", has_password=True)),
        "single sign-on": _page(Form("https://secure.login.gov/", "post", has_password=True)),
    },
    fails={
        "a password": _page(Form("https://collector.test/", "post", has_password=True)),
        "an identity number": _page(Form("https://collector.test/", "post", asks_identity=True)),
    },
    others={
        "a search elsewhere": _page(Form("https://search.test/")),
        "no form": _page(),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(truncated=True),
    },
)
def form_foreign_target(page: Page) -> Judgement:
    """A login that is sent elsewhere is either another party's, or an intruder's."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    foreign = [
        (one, url.geturl())
        for one in elements.forms
        if (url := resolved(one.action, elements, page.exchange.url))
        and url.hostname
        and is_foreign(url.geturl(), page.exchange.url)
    ]
    secret = [
        (one, url)
        for one, url in foreign
        if (one.has_password or one.asks_identity) and registrable(host_of(url)) not in ALLOWED
    ]
    evidence = tuple(f"<form method={one.method}> to {url[:200]}" for one, url in foreign[:20])
    if secret:
        return failed(
            "A form that asks for a password or an identity number is sent to {host}.",
            host=host_of(secret[0][1]),
            evidence=evidence,
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    if foreign and not any(one.has_password or one.asks_identity for one, _ in foreign):
        return informational(
            "A form without passwords is sent to {host}.",
            host=host_of(foreign[0][1]),
            evidence=evidence,
        )
    if not elements.forms:
        return not_applicable("The page has no form.")
    return passed("Its forms are sent to the agency itself.", evidence=evidence)
