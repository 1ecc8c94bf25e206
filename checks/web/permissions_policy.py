"""Powerful features are not given to everybody."""

from collections.abc import Iterator, Mapping

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    passed,
)
from scanner.formats import permissions, structured
from scanner.formats.error import FormatError
from scanner.formats.shown import expected, header_snippets, seen
from scanner.observation.web import (
    Page,
)

FIELD, OLD = "Permissions-Policy", "Feature-Policy"


@check(
    id="permissions-policy",
    title="Camera, microphone and location are not given to every frame",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Send `Permissions-Policy: camera=(), microphone=(), geolocation=()`; lists stand in parentheses, origins in double quotes.",
    snippets=header_snippets(FIELD, "camera=(), microphone=(), geolocation=()"),
    references=(Reference("RFC 9651", "4.2"), Reference("Permissions Policy", "5.2")),
    roles=(Role.WEB,),
    passes={
        "nobody": Page.from_text(f"{FIELD}: camera=(), geolocation=(self)"),
        "two lines are one": Page.from_text(f"{FIELD}: camera=()", f"{FIELD}: usb=()"),
        "an unknown feature beside": Page.from_text(f"{FIELD}: camera=(), teleport=()"),
    },
    fails={
        "the old syntax": Page.from_text(f"{FIELD}: camera 'none'; microphone 'none'"),
        "everybody": Page.from_text(f"{FIELD}: camera=*"),
        "everybody in a list": Page.from_text(f"{FIELD}: geolocation=(self *)"),
    },
    others={
        "not sent": Page.from_text(),
        "the old header alone": Page.from_text(f"{OLD}: camera 'none'"),
    },
)
def permissions_policy(page: Page) -> tuple[Judgement, ...]:
    """A frame of an advertiser asks for the camera in the name of the agency."""
    joined = page.exchange.joined(FIELD)
    evidence = seen(page.exchange, FIELD, OLD)
    if joined is None:
        if page.exchange.values(OLD):
            return (
                informational(
                    "Only the old Feature-Policy is sent, which few browsers read.",
                    evidence=evidence,
                ),
            )
        return (informational("It is not sent: browsers give most features to the site alone."),)
    wanted = expected(f"{FIELD}: camera=(), microphone=(), geolocation=()")
    try:
        found = permissions.parse(joined)
    except FormatError as error:
        return (
            failed(
                "Browsers ignore the whole header: {defect}.",
                defect=error.message,
                evidence=(*evidence, wanted),
            ),
        )
    notes = tuple(_notes(found))
    if wide := [name for name in permissions.POWERFUL if permissions.is_open(found.get(name))]:
        return (
            failed(
                "Every frame may use {features}.",
                features=", ".join(wide),
                evidence=(*evidence, wanted),
            ),
            *notes,
        )
    return (passed("No powerful feature is given to everybody.", evidence=evidence), *notes)


def _notes(found: Mapping[str, structured.Member]) -> Iterator[Judgement]:
    unknown = sorted(set(found) - permissions.FEATURES)
    if unknown:
        yield informational(
            "It names features that browsers do not know: {features}.",
            features=", ".join(unknown)[:200],
            item="unknown features",
        )
