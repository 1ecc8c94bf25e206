"""The zone is signed with algorithms of today."""

from collections.abc import Iterator

from msgspec.structs import replace

from scanner import Effort, Judgement, Reference, Severity, check, failed, not_applicable, passed
from scanner.formats import trust_chain_examples as example
from scanner.formats.trust_chain import (
    SHA1_ALGORITHMS,
    SUPPORTED,
    algorithm,
    digest,
    ds_text,
    key_text,
)
from scanner.observation.dnssec import DelegationSigner, DnssecChain, ZoneKey

GOOD = frozenset({8, 13, 14, 15, 16})
SHA1, SHA256, SHA384 = 1, 2, 4


@check(
    id="dnssec-algorithm",
    title="The zone is signed with algorithms and digests of today",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
    Roll to algorithm 13 (ECDSA P-256) by an algorithm roll-over, and publish DS records with
    digest type 2 (SHA-256) alone.
    """,
    snippets={
        "bind": 'dnssec-policy "today" { keys { csk lifetime unlimited algorithm ecdsap256sha256; }; };',
        "knot": "policy:\n  - id: today\n    algorithm: ecdsap256sha256",
        "powerdns": "pdnsutil add-zone-key agency.example ksk active ecdsa256",
        "windows": "Add-DnsServerSigningKey -ZoneName agency.example -CryptoAlgorithm ECDsaP256Sha256",
    },
    references=(Reference("RFC 9904", "3"), Reference("RFC 9905", "2")),
    passes={"algorithm 13, digest 2": example.secure()},
    fails={
        "SHA-1": example.secure(ZoneKey(1001, 7, 257, 2048)),
        "RSASHA512": example.secure(ZoneKey(1001, 10, 257, 2048)),
        "digest 1 alone": example.secure(ds=(DelegationSigner(1001, 13, 1, "ab" * 20),)),
        "digest 1 beside 2": example.secure(
            ds=(DelegationSigner(1001, 13, 1, "ab" * 20), example.DS)
        ),
        "an algorithm that nobody knows": example.secure(ZoneKey(1001, 3, 257)),
        "a digest that nobody knows": example.secure(
            ds=(DelegationSigner(1001, 13, 3, "ab" * 32), example.DS)
        ),
    },
    others={"not signed": example.unsigned()},
)
def dnssec_algorithm(chain: DnssecChain) -> Iterator[Judgement]:
    """SHA-1 can be forged at a price, and resolvers begin to treat such zones as unsigned."""
    if not chain.keys:
        yield not_applicable("The zone {zone} has no DNSKEY.", zone=chain.apex)
        return
    faults = [*_keys(chain), *_digests(chain)]
    yield from faults
    if not faults:
        evidence = (*map(key_text, chain.keys), *map(ds_text, chain.last.ds))
        used = sorted({one.algorithm for one in chain.keys})
        yield passed(
            "It uses algorithm {which}.", which=", ".join(map(algorithm, used)), evidence=evidence
        )


def _keys(chain: DnssecChain) -> Iterator[Judgement]:
    for number in sorted({one.algorithm for one in chain.keys} - GOOD):
        evidence = tuple(key_text(one) for one in chain.keys if one.algorithm == number)
        yield replace(_fault(number), item=f"algorithm {number}", evidence=evidence)


def _fault(number: int) -> Judgement:
    which = algorithm(number)
    if number in SHA1_ALGORITHMS:
        return failed(
            "It is signed with algorithm {which}: secure only for resolvers that still accept SHA-1.",
            which=which,
        )
    if number in SUPPORTED:
        return failed(
            "It is signed with algorithm {which}, which is no longer recommended.",
            which=which,
            severity=Severity.LOW,
        )
    return failed("It has keys of algorithm {which}, which validators do not support.", which=which)


def _digests(chain: DnssecChain) -> Iterator[Judgement]:
    used = {one.digest_type for one in chain.last.ds}
    for number in sorted(used - {SHA256, SHA384}):
        evidence = tuple(ds_text(one) for one in chain.last.ds if one.digest_type == number)
        beside = bool(used & {SHA256, SHA384})
        yield failed(
            "The parent has DS records with digest {which}.",
            which=digest(number),
            severity=Severity.LOW if beside else None,
            item=f"digest {number}",
            evidence=evidence,
        )
