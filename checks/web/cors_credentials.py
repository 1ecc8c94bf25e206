"""No foreign site can read answers with the visitor's login."""

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
    passed,
)
from scanner.formats.cors import CREDENTIALS, ORIGIN, Grant, command, grants
from scanner.observation.web import HttpExchange
from scanner.observation.web_probes import CorsProbe, CorsProbes, Origin

HOST = "www.agency.example"
FOREIGN = "https://origin-probe.invalid"
TRUE = f"{CREDENTIALS}: true"


def _probe(origin: Origin, sent: str, *lines: str, reason: Reason | None = None) -> CorsProbe:
    text = "\n".join(("HTTP/1.1 200 OK", *lines))
    return CorsProbe(origin, sent, "/", HttpExchange.from_text(text), reason)


def _one(*lines: str, origin: Origin = Origin.FOREIGN) -> CorsProbes:
    return CorsProbes((_probe(origin, FOREIGN, *lines),))


@check(
    id="cors-credentials",
    title="No foreign site may read what a logged-in visitor sees",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Answer with Access-Control-Allow-Origin only for origins of an exact list of your own;
        never copy the Origin of the request into the answer.
    """,
    snippets={
        "nginx": "if ($http_origin = https://app.agency.example) { set $cors $http_origin; }\nadd_header Access-Control-Allow-Origin $cors;\nadd_header Vary Origin;",
        "apache": "SetEnvIf Origin ^https://app\\\\.agency\\\\.example$ OK=$0\nHeader set Access-Control-Allow-Origin %{OK}e env=OK\nHeader merge Vary Origin",
        "iis": '<cors enabled="true"><add origin="https://app.agency.example" allowCredentials="true" /></cors>',
    },
    references=(Reference("Fetch", "CORS check"), Reference("OWASP ASVS 5.0", "3.4.2")),
    roles=(Role.WEB,),
    passes={
        "nothing is allowed": _one(),
        "one origin of a list": _one(f"{ORIGIN}: https://app.agency.example", TRUE),
    },
    fails={
        "the origin is copied, with credentials": _one(f"{ORIGIN}: {FOREIGN}", TRUE),
        "the origin is copied": _one(f"{ORIGIN}: {FOREIGN}"),
        "everyone, on an answer that sets a cookie": _one(f"{ORIGIN}: *", "Set-Cookie: a=1"),
        "a list, which browsers refuse": _one(f"{ORIGIN}: https://a.example, https://b.example"),
    },
    others={
        "everyone, without credentials": _one(f"{ORIGIN}: *"),
        "everyone with credentials, which browsers refuse": _one(f"{ORIGIN}: *", TRUE),
        "not answered": _one(origin=Origin.NULL),
    },
)
def cors_credentials(probes: CorsProbes) -> Judgement:  # noqa: PLR0911 - a table
    """A visitor who is logged in opens another page, and that page reads his records in his name."""
    found = grants(probes, Origin.FOREIGN)
    if not found:
        return inconclusive(Reason.BLOCKED, "No probe was answered by the site.")
    worst = min(found, key=_rank)
    expected = f"expected: no {ORIGIN}, or an origin of your own list"
    evidence, cause = (*worst.evidence, expected), command(worst)
    match _rank(worst):
        case 0:
            return failed(
                "Any site may read {path} with the visitor's cookies (unless SameSite keeps them).",
                path=worst.probe.path,
                evidence=evidence,
                command=cause,
            )
        case 1:
            return failed(
                "It allows whatever origin asks for {path}, without cookies.",
                path=worst.probe.path,
                severity=Severity.LOW,
                evidence=evidence,
                command=cause,
            )
        case 2:
            return failed(
                "Every site may read {path}, an answer that sets a cookie.",
                path=worst.probe.path,
                severity=Severity.LOW,
                evidence=evidence,
                command=cause,
            )
        case 3:
            return failed(
                "Browsers refuse what it sends: {value}.",
                value=(worst.value or "")[:200],
                severity=Severity.LOW,
                evidence=evidence,
                command=cause,
            )
        case 4:
            return informational(
                "Every site may read {path} without cookies; right for public data.",
                path=worst.probe.path,
                evidence=evidence,
            )
        case _:
            return passed("A foreign origin may read nothing.", evidence=worst.evidence)


def _rank(grant: Grant) -> int:
    """The worst first."""
    everyone = grant.value == "*"
    order = (
        grant.with_credentials,
        grant.is_echoed,
        everyone and bool(grant.exchange.values("Set-Cookie")),
        grant.is_void,
        everyone,
    )
    return order.index(True) if True in order else len(order)
