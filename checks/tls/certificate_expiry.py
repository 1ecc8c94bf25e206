"""The certificate is valid today."""

from scanner import Effort, Judgement, Observed, Reference, Role, Severity, check, failed, passed
from scanner.formats.certificate import FormatError, parse
from scanner.formats.certificate_examples import intermediate, leaf, seen
from scanner.observation.tls import CertificateChain


@check(
    id="certificate-expiry",
    title="The certificate is within its period of validity",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
        Renew the certificate, and let a program renew it from now on (ACME): a date that a person
        must remember will be forgotten.
    """,
    references=(Reference("RFC 5280", "4.1.2.5"),),
    roles=(Role.WEB,),
    passes={"in its first days": seen()},
    fails={
        "expired": seen(leaf(days=90, age=100), intermediate()),
        "not yet valid": seen(leaf(age=-5), intermediate()),
        "no certificate at all": seen(b"\x30\x00"),
    },
)
def certificate_expiry(chain: Observed[CertificateChain]) -> Judgement:
    """Every visitor gets a warning page; those who learn to click it away are easy prey."""
    try:
        certificate = parse(chain.value.certificates[0])
    except FormatError as error:
        return failed("What the server sends is no certificate: {why}.", why=error.message)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    evidence = (f"notBefore {begins:%Y-%m-%dT%H:%M:%SZ}", f"notAfter {ends:%Y-%m-%dT%H:%M:%SZ}")
    if chain.at > ends:
        return failed(
            "It expired on {date}, {days} days ago.",
            date=f"{ends:%Y-%m-%d}",
            days=(chain.at - ends).days,
            evidence=evidence,
        )
    if chain.at < begins:
        return failed(
            "It is not valid before {date}.", date=f"{begins:%Y-%m-%d}", evidence=evidence
        )
    return passed("It is valid until {date}.", date=f"{ends:%Y-%m-%d}", evidence=evidence)
