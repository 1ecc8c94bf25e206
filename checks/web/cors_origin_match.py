"""Origins are compared whole."""

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
from scanner.formats.cors import CREDENTIALS, ORIGIN, Grant, command, grants
from scanner.observation.web import HttpExchange
from scanner.observation.web_probes import CorsProbe, CorsProbes, Origin

HOST = "www.agency.example"
FOREIGN = "https://origin-probe.invalid"
TRUE = f"{CREDENTIALS}: true"


def _probe(origin: Origin, sent: str, *lines: str, reason: Reason | None = None) -> CorsProbe:
    text = "\n".join(("HTTP/1.1 200 OK", *lines))
    return CorsProbe(origin, sent, "/", HttpExchange.from_text(text), reason)


def _one(origin: Origin, sent: str, *lines: str) -> CorsProbes:
    return CorsProbes((_probe(Origin.FOREIGN, FOREIGN), _probe(origin, sent, *lines)))


PREFIX, SUFFIX = f"https://{HOST}.origin-probe.invalid", "https://origin-probeagency.example"


@check(
    id="cors-origin-match",
    title="Allowed origins are compared whole",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Compare the Origin of the request with whole origins, scheme and host and port; no
        "begins with", no "ends with", no unescaped dot in a pattern; https only.
    """,
    snippets={
        "nginx": "if ($http_origin = https://app.agency.example) { set $cors $http_origin; }\nadd_header Access-Control-Allow-Origin $cors;\nadd_header Vary Origin;",
        "apache": "SetEnvIf Origin ^https://app\\\\.agency\\\\.example$ OK=$0\nHeader set Access-Control-Allow-Origin %{OK}e env=OK\nHeader merge Vary Origin",
        "iis": '<cors enabled="true"><add origin="https://app.agency.example" allowCredentials="true" /></cors>',
    },
    references=(Reference("Fetch", "CORS check"), Reference("OWASP ASVS 5.0", "3.4.2")),
    roles=(Role.WEB,),
    passes={"compared whole": _one(Origin.PREFIX, PREFIX)},
    fails={
        "begins like ours, with credentials": _one(
            Origin.PREFIX, PREFIX, f"{ORIGIN}: {PREFIX}", TRUE
        ),
        "ends like ours, with credentials": _one(
            Origin.SUFFIX, SUFFIX, f"{ORIGIN}: {SUFFIX}", TRUE
        ),
        "ends like ours": _one(Origin.SUFFIX, SUFFIX, f"{ORIGIN}: {SUFFIX}"),
        "our own name without encryption": _one(
            Origin.PLAIN, f"http://{HOST}", f"{ORIGIN}: http://{HOST}", TRUE
        ),
    },
    others={
        "any origin is taken": CorsProbes(
            (_probe(Origin.FOREIGN, FOREIGN, f"{ORIGIN}: {FOREIGN}", TRUE),)
        ),
        "not answered": CorsProbes((_probe(Origin.NULL, "null", reason=Reason.BLOCKED),)),
    },
)
def cors_origin_match(probes: CorsProbes) -> Judgement:
    """Whoever registers a name that begins or ends like the agency's reads in the visitor's name."""
    if any(one.is_echoed for one in grants(probes, Origin.FOREIGN)):
        return not_applicable("Any origin is taken: see the row on credentials.")
    found = grants(probes, Origin.PREFIX, Origin.SUFFIX, Origin.PLAIN)
    if not found:
        return inconclusive(Reason.BLOCKED, "No probe was answered by the site.")
    worst = min(
        found, key=lambda one: (not one.with_credentials, not one.is_echoed, _is_plain(one))
    )
    evidence = (*worst.evidence, "expected: an exact list of https origins")
    if worst.with_credentials:
        return failed(
            "The origin {origin}, which is not the site's own, may read with the visitor's cookies.",
            origin=worst.probe.sent,
            severity=Severity.MEDIUM if _is_plain(worst) else Severity.HIGH,
            evidence=evidence,
            command=command(worst),
        )
    if worst.is_echoed:
        return failed(
            "The origin {origin} may read, without cookies.",
            origin=worst.probe.sent,
            severity=Severity.LOW,
            evidence=evidence,
            command=command(worst),
        )
    return passed("Names that only look like the site's own may read nothing.")


def _is_plain(grant: Grant) -> bool:
    return grant.probe.origin is Origin.PLAIN
