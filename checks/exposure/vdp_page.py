"""The agency says how it takes reports of holes."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.formats.security_txt import OK, UNSETTLED
from scanner.observation.published import DisclosurePolicy
from scanner.observation.web import HttpExchange

PLACE = "https://agency.example/vulnerability-disclosure-policy"


def _seen(status: str, *, is_empty: bool = False, reason: Reason | None = None) -> DisclosurePolicy:
    return DisclosurePolicy(
        HttpExchange.from_text(f"HTTP/1.1 {status}", PLACE), is_empty=is_empty, reason=reason
    )


@check(
    id="vdp-page",
    title="A policy page says how reports of holes are taken",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Publish the policy at /vulnerability-disclosure-policy of the main site: what may be tested,
        how to report, when one hears back, and that who keeps to it is not prosecuted.
    """,
    references=(
        Reference("CISA BOD 20-01", url="https://www.cisa.gov/binding-operational-directive-20-01"),
    ),
    passes={"a page": _seen("200 OK")},
    fails={"none": _seen("404 Not Found"), "an empty one": _seen("200 OK", is_empty=True)},
    others={
        "not ours to see": _seen("403 Forbidden"),
        "the server fails": _seen("500 Internal Server Error"),
        "a redirect out of scope": _seen("302 Found", reason=Reason.OUT_OF_SCOPE),
    },
)
def vdp_page(seen: DisclosurePolicy) -> Judgement:
    """Without a promise, who finds a hole keeps silent, or sells it."""
    status = seen.exchange.status
    evidence = (f"{seen.exchange.url}: status {status}",)
    if seen.reason:
        return inconclusive(
            seen.reason,
            "The page lies behind a redirect that was not followed: {why}.",
            why=seen.detail or seen.reason,
            evidence=evidence,
        )
    if status == OK and not seen.is_empty:
        return passed("There is a page; its words are not judged here.", evidence=evidence)
    if status == OK or (400 <= status < 500 and status not in UNSETTLED):  # noqa: PLR2004
        return failed("There is none (status {status}).", status=status, evidence=evidence)
    return inconclusive(
        Reason.BLOCKED, "The place answers with status {status}.", status=status, evidence=evidence
    )
