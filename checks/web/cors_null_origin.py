"""Pages without an origin are not trusted."""

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
    passed,
)
from scanner.formats.cors import CREDENTIALS, ORIGIN, command, grants
from scanner.observation.web import HttpExchange
from scanner.observation.web_probes import CorsProbe, CorsProbes, Origin

HOST = "www.agency.example"
FOREIGN = "https://origin-probe.invalid"
TRUE = f"{CREDENTIALS}: true"


def _probe(origin: Origin, sent: str, *lines: str, reason: Reason | None = None) -> CorsProbe:
    text = "\n".join(("HTTP/1.1 200 OK", *lines))
    return CorsProbe(origin, sent, "/", HttpExchange.from_text(text), reason)


def _one(*lines: str, origin: Origin = Origin.NULL) -> CorsProbes:
    return CorsProbes((_probe(origin, "null", *lines),))


@check(
    id="cors-null-origin",
    title="Pages without an origin of their own are not trusted",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Take `null` off the list of allowed origins: any page can have it, in a sandboxed frame.",
    snippets={
        "nginx": "if ($http_origin = https://app.agency.example) { set $cors $http_origin; }\nadd_header Access-Control-Allow-Origin $cors;\nadd_header Vary Origin;",
        "apache": "SetEnvIf Origin ^https://app\\\\.agency\\\\.example$ OK=$0\nHeader set Access-Control-Allow-Origin %{OK}e env=OK\nHeader merge Vary Origin",
        "iis": '<cors enabled="true"><add origin="https://app.agency.example" allowCredentials="true" /></cors>',
    },
    references=(Reference("Fetch", "CORS check"), Reference("OWASP ASVS 5.0", "3.4.2")),
    roles=(Role.WEB,),
    passes={"not allowed": _one(), "everyone, no more than null": _one(f"{ORIGIN}: *")},
    fails={
        "with credentials": _one(f"{ORIGIN}: null", TRUE),
        "without": _one(f"{ORIGIN}: null"),
    },
    others={"not answered": _one(origin=Origin.FOREIGN)},
)
def cors_null_origin(probes: CorsProbes) -> Judgement:
    """Any site can put its script into a sandboxed frame; there its origin is null."""
    found = grants(probes, Origin.NULL)
    if not found:
        return inconclusive(Reason.BLOCKED, "No probe was answered by the site.")
    worst = min(found, key=lambda one: (not one.with_credentials, not one.is_echoed))
    if not worst.is_echoed:
        return passed("The origin null may read nothing.", evidence=worst.evidence)
    evidence = (*worst.evidence, f"expected: never {ORIGIN}: null")
    if worst.with_credentials:
        return failed(
            "A page without an origin may read {path} with the visitor's cookies.",
            path=worst.probe.path,
            evidence=evidence,
            command=command(worst),
        )
    return failed(
        "A page without an origin may read {path}, without cookies.",
        path=worst.probe.path,
        severity=Severity.LOW,
        evidence=evidence,
        command=command(worst),
    )
