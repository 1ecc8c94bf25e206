"""No field is sent that browsers no longer heed."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, counted, failed, passed
from scanner.formats.answer import located
from scanner.observation.web import HttpsAnswer

OBSOLETE = (
    "Public-Key-Pins",
    "Public-Key-Pins-Report-Only",
    "Expect-CT",
    "Feature-Policy",
    "X-WebKit-CSP",
    "X-Content-Security-Policy",
)
FILTER = "X-XSS-Protection"


def _answer(*lines: str) -> HttpsAnswer:
    return HttpsAnswer.from_text("\n".join(("HTTP/1.1 200 OK", *lines)))


@check(
    id="obsolete-headers",
    title="No header is sent that browsers no longer heed",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Take the field away: what it promised is done by Content-Security-Policy and
        Permissions-Policy today. `X-XSS-Protection: 0` may stay.
    """,
    snippets={
        "nginx": "proxy_hide_header Expect-CT;",
        "apache": "Header always unset Expect-CT",
        "iis": '<customHeaders><remove name="X-XSS-Protection" /></customHeaders>',
    },
    references=(Reference("OWASP Secure Headers Project"), Reference("CSP Level 3", "3.1")),
    roles=(Role.WEB,),
    passes={"none": _answer(), "the filter is off": _answer(f"{FILTER}: 0")},
    fails={
        "pins": _answer('Public-Key-Pins: max-age=1; pin-sha256="x"'),
        "the old filter": _answer(f"{FILTER}: 1; mode=block"),
        "the old filter, that can be turned against the page": _answer(f"{FILTER}: 1"),
    },
)
def obsolete_headers(answer: HttpsAnswer) -> Judgement:
    """Who relies on them is not protected, and the old filter could even be used for attacks."""
    exchange = answer.exchange
    value = (exchange.first(FILTER) or "0").replace(" ", "").lower()
    if value.startswith("1") and "mode=block" not in value:
        return failed(
            "X-XSS-Protection is on without mode=block, which old browsers let attackers use.",
            evidence=(*located(exchange, FILTER), "expected: X-XSS-Protection: 0, or none"),
        )
    if lines := located(exchange, *OBSOLETE, *([FILTER] if value != "0" else [])):
        return failed(
            counted(
                "It sends a field that browsers no longer heed.",
                "It sends {n} fields that browsers no longer heed.",
                n=len(lines),
            ),
            severity=Severity.INFO,
            evidence=(*lines, "expected: none of them"),
        )
    return passed("None is sent.")
