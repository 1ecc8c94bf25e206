"""Violations are reported."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.fact import CSP_REPORT_ENDPOINT
from scanner.formats import csp
from scanner.formats.party import is_foreign
from scanner.formats.reporting import endpoints
from scanner.formats.shown import header_snippets, seen
from scanner.observation.web import Page
from scanner.page_policy import policies, sent

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-reporting",
    title="Violations of the policy are reported somewhere",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Name an address of your own: `Reporting-Endpoints: csp="https://reports.agency.example/"` and
        `report-to csp`, with `report-uri` beside it for older browsers.
    """,
    snippets=header_snippets(CSP, "default-src 'self'; report-uri /csp; report-to csp"),
    references=(Reference("CSP Level 3", "6.5"), Reference("Reporting API", "3.2")),
    records=(CSP_REPORT_ENDPOINT,),
    roles=(Role.WEB,),
    others={
        "report-uri": Page.from_text(f"{CSP}: default-src 'self'; report-uri /csp"),
        "report-to with its name": Page.from_text(
            'Reporting-Endpoints: csp="https://reports.agency.example/r"',
            f"{CSP}: default-src 'self'; report-to csp",
        ),
        "report-to a group": Page.from_text(
            'Report-To: {"group":"csp","max_age":1,"endpoints":[{"url":"https://collector.test/"}]}',
            f"{CSP}: default-src 'self'; report-to csp",
        ),
        "report-to nobody": Page.from_text(f"{CSP}: default-src 'self'; report-to csp"),
        "to another party": Page.from_text(
            f"{CSP}: default-src 'self'; report-uri https://collector.test/"
        ),
        "no": Page.from_text(f"{CSP}: default-src 'self'"),
        "no policy": Page.from_text(),
    },
)
def csp_reporting(page: Page) -> Judgement:
    """Reports tell of an attack, or of a page that the policy breaks, before the citizens do."""
    found = policies(page)
    if not found.enforced:
        return not_applicable("No policy is enforced.", facts={CSP_REPORT_ENDPOINT: False})
    places = endpoints(page.exchange)
    urls = [url for one in found.header for url in one.directives.get("report-uri", ())]
    names = [word for one in found.enforced for word in one.directives.get("report-to", ())[:1]]
    known = [url for name in names for url in places.get(name, ())]
    facts = {CSP_REPORT_ENDPOINT: bool(urls or known)}
    evidence = sent(page) + seen(page.exchange, "Reporting-Endpoints", "Report-To")
    if not urls and not known:
        if names:
            return informational(
                "It reports to {name}, a name that no Reporting-Endpoints gives an address.",
                name=names[0][:100],
                evidence=evidence,
                facts=facts,
            )
        return informational("Violations are not reported.", facts=facts)
    foreign = [url for url in (*urls, *known) if is_foreign(url, page.exchange.url)]
    if foreign:
        return informational(
            "Violations are reported to another party: {url}.",
            url=foreign[0][:200],
            evidence=evidence,
            facts=facts,
        )
    return informational("Violations are reported.", evidence=evidence, facts=facts)
