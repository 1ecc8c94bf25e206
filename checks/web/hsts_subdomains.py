"""HSTS covers the names below the domain."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.answer import host_of, located
from scanner.formats.certificate_examples import seen, store
from scanner.formats.hsts_noted import FIELD, noted
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import HttpsAnswer
from scanner.targets import registrable

GOOD = (seen(), store())


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
    snippets={
        "nginx": 'add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;',
        "apache": 'Header always set Strict-Transport-Security "max-age=31536000; includeSubDomains"',
        "iis": '<hsts enabled="true" max-age="31536000" includeSubDomains="true" />',
    },
    references=(Reference("RFC 6797", "6.1.2"),),
    roles=(Role.WEB,),
    passes={"included": (_answer("max-age=31536000; includesubdomains"), *GOOD)},
    fails={"not included": (_answer("max-age=31536000"), *GOOD)},
    others={
        "no policy": (_answer("nothing"), *GOOD),
        "a guard": (HttpsAnswer.from_text("HTTP/1.1 403 Forbidden", "agency.example"), *GOOD),
        "a name below the domain": (_answer("max-age=31536000", "www.agency.example"), *GOOD),
    },
)
def hsts_subdomains(
    answer: HttpsAnswer, chain: Observed[CertificateChain], roots: TrustStore
) -> Judgement:
    """An attacker invents a name such as login.agency.example; only this makes browsers refuse it."""
    host = host_of(answer.exchange.url)
    if host != registrable(host):
        return not_applicable(
            "It is judged at the registrable domain, {domain}.", domain=registrable(host)
        )
    said = noted(answer.exchange, chain, roots)
    if said.hidden:
        return inconclusive(said.hidden, "A guard answered in the place of the site.")
    if said.policy is None:
        return not_applicable("Browsers note no HSTS policy: see the row on its presence.")
    evidence = located(answer.exchange, FIELD)
    if said.policy.include_subdomains:
        return passed("It says includeSubDomains.", evidence=evidence)
    return failed(
        "It does not say includeSubDomains.",
        evidence=(*evidence, "expected: max-age=31536000; includeSubDomains"),
    )
