"""Integrity-Policy is recorded."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, informational
from scanner.formats import structured
from scanner.formats.shown import header_snippets, seen
from scanner.observation.web import Page

FIELD = "Integrity-Policy"


@check(
    id="integrity-policy",
    title="Browsers are told to refuse scripts without a checksum",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Nobody demands the header; where every script carries `integrity`, it keeps the next one from coming without.",
    snippets=header_snippets(FIELD, "blocked-destinations=(script)"),
    references=(Reference("Subresource Integrity", "3.8"), Reference("RFC 9651", "3.2")),
    roles=(Role.WEB,),
    others={
        "not sent": Page.from_text(),
        "for scripts": Page.from_text(f"{FIELD}: blocked-destinations=(script)"),
        "for nothing": Page.from_text(f"{FIELD}: endpoints=(a)"),
        "broken": Page.from_text(f"{FIELD}: blocked-destinations=script, ("),
    },
)
def integrity_policy(page: Page) -> Judgement:
    """A checksum protects the file that carries it; this header asks for one on all of them."""
    joined = page.exchange.joined(FIELD)
    evidence = seen(page.exchange, FIELD)
    if joined is None:
        return informational("It is not sent; nobody demands it.")
    try:
        member = structured.dictionary(joined).get("blocked-destinations")
    except ValueError:
        return informational("Browsers cannot read it.", evidence=evidence)
    if not isinstance(member, structured.Inner):
        return informational("It names nothing that browsers would refuse.", evidence=evidence)
    names = ", ".join(str(one.value) for one in member.items)
    return informational("Refused without a checksum: {names}.", names=names, evidence=evidence)
