"""The serial number is one."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    passed,
)
from scanner.certificates import Served, each_leaf
from scanner.formats.certificate_examples import intermediate, leaf, leaf_with_serial, served
from scanner.formats.der import serial
from scanner.observation.tls import ServedCertificates

LARGEST = 1 << 159
RANDOM_BITS = 48  # a random number of 64 bits is shorter once in 65,536 times


@check(
    id="certificate-serial",
    title="The certificate has a proper serial number",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Report it to the authority, which has to replace the certificate. An authority of one's own
        has to draw serial numbers at random.
    """,
    snippets={
        "openssl": "openssl x509 -req -CAcreateserial …  # or rand_serial = yes in openssl ca"
    },
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "7.1.2.7"),
        Reference("RFC 5280", "4.1.2.2"),
    ),
    roles=(Role.WEB,),
    passes={
        "a random one": served(),
        "a short one": served(leaf(serial=4711), intermediate()),
    },
    fails={
        "too long": served(leaf_with_serial(1 << 159), intermediate()),
        "zero": served(leaf_with_serial(0), intermediate()),
        "negative": served(leaf_with_serial(-5), intermediate()),
    },
    others={"no certificate": served(b"\x30\x00")},
)
def certificate_serial(served: Observed[ServedCertificates]) -> list[Judgement]:
    """Serial numbers name certificates where they are revoked; random ones stop forgeries."""
    return each_leaf(served, _judge)


def _judge(one: Served) -> Judgement:
    number = serial(one.certificate.tbs_certificate_bytes)
    shown = f"-{-number:x}" if number < 0 else f"{number:x}"
    evidence = (f"serial {shown}",)
    if number <= 0:
        return failed("Its serial number is not positive.", evidence=evidence)
    if number >= LARGEST:
        return failed(
            "Its serial number has {bits} bits; 159 are the limit.",
            bits=number.bit_length(),
            evidence=evidence,
        )
    if number.bit_length() < RANDOM_BITS:
        return passed(
            "Its serial number is proper, but short ({bits} bits): perhaps it is not random.",
            bits=number.bit_length(),
            confidence=Confidence.TENTATIVE,
            evidence=evidence,
        )
    return passed("Its serial number is proper.", evidence=evidence)
