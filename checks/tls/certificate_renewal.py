"""The certificate is renewed in time."""

from datetime import timedelta

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.certificate import FormatError, parse, validity_seconds
from scanner.formats.certificate_examples import intermediate, leaf, seen
from scanner.observation.tls import CertificateChain

SOON = timedelta(days=21)


@check(
    id="certificate-renewal",
    title="The certificate is renewed well before it ends",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Renew now, and look why the automatic renewal (ACME) did not run.",
    references=(Reference("RFC 5280", "4.1.2.5"),),
    roles=(Role.WEB,),
    passes={
        "ten days old": seen(),
        "a six-day certificate with two left": seen(leaf(days=6, age=4), intermediate()),
    },
    fails={"nine days left of ninety": seen(leaf(days=90, age=81), intermediate())},
    others={
        "already expired": seen(leaf(days=90, age=100), intermediate()),
        "unreadable": seen(b"\x30\x00"),
    },
)
def certificate_renewal(chain: Observed[CertificateChain]) -> Judgement:
    """A quarter of the lifetime, at most three weeks, is the time left to mend a failed renewal."""
    try:
        certificate = parse(chain.value.certificates[0])
    except FormatError:
        return not_applicable("There is no certificate that could be renewed.")
    left = certificate.not_valid_after_utc - chain.at
    if left < timedelta(0):
        return not_applicable("It has expired already.")
    margin = min(SOON, timedelta(seconds=validity_seconds(certificate)) / 4)
    if left < margin:
        return failed(
            "It ends in {days} days; {margin} days before the end it should have been renewed.",
            days=left.days,
            margin=margin.days,
        )
    return passed("It ends in {days} days.", days=left.days)
