"""No wildcard stands for a whole namespace of others."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    passed,
)
from scanner.certificates import Served, each_leaf
from scanner.formats.certificate import dns_names
from scanner.formats.certificate_examples import intermediate, leaf, served
from scanner.formats.suffix import is_icann_suffix, is_suffix
from scanner.observation.tls import ServedCertificates


@check(
    id="certificate-wildcard",
    title="No name of the certificate stands for a whole public suffix",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Name the hosts instead. Nobody may have a certificate for all names under a suffix where
        others register theirs, as gov.pk or gov.uk; authorities that issue one break their rules.
    """,
    references=(Reference("CA/Browser Forum Baseline Requirements 2.2.6", "3.2.2.6"),),
    roles=(Role.WEB,),
    passes={
        "names": served(),
        "a wildcard of the agency's own, said beside it": served(
            leaf(names=("www.agency.example", "agency.gov.pk")), intermediate()
        ),
    },
    fails={
        "all of gov.pk": served(leaf(names=("www.agency.gov.pk", "*.gov.pk")), intermediate()),
        "all of uk": served(leaf(names=("*.uk",)), intermediate()),
    },
    others={
        "all of an agency's": served(leaf(names=("*.agency.gov.pk",)), intermediate()),
        "all customers of a provider": served(leaf(names=("*.github.io",)), intermediate()),
        "no certificate": served(b"\x30\x00"),
    },
)
def certificate_wildcard(served: Observed[ServedCertificates]) -> list[Judgement]:
    """Who has its key can be every agency of the country at once."""
    return each_leaf(served, _judge)


def _judge(one: Served) -> Judgement:
    wildcards = [name.lower() for name in dns_names(one.certificate) if name.startswith("*.")]
    evidence = tuple(f"DNS:{name}" for name in wildcards)
    for name in wildcards:
        if is_icann_suffix(name[2:]):
            return failed(
                "It is for all names under the public suffix {suffix}.",
                suffix=name[2:],
                evidence=evidence,
            )
    private = [name for name in wildcards if is_suffix(name[2:])]
    if private:
        return informational(
            "It is for all names under {suffix}, where others have names of their own.",
            suffix=private[0][2:],
            evidence=evidence,
        )
    if wildcards:
        return informational(
            "It is for all names under {parent}: whoever has its key can be each of them.",
            parent=wildcards[0][2:],
            evidence=evidence,
        )
    return passed("It has no wildcard.")
