"""Caches keep answers for different origins apart."""

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


A, B = "https://origin-probe.invalid", f"http://{HOST}"


def _two(*vary: str, second: bool = True) -> CorsProbes:
    other = (f"{ORIGIN}: {B}",) if second else ()
    return CorsProbes(
        (
            _probe(Origin.FOREIGN, A, f"{ORIGIN}: {A}", *vary),
            _probe(Origin.PLAIN, B, *other, *vary),
        )
    )


FIXED = CorsProbes(tuple(_probe(Origin.FOREIGN, one, f"{ORIGIN}: *") for one in (A, B)))


@check(
    id="cors-vary",
    title="An answer that depends on the origin says so",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Send `Vary: Origin` on every answer of an address whose CORS fields depend on the origin.",
    snippets={
        "nginx": "if ($http_origin = https://app.agency.example) { set $cors $http_origin; }\nadd_header Access-Control-Allow-Origin $cors;\nadd_header Vary Origin;",
        "apache": "SetEnvIf Origin ^https://app\\\\.agency\\\\.example$ OK=$0\nHeader set Access-Control-Allow-Origin %{OK}e env=OK\nHeader merge Vary Origin",
        "iis": '<cors enabled="true"><add origin="https://app.agency.example" allowCredentials="true" /></cors>',
    },
    references=(
        Reference("Fetch", "CORS protocol and HTTP caches"),
        Reference("RFC 9110", "12.5.5"),
    ),
    roles=(Role.WEB,),
    passes={
        "it says so": _two("Vary: Accept-Encoding, origin"),
        "it never varies": FIXED,
    },
    fails={"it does not": _two("Vary: Accept"), "only one is told": _two(second=False)},
    others={
        "no origin is allowed anything": CorsProbes((_probe(Origin.FOREIGN, A),)),
        "not answered": CorsProbes((_probe(Origin.FOREIGN, A, reason=Reason.BLOCKED),)),
    },
)
def cors_vary(probes: CorsProbes) -> Judgement:
    """A cache hands one origin the answer made for another, and breaks the site or opens it."""
    found = grants(probes, *Origin)
    if not found:
        return inconclusive(Reason.BLOCKED, "No probe was answered by the site.")
    by_path: dict[str, list[Grant]] = {}
    for one in found:
        by_path.setdefault(one.probe.path, []).append(one)
    varying = [group for group in by_path.values() if len({one.value for one in group}) > 1]
    for group in varying:
        if bare := [one for one in group if not _says_so(one)]:
            return failed(
                "The answer of {path} depends on the origin and does not say so.",
                path=bare[0].probe.path,
                evidence=(*bare[0].evidence, "expected: Vary: Origin"),
                command=command(bare[0]),
            )
    if varying:
        return passed("It says Vary: Origin.", evidence=varying[0][0].evidence)
    if all(one.value is None for one in found):
        return not_applicable("No origin is allowed anything.")
    return passed("Every origin gets the same answer.", evidence=found[0].evidence)


def _says_so(grant: Grant) -> bool:
    words = (grant.exchange.joined("Vary") or "").lower().split(",")
    return bool({one.strip() for one in words} & {"origin", "*"})
