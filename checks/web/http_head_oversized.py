"""The head of an answer has a size that its readers take."""

from scanner import Confidence, Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.observation.web import HttpExchange, HttpsAnswer

CUT = HttpExchange("GET", "https://www.agency.example/", 200, lines=("X: 1",) * 3, is_cut=True)


@check(
    id="http-head-oversized",
    title="The head of the answer is read whole",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Find what fills the head (cookies and policies that repeat themselves, a proxy that adds a
        line at every pass) and stop it; most programs take no more than 8 to 16 KiB.
    """,
    snippets={
        "nginx": "proxy_hide_header X-Debug;",
        "apache": "Header always unset X-Debug",
        "iis": '<customHeaders><remove name="X-Debug" /></customHeaders>',
    },
    references=(Reference("RFC 9110", "5.4"),),
    roles=(Role.WEB,),
    passes={"a head as usual": HttpsAnswer.from_text("HTTP/1.1 200 OK\nServer: nginx")},
    fails={"cut": HttpsAnswer(CUT)},
)
def http_head_oversized(answer: HttpsAnswer) -> Judgement:
    """What stands beyond the limit of a browser or a proxy is lost, and with it its protection."""
    lines = answer.exchange.header_lines
    size = sum(len(line) + 2 for line in lines)
    if answer.exchange.is_cut:
        return failed(
            "The head has more than 256 KiB or 2000 lines; it was read up to {n} lines.",
            n=len(lines),
            confidence=Confidence.FIRM,
            evidence=(
                f"{answer.exchange.url}: {len(lines)} lines, {size} octets were read",
                "expected: a head of some KiB",
            ),
        )
    return passed("It has {n} lines and {size} octets.", n=len(lines), size=size)
