"""The certificate is renewed in time."""

from datetime import datetime, timedelta

from cryptography.x509 import Certificate

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
from scanner.certificates import each_leaf
from scanner.formats.certificate import validity_seconds
from scanner.formats.certificate_examples import intermediate, leaf, served
from scanner.observation.tls import ServedCertificates

SOON = timedelta(days=21)


@check(
    id="certificate-renewal",
    title="The certificate is renewed well before it ends",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Renew now, and look why the automatic renewal (ACME) did not run.",
    snippets={"certbot": "systemctl list-timers certbot.timer && certbot renew --dry-run"},
    references=(Reference("RFC 5280", "4.1.2.5"), Reference("RFC 9773", "4.1")),
    roles=(Role.WEB,),
    passes={
        "ten days old": served(),
        "a six-day certificate with two left": served(leaf(days=6, age=4), intermediate()),
        "a 47-day certificate with twelve left": served(leaf(days=47, age=35), intermediate()),
    },
    fails={"nine days left of ninety": served(leaf(days=90, age=81), intermediate())},
    others={
        "already expired": served(leaf(days=90, age=100), intermediate()),
        "unreadable": served(b"\x30\x00"),
    },
)
def certificate_renewal(served: Observed[ServedCertificates]) -> list[Judgement]:
    """A quarter of the lifetime, at most three weeks, is the time left to mend a failed renewal."""
    return each_leaf(served, lambda one: _judge(one.certificate, served.at))


def _judge(certificate: Certificate, at: datetime) -> Judgement:
    left = certificate.not_valid_after_utc - at.replace(microsecond=0)
    if left < timedelta(0):
        return not_applicable("It has expired already.")
    margin = min(SOON, timedelta(seconds=validity_seconds(certificate)) / 4)
    evidence = (f"notAfter {certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",)
    if left < margin:
        return failed(
            "It ends in {days} days; {margin} days before the end it should have been renewed.",
            days=left.days,
            margin=margin.days,
            evidence=evidence,
        )
    return passed("It ends in {days} days.", days=left.days, evidence=evidence)
