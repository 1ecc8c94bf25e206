"""robots.txt tells nobody where to look."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats.robots import disallowed, is_robots_txt, telling
from scanner.observation.published import RobotsTxt
from scanner.observation.web import HttpExchange

PLACE = "https://agency.example/robots.txt"
MOST_SHOWN = 20


def _file(text: str, status: str = "200 OK") -> RobotsTxt:
    return RobotsTxt(HttpExchange.from_text(f"HTTP/1.1 {status}", PLACE), text)


@check(
    id="robots-disclosure",
    title="What robots.txt tells of places that are not for everyone",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Protect such places with a password or an address filter, and take them out of the file: it
        is the first that an attacker reads. What only has to stay out of search engines takes a
        `noindex` of its own.
    """,
    snippets={"nginx": "location /backup/ { allow 10.0.0.0/8; deny all; }"},
    references=(
        Reference("RFC 9309", "3"),
        Reference("CWE-200", url="https://cwe.mitre.org/data/definitions/200.html"),
    ),
    others={
        "telling names": _file("User-agent: *\nDisallow: /backup-2024/\nDisallow: /images/\n"),
        "nothing telling": _file("User-agent: *\nDisallow: /search\nDisallow: /wp-admin/\n"),
        "none": _file("", "404 Not Found"),
        "a page": _file("Welcome"),
    },
)
def robots_disclosure(seen: RobotsTxt) -> Judgement:
    """The file hides nothing: it is a list of what its author did not want to be seen."""
    if not is_robots_txt(seen.text):
        return not_applicable(
            "There is no robots.txt (status {status}).", status=seen.exchange.status
        )
    found = telling(seen.text)
    if not found:
        return informational(
            "Its {n} lines name nothing that sounds secret.", n=len(disallowed(seen.text))
        )
    return informational(
        "It names {path}, which sounds as if it were not for everyone.",
        path=found[0][:100],
        evidence=tuple(f"Disallow: {one}" for one in found[:MOST_SHOWN]),
    )
