"""Foreign receivers of DMARC reports have agreed."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.claim import is_claimable
from scanner.formats.dmarc import grants
from scanner.observation.mail import DeadName, DmarcReports, ReportHost

OWNER = "agency.example"
AWAY = "reports.test"
ASKED = f"{OWNER}._report._dmarc.{AWAY}"
URI = f"mailto:a@{AWAY}"

LAPSED = ReportHost(
    "mailto:a@lapsed.com",
    "lapsed.com",
    is_foreign=True,
    is_dead=True,
    dead=DeadName("lapsed.com", "lapsed.com", is_registered=False),
)


def _one(*texts: str, dead: bool = False, reason: Reason | None = None) -> DmarcReports:
    made = ReportHost(
        URI, AWAY, is_foreign=True, asked=ASKED, texts=texts, is_dead=dead, reason=reason
    )
    return DmarcReports(OWNER, (made,))


@check(
    id="dmarc-report-authorisation",
    title="Every receiver of DMARC reports outside the domain has agreed to take them",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Let the receiver publish the record that is named, or send the reports elsewhere.",
    snippets={"bind": 'agency.example._report._dmarc.reports.example. IN TXT "v=DMARC1"'},
    references=(Reference("RFC 9990", "4"),),
    passes={
        "agreed": _one("v=DMARC1"),
        "agreed, with an address of its own": _one("v=DMARC1; rua=mailto:b@reports.test"),
        "its own": DmarcReports(OWNER, (ReportHost(f"mailto:a@{OWNER}", OWNER, is_foreign=False),)),
    },
    fails={
        "not agreed": _one("hello"),
        "another address elsewhere": _one("v=DMARC1; rua=mailto:b@other.test"),
        "a host that takes no mail": _one("v=DMARC1", dead=True),
        "a host that anyone may register": DmarcReports(OWNER, (LAPSED,)),
    },
    others={"no address": DmarcReports(OWNER), "no answer": _one(reason=Reason.TIMEOUT)},
)
def dmarc_report_authorisation(found: DmarcReports) -> Judgement:
    """Without the agreement senders drop the reports, and nobody notices."""
    if not found.hosts:
        return not_applicable("The record names no address for reports.")
    evidence = tuple(
        f"{one.uri} {one.asked}: {'; '.join(one.texts) or 'no record'}" for one in found.hosts
    )
    for one in found.hosts:
        command = f"dig {one.asked} TXT" if one.asked else ""
        if one.dead and is_claimable(one.dead):
            return failed(
                "The host {host}, which is to receive reports, does not exist; anyone may register "
                "{domain} and read them.",
                host=one.host,
                domain=one.dead.registrable,
                evidence=evidence,
                command=f"dig {one.dead.registrable} NS",
            )
        if one.is_dead:
            return failed(
                "The host {host}, which is to receive reports, takes no mail.",
                host=one.host,
                evidence=evidence,
                command=f"dig {one.host} MX",
            )
        if one.is_foreign and not one.reason and not grants(one.texts, one.host):
            return failed(
                "The host {host} has not agreed to take reports of {owner}: senders drop them.",
                host=one.host,
                owner=found.owner,
                evidence=evidence,
                command=command,
            )
    if missing := next((one for one in found.hosts if one.reason), None):
        return inconclusive(
            missing.reason or Reason.SERVFAIL,
            "Whether {host} takes reports was not answered.",
            host=missing.host,
            evidence=evidence,
        )
    return passed("All {n} of them.", n=len(found.hosts), evidence=evidence)
