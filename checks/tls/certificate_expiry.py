"""The certificate is valid today."""

from datetime import datetime

from cryptography.x509 import Certificate

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    counted,
    failed,
    passed,
)
from scanner.certificates import each_leaf_of_web
from scanner.formats.certificate_examples import intermediate, leaf, served
from scanner.observation.tls import ServedCertificates


@check(
    id="certificate-expiry",
    title="The certificate is within its period of validity",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
        Renew the certificate, and let a program renew it from now on (ACME): a date that a person
        must remember will be forgotten. Reload the server afterwards: many go on with the old one.
    """,
    snippets={
        "certbot": "certbot renew --deploy-hook 'systemctl reload nginx'",
        "iis": "win-acme (wacs.exe) renews and binds the certificate as a scheduled task.",
    },
    references=(Reference("RFC 5280", "4.1.2.5"),),
    roles=(Role.WEB, Role.MAIL),
    passes={"in its first days": served()},
    fails={
        "expired": served(leaf(days=90, age=100), intermediate()),
        "not yet valid": served(leaf(age=-5), intermediate()),
    },
    others={
        "no certificate at all": served(b"\x30\x00"),
        "a mail server's": served(leaf(age=100), intermediate(), purpose="mail"),
    },
)
def certificate_expiry(served: Observed[ServedCertificates]) -> list[Judgement]:
    """Every visitor gets a warning page; those who learn to click it away are easy prey."""
    return each_leaf_of_web(served, lambda one: _judge(one.certificate, served.at))


def _judge(certificate: Certificate, at: datetime) -> Judgement:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    evidence = (f"notBefore {begins:%Y-%m-%dT%H:%M:%SZ}", f"notAfter {ends:%Y-%m-%dT%H:%M:%SZ}")
    second = at.replace(microsecond=0)
    if second > ends:
        return failed(
            counted(
                "It expired on {date}, one day ago.",
                "It expired on {date}, {n} days ago.",
                n=(second - ends).days,
                date=f"{ends:%Y-%m-%d}",
            ),
            evidence=evidence,
        )
    if second < begins:
        return failed(
            "It is not valid before {date}.", date=f"{begins:%Y-%m-%d}", evidence=evidence
        )
    return passed("It is valid until {date}.", date=f"{ends:%Y-%m-%d}", evidence=evidence)
