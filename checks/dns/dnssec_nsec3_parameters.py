"""NSEC3 costs nobody more than it must."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    informational,
    not_applicable,
    passed,
)
from scanner.observation.dns import WildcardProbe

HIGH, MANY = 150, 100


def _probe(*nsec3: str) -> WildcardProbe:
    return WildcardProbe(exists=False, nsec3=nsec3)


@check(
    id="dnssec-nsec3-parameters",
    title="NSEC3 uses no extra iterations",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Set NSEC3 to 0 iterations without salt, or use NSEC.",
    snippets={
        "bind": 'dnssec-policy "today" { nsec3param iterations 0 optout no salt-length 0; };',
        "knot": "policy:\n  - id: today\n    nsec3: on\n    nsec3-iterations: 0\n    nsec3-salt-length: 0",
        "powerdns": "pdnsutil set-nsec3 agency.example '1 0 0 -'",
        "windows": "Set-DnsServerDnsSecZoneSetting -ZoneName agency.example -NSec3Iterations 0 -NSec3RandomSaltLength 0",
    },
    references=(Reference("RFC 9276", "3.1"), Reference("RFC 9276", "3.2")),
    passes={"as it should be": _probe("1 0 0 -"), "opt-out": _probe("1 1 0 -")},
    fails={
        "ten iterations": _probe("1 0 10 abcd"),
        "over a hundred": _probe("1 0 101 -"),
        "so many that validators give up": _probe("1 0 151 -"),
    },
    others={"NSEC, or unsigned": _probe()},
)
def dnssec_nsec3_parameters(probe: WildcardProbe) -> Iterator[Judgement]:
    """Iterations slow every resolver down and hide nothing; above a limit the zone is unsigned."""
    if not probe.nsec3:
        yield not_applicable("No denial with NSEC3 was seen.")
        return
    evidence = tuple(f"NSEC3 parameters {one}" for one in probe.nsec3)
    fields = [one.split() for one in probe.nsec3]
    iterations = max(int(one[2]) for one in fields)
    if iterations:
        yield failed(
            "NSEC3 is iterated {n} times.",
            n=iterations,
            severity=_severity(iterations),
            evidence=evidence,
        )
    else:
        yield passed("NSEC3 is not iterated.", evidence=evidence)
    if any(one[3] != "-" for one in fields):
        yield informational(
            "NSEC3 has a salt, which protects nothing.", item="salt", evidence=evidence
        )
    if any(int(one[1]) & 1 for one in fields):
        yield informational(
            "NSEC3 uses opt-out: names below unsigned delegations are not protected.",
            item="opt-out",
            evidence=evidence,
        )


def _severity(iterations: int) -> Severity:
    if iterations > HIGH:
        return Severity.HIGH
    return Severity.MEDIUM if iterations > MANY else Severity.LOW
