"""Pages with a login or a session are kept by no shared cache."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.answer import located
from scanner.formats.cookie import sessions
from scanner.observation.web import Elements, Form, Page

FIELD = "Cache-Control"
LOGIN = Elements(forms=(Form("/login", "post", has_password=True),))
SESSION = "Set-Cookie: PHPSESSID=1a2b; Secure; HttpOnly"
KEPT_APART = frozenset({"no-store", "private"})


@check(
    id="cache-control-sensitive",
    title="No shared cache keeps pages with a login or a session",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `Cache-Control: no-store` (or private) on pages with a login form or a session cookie.",
    snippets={
        "nginx": 'location /login { add_header Cache-Control "no-store" always; }',
        "apache": '<Location "/login">\nHeader always set Cache-Control "no-store"\n</Location>',
        "iis": '<clientCache cacheControlMode="DisableCache" />',
    },
    references=(Reference("RFC 9111", "5.2.2"), Reference("OWASP ASVS 5.0", "14.3.2")),
    roles=(Role.WEB,),
    passes={
        "not kept": Page.from_text(f"{FIELD}: max-age=0, No-Store", elements=LOGIN),
        "private": Page.from_text(f"{FIELD}: private", SESSION),
    },
    fails={
        "a login form": Page.from_text(elements=LOGIN),
        "a session cookie": Page.from_text(SESSION),
        "a session cookie, for everyone's cache": Page.from_text(f"{FIELD}: public", SESSION),
    },
    others={"neither": Page.from_text(), "not a page": Page(Page.from_text().exchange)},
)
def cache_control_sensitive(page: Page) -> Judgement:
    """What a cache on the way keeps for one visitor it may hand to the next."""
    exchange, elements = page.exchange, page.elements
    has_login = bool(elements and any(one.has_password for one in elements.forms))
    names = [one.name for one in sessions(exchange)]
    if not has_login and not names:
        return not_applicable("The page has no login form and sets no session cookie.")
    words = {one.partition("=")[0].strip().lower() for one in _list(exchange.joined(FIELD))}
    evidence = (*located(exchange, FIELD, "Set-Cookie"), "expected: Cache-Control: no-store")
    if words & KEPT_APART:
        return passed("It says {word}.", word=min(words & KEPT_APART), evidence=evidence[:-1])
    if names and "public" in words:
        return failed(
            "An answer that sets the session cookie {name} says that every cache may keep it.",
            name=names[0],
            evidence=evidence,
        )
    if names:
        return failed(
            "An answer that sets the session cookie {name} does not keep shared caches away.",
            name=names[0],
            severity=Severity.LOW,
            evidence=evidence,
        )
    return failed(
        "A page with a login form does not keep caches away.",
        severity=Severity.LOW,
        evidence=evidence,
    )


def _list(joined: str | None) -> list[str]:
    return (joined or "").split(",")
