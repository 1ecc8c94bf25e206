"""Reporting headers can be read."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    informational,
)
from scanner.formats.party import is_foreign
from scanner.formats.reporting import endpoints, is_report_to
from scanner.formats.shown import header_snippets, seen
from scanner.observation.web import (
    Page,
)

NEL, GROUPS, NAMED = "NEL", "Report-To", "Reporting-Endpoints"


@check(
    id="network-error-logging",
    title="Headers about reports can be read by browsers",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Nobody demands these headers. Where they are sent, name an address of your own, in valid syntax.",
    snippets=header_snippets(NAMED, 'csp="https://reports.agency.example/"'),
    references=(Reference("Reporting API", "3.2"), Reference("Network Error Logging", "4")),
    roles=(Role.WEB,),
    others={
        "none": Page.from_text(),
        "readable": Page.from_text(f'{NAMED}: a="https://www.agency.example/r"'),
        "to another party": Page.from_text(
            f'{GROUPS}: {{"group":"n","endpoints":[{{"url":"https://collector.test/"}}]}}',
            f'{NEL}: {{"report_to":"n","max_age":60}}',
        ),
        "broken": Page.from_text(f"{NEL}: yes", f"{NAMED}: x"),
    },
)
def network_error_logging(page: Page) -> Judgement:
    """Reports tell a third party who could not reach the agency, when and from where."""
    evidence = seen(page.exchange, NEL, GROUPS, NAMED)
    if not evidence:
        return informational("No header about reports is sent; nobody demands one.")
    broken = [
        name
        for name in (NEL, GROUPS)
        if (value := page.exchange.joined(name)) is not None and not is_report_to(value)
    ]
    places = [url for urls in endpoints(page.exchange).values() for url in urls]
    if page.exchange.values(NAMED) and not places:
        broken.append(NAMED)
    if broken:
        return informational(
            "Browsers cannot read {names}.", names=", ".join(broken), evidence=evidence
        )
    foreign = [url for url in places if is_foreign(url, page.exchange.url)]
    if foreign:
        return informational(
            "Reports go to another party: {url}.", url=foreign[0][:200], evidence=evidence
        )
    return informational("Headers about reports are sent and can be read.", evidence=evidence)
