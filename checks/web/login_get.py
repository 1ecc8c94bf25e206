"""Passwords do not travel in addresses."""

from urllib.parse import SplitResult

from scanner import (
    Confidence,
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
from scanner.formats.html import resolved
from scanner.observation.web import Elements, Form, Page


def _page(*forms: Form, truncated: bool = False, header: str = "X: y") -> Page:
    return Page.from_text(header, elements=Elements(forms=forms, truncated=truncated))


@check(
    id="login-get",
    title="No password is sent in an address",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Give the form `method=post`: addresses are kept in logs, histories and referrers.",
    snippets={
        "html": '<form action="https://www.agency.example/login" method="post" autocomplete="on">',
        "nginx": "return 301 https://$host$request_uri; # in the server of port 80",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": '<rule name="https" stopProcessing="true"><match url="(.*)" /><conditions><add input="{HTTPS}" pattern="off" /></conditions><action type="Redirect" url="https://{HTTP_HOST}/{R:1}" /></rule>',
    },
    references=(Reference("ASVS 5.0", "14.2.1"), Reference("RFC 9110", "9.3.1")),
    roles=(Role.WEB,),
    passes={"post": _page(Form("/login", "post", has_password=True))},
    fails={
        "get": _page(Form("/login", has_password=True)),
        "get, unless a script steps in": _page(Form("", has_password=True, is_scripted=True)),
    },
    others={
        "no login": _page(Form("/search")),
        "a script alone sends it": _page(Form("javascript:login()", has_password=True)),
        "not a page": Page(Page.from_text().exchange),
        "cut short": _page(truncated=True),
    },
)
def login_get(page: Page) -> Judgement:
    """A password in an address stays in the logs of every machine that it passes."""
    if page.elements is None:
        return not_applicable("The answer is not a page.")
    url = page.exchange.url
    logins = [one for one in page.elements.forms if one.has_password]
    logins = [one for one in logins if _is_sent(resolved(one.action, page.elements, url))]
    bad = [one for one in logins if one.method not in {"post", "dialog"}]
    evidence = tuple(f"<form method={one.method}> to {one.action[:200]}" for one in bad[:20])
    if sure := [one for one in bad if not one.is_scripted]:
        return failed(
            "The login form to {url} is sent by GET, with the password in the address.",
            url=sure[0].action[:200] or "itself",
            evidence=evidence,
        )
    if bad:
        return failed(
            "Unless a script steps in, the login form is sent by GET, with the password in the address.",
            confidence=Confidence.TENTATIVE,
            evidence=evidence,
        )
    if logins:
        return passed("Its login forms are sent by POST.")
    if page.elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return not_applicable("The page has no login form.")


def _is_sent(action: SplitResult | None) -> bool:
    """Whether a browser sends a form there at all: not to a script's address or a mail."""
    return action is not None and action.scheme in {"http", "https"}
