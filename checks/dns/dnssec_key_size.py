"""The zone's RSA keys are long enough."""

from collections.abc import Iterator

from scanner import Effort, Judgement, Reference, Severity, check, failed, not_applicable, passed
from scanner.formats import trust_chain_examples as example
from scanner.formats.trust_chain import RSA, key_text
from scanner.observation.dnssec import DnssecChain, ZoneKey

TINY, SHORT, LONG = 1024, 2048, 4096


@check(
    id="dnssec-key-size",
    title="The RSA keys of the zone have 2048 to 4096 bits",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Roll to a new key: algorithm 13 (ECDSA P-256), or RSA with 2048 bits.",
    snippets={
        "bind": "dnssec-keygen -a ECDSAP256SHA256 agency.example",
        "knot": "policy:\n  - id: rsa\n    algorithm: rsasha256\n    ksk-size: 2048\n    zsk-size: 2048",
        "powerdns": "pdnsutil add-zone-key agency.example zsk 2048 active rsasha256",
        "windows": "Add-DnsServerSigningKey -ZoneName agency.example -Type ZoneSigningKey -KeyLength 2048",
    },
    references=(Reference("NIST SP 800-57 Part 1", "5.6"), Reference("RFC 6781", "3.4.2")),
    passes={"2048 bits": example.secure(ZoneKey(1, 8, 257, 2048))},
    fails={
        "1024 bits": example.secure(ZoneKey(1, 8, 257, 2048), ZoneKey(2, 8, 256, 1024)),
        "512 bits": example.secure(ZoneKey(1, 8, 257, 512)),
        "8192 bits": example.secure(ZoneKey(1, 8, 257, 8192)),
    },
    others={"no RSA": example.secure(), "not signed": example.unsigned()},
)
def dnssec_key_size(chain: DnssecChain) -> Iterator[Judgement]:
    """A short key can be computed; with it anyone signs whatever he likes for the zone."""
    keys = [one for one in chain.keys if one.algorithm in RSA]
    if not keys:
        yield not_applicable("The zone {zone} has no RSA key.", zone=chain.apex)
        return
    faults = [one for one in keys if one.bits < SHORT or one.bits > LONG]
    for one in faults:
        yield failed(
            "The key {tag} has {bits} bits.",
            tag=one.key_tag,
            bits=one.bits,
            severity=_severity(one.bits),
            item=f"key {one.key_tag}",
            evidence=(key_text(one),),
        )
    if not faults:
        yield passed(
            "All {n} RSA keys have at least 2048 bits.",
            n=len(keys),
            evidence=tuple(map(key_text, keys)),
        )


def _severity(bits: int) -> Severity:
    if bits < TINY:
        return Severity.HIGH
    return Severity.MEDIUM if bits < SHORT else Severity.LOW
