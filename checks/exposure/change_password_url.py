"""Password managers find where a password is changed."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats.answer import REDIRECTS
from scanner.formats.security_txt import OK
from scanner.observation.published import ChangePassword
from scanner.observation.web import HttpExchange

PLACE = "https://agency.example/.well-known/change-password"


def _seen(status: str, control: int = 404) -> ChangePassword:
    return ChangePassword(HttpExchange.from_text(f"HTTP/1.1 {status}", PLACE), control)


@check(
    id="change-password-url",
    title="Whether password managers find where a password is changed",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Redirect /.well-known/change-password to the page where a password is changed.",
    snippets={"nginx": "location = /.well-known/change-password { return 302 /account/password; }"},
    references=(
        Reference(
            "A Well-Known URL for Changing Passwords",
            url="https://w3c.github.io/webappsec-change-password-url/",
        ),
    ),
    others={
        "a redirect": _seen("302 Found\nLocation: /account/password"),
        "none": _seen("404 Not Found"),
        "a site that answers anything": _seen("200 OK", 200),
    },
)
def change_password_url(seen: ChangePassword) -> Judgement:
    """A manager that knows of a leaked password can take its owner to the right page at once."""
    status = seen.exchange.status
    if status not in {*REDIRECTS, OK}:
        return informational("There is none (status {status}).", status=status)
    if seen.control == status:
        return not_applicable(
            "The site answers any name there with status {status}.", status=status
        )
    return informational(
        "It is there (status {status}).",
        status=status,
        evidence=tuple(f"Location: {one}" for one in seen.exchange.values("Location")),
    )
