"""No password is asked for without encryption."""

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
from scanner.formats.shown import expected
from scanner.observation.web import (
    Elements,
    Form,
    HttpAnswer,
)


def _answer(*lines: str, elements: Elements | None = None) -> HttpAnswer:
    made = HttpAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines)))
    return HttpAnswer(made.exchange, elements)


@check(
    id="login-cleartext",
    title="No password is asked for on a page without encryption",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="Redirect port 80 to https, the login page first of all.",
    snippets={
        "html": '<form action="https://www.agency.example/login" method="post" autocomplete="on">',
        "nginx": "return 301 https://$host$request_uri; # in the server of port 80",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": '<rule name="https" stopProcessing="true"><match url="(.*)" /><conditions><add input="{HTTPS}" pattern="off" /></conditions><action type="Redirect" url="https://{HTTP_HOST}/{R:1}" /></rule>',
    },
    references=(Reference("ASVS 5.0", "12.2.1"), Reference("Secure Contexts", "1")),
    roles=(Role.WEB,),
    passes={"a page without a login": _answer(elements=Elements())},
    fails={
        "a login": _answer(elements=Elements(forms=(Form("/login", "post", has_password=True),))),
        "a field outside a form": _answer(elements=Elements(has_password=True)),
    },
    others={
        "a redirect": _answer(),
        "cut short": _answer(elements=Elements(truncated=True)),
    },
)
def login_cleartext(answer: HttpAnswer) -> Judgement:
    """Everyone on the line reads the password, and can change where it is sent."""
    elements = answer.elements
    if elements is None:
        return not_applicable("Port 80 serves no page.")
    forms = [one for one in elements.forms if one.has_password]
    if forms or elements.has_password:
        return failed(
            "The page asks for a password without encryption.",
            evidence=(
                f"status {answer.exchange.status} from {answer.exchange.url[:200]}",
                *(
                    f"<form method={one.method}> to {one.action[:200] or 'itself'}"
                    for one in forms[:20]
                ),
                expected("a redirect to https"),
            ),
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("The page on port 80 asks for no password.")
