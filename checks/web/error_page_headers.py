"""Error pages are protected as the start page is."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Place,
    Reference,
    Role,
    Severity,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.answer import host_of, location
from scanner.formats.certificate_examples import NAME, NOW
from scanner.formats.hsts import effective
from scanner.observation import Seen
from scanner.observation.web import HttpExchange, Page
from scanner.observation.web_probes import ErrorPage

PATH = "/0123456789abcdef"
HSTS, CSP = "Strict-Transport-Security", "Content-Security-Policy"
NOSNIFF, FRAMES = "X-Content-Type-Options", "X-Frame-Options"
GOOD = (
    f"{HSTS}: max-age=1",
    f"{NOSNIFF}: nosniff",
    f"{CSP}: default-src 'self'",
    f"{FRAMES}: DENY",
)
ANCESTORS = f"{CSP}: frame-ancestors 'self'"


def _error(*lines: str, status: str = "404 Not Found") -> ErrorPage:
    text = "\n".join((f"HTTP/1.1 {status}", *lines))
    return ErrorPage(PATH, HttpExchange.from_text(text, f"https://{NAME}{PATH}"))


def _pages(*lines: str) -> Every[Page]:
    place = Place(Subject(Role.WEB, NAME, 443), "192.0.2.7")
    return Every((Seen(place, Observed(Page.from_text(*lines), NOW)),))


@check(
    id="error-page-headers",
    title="Error pages are protected as the start page is",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send the same headers with every status: most servers leave them out of errors unless told.",
    snippets={
        "nginx": 'add_header X-Content-Type-Options "nosniff" always;',
        "apache": 'Header always set X-Content-Type-Options "nosniff"',
        "iis": '<httpProtocol><customHeaders><add name="X-Content-Type-Options" value="nosniff" /></customHeaders></httpProtocol>',
    },
    references=(Reference("RFC 6797", "7.1"), Reference("OWASP Secure Headers Project")),
    roles=(Role.WEB,),
    passes={
        "the same": (_error(*GOOD), _pages(*GOOD)),
        "framing by another field": (_error(*GOOD[:3], ANCESTORS), _pages(*GOOD)),
        "a redirect needs HSTS alone": (
            _error(GOOD[0], "Location: /", status="302 Found"),
            _pages(*GOOD),
        ),
    },
    fails={
        "none of them": (_error(), _pages(*GOOD)),
        "HSTS is missing on the redirect": (_error("Location: /", status="302 F"), _pages(*GOOD)),
    },
    others={
        "the start page has none": (_error(), _pages()),
        "the start page was not seen": (_error(), Every()),
    },
)
def error_page_headers(page: ErrorPage, pages: Every[Page]) -> Judgement:
    """An attacker chooses the address; what protects only the start page protects nobody."""
    home = [
        one.observation.value.exchange
        for one in pages.on(host_of(page.exchange.url))
        if isinstance(one.observation, Observed)
    ]
    wanted = _effective(home[0]) if home else set()
    if location(page.exchange) is not None:
        wanted &= {HSTS}  # a redirect shows no document
    if not wanted:
        return not_applicable("The start page has no such headers to compare with.")
    missing = sorted(wanted - _effective(page.exchange))
    if missing:
        return failed(
            "The page for a name that nobody has lacks {names}, which the start page sends.",
            names=", ".join(missing),
            evidence=(
                f"{page.exchange.url}: {page.exchange.status}, without {', '.join(missing)}",
                *(f"{home[0].url}: {line}" for name in missing for line in home[0].sent(name)),
                "expected: the same headers with every status",
            ),
        )
    return passed("It sends the same headers as the start page.")


def _effective(exchange: HttpExchange) -> set[str]:
    """Which of the four protections an answer has."""
    policies = " ".join(exchange.values(CSP)).lower()
    sniffing = (exchange.joined(NOSNIFF) or "").partition(",")[0].strip().lower()
    frames = (exchange.joined(FRAMES) or "").strip().lower() in {"deny", "sameorigin"}
    found = {
        HSTS: effective(exchange.first(HSTS)) is not None,
        NOSNIFF: sniffing == "nosniff",
        CSP: bool(policies),
        FRAMES: frames or "frame-ancestors" in policies,
    }
    return {name for name, has in found.items() if has}
