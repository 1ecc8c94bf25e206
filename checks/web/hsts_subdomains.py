"""HSTS covers the names below the domain."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import hsts
from scanner.formats.answer import host_of
from scanner.observation.web import HttpsAnswer
from scanner.targets import registrable

FIELD = "Strict-Transport-Security"


def _answer(field: str, host: str = "agency.example") -> HttpsAnswer:
    return HttpsAnswer.from_text(f"HTTP/1.1 200 OK\n{FIELD}: {field}", host)


@check(
    id="hsts-subdomains",
    title="HSTS covers every name below the domain",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="""
        List every sub-domain that is in use, bring each to HTTPS, and then add
        `includeSubDomains`. Not before: names without HTTPS would be cut off.
    """,
    references=(Reference("RFC 6797", "6.1.2"),),
    roles=(Role.WEB,),
    passes={"included": _answer("max-age=31536000; includeSubDomains")},
    fails={"not included": _answer("max-age=31536000")},
    others={
        "no policy": _answer("nothing"),
        "a name below the domain": _answer("max-age=31536000", "www.agency.example"),
    },
)
def hsts_subdomains(answer: HttpsAnswer) -> Judgement:
    """An attacker invents a name such as login.agency.example; only this makes browsers refuse it."""
    host = host_of(answer.exchange.url)
    if host != registrable(host):
        return not_applicable(
            "It is judged at the registrable domain, {domain}.", domain=registrable(host)
        )
    policy = hsts.effective(answer.exchange.first(FIELD))
    if policy is None:
        return not_applicable("Browsers note no HSTS policy: see the row on its presence.")
    evidence = answer.exchange.sent(FIELD)
    if policy.include_subdomains:
        return passed("It says includeSubDomains.", evidence=evidence)
    return failed("It does not say includeSubDomains.", evidence=evidence)
