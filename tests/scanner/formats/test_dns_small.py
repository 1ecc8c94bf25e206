"""The smaller pure parts of DNS: chains, reach, CAA issuers."""

from __future__ import annotations

import pytest

from scanner.fact import DNS_NETWORKS
from scanner.formats import (
    caa,
    caa_issuer,
    direct_answers,
    reach,
    shared_infrastructure,
    trust_chain,
)
from scanner.formats import certificate_examples as made
from scanner.formats import trust_chain_examples as example
from scanner.formats.certificate import parse
from scanner.formats.name_server_examples import NO_SERVER, NOW, at, server
from scanner.formats.run_examples import known, unknown
from scanner.formats.trust_chain import Owner, cut, status
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    Observed,
    Place,
    Reason,
    Role,
    Seen,
    Subject,
    Unobserved,
)
from scanner.observation.dnssec import Code, DelegationSigner, Security, ZoneKey, worst


@pytest.mark.parametrize(
    ("zone", "inventory", "owner"),
    [
        (example.NAME, (), Owner.SELF),
        ("example", (), Owner.REGISTRY),
        ("ministry.example", ("ministry.example",), Owner.PARENT_AGENCY),
        ("ministry.example", (), Owner.PARENT),
    ],
)
def test_who_owns_the_cut(zone: str, inventory: tuple[str, ...], owner: Owner) -> None:
    found = cut(example.unsigned(zone=zone, inventory=inventory))
    assert found is not None
    assert found.owner is owner
    assert found.is_foreign is (owner is not Owner.SELF)
    assert zone in found.text


def test_an_island_is_said_to_be_one() -> None:
    found = cut(example.unsigned(keys=(example.KSK,)))
    assert found is not None
    assert found.codes == (Code.DS_ABSENT_CHILD_SIGNED,)


def test_the_status_of_a_domain() -> None:
    good = example.records().rrsets
    bad = (example.state(Security.BOGUS, Code.SIGNATURE_INVALID),)
    assert status(example.secure(), good) == "secure"
    assert status(example.secure(), bad) == "bogus"
    assert status(example.broken(Code.NO_SEP), good) == "bogus"
    assert status(example.unsigned(), good) == "unsigned"
    assert status(example.unsigned(keys=(example.KSK,)), good) == "insecure"
    assert status(example.unseen(), good) is None
    assert cut(example.secure()) is None
    assert cut(example.unseen()) is None


def test_the_worst_state_decides() -> None:
    assert worst(Security) is Security.BOGUS
    assert worst(()) is Security.INDETERMINATE
    assert worst((Security.SECURE, Security.INSECURE)) is Security.INSECURE


def test_what_cds_asks_for() -> None:
    both = example.secure(cds=(example.DS,), cdnskey=(example.KSK,))
    assert not list(trust_chain.differing(both))
    gone = example.secure(cdnskey=(ZoneKey(0, 0, 0),))
    assert "delete" in next(trust_chain.differing(gone))
    bare = example.unsigned(keys=(example.KSK,))
    assert not list(trust_chain.differing(bare))
    other = example.secure(ds=(), cds=(DelegationSigner(9, 13, 2, "cd" * 32),))
    assert "none" in next(trust_chain.differing(other))


def test_names_of_numbers() -> None:
    assert trust_chain.algorithm(13) == "13 (ECDSAP256SHA256)"
    assert trust_chain.algorithm(99) == "99"
    assert trust_chain.digest(2) == "2 (SHA-256)"
    assert trust_chain.digest(9) == "9"
    assert "ZSK" in trust_chain.key_text(ZoneKey(1, 8, 256, 2048))


SIX = Place(Subject(Role.WEB, "a.example", 80), "2001:db8::1")
FOUR = Place(Subject(Role.WEB, "a.example", 80), "192.0.2.1")


def _every(*seen: Seen[object]) -> Every[object]:
    return Every(seen)


def test_what_was_reached_over_ipv6() -> None:
    assert reach.over_ipv6("a.example", _every(Seen(SIX, Observed(1, NOW)))).yes
    assert reach.over_ipv6(
        "a.example", _every(Seen(SIX, Unobserved(Reason.RESET, reached=True)))
    ).yes
    refused = reach.over_ipv6("a.example", _every(Seen(SIX, Unobserved(Reason.REFUSED))))
    assert refused.is_definite
    late = reach.over_ipv6("a.example", _every(Seen(SIX, Unobserved(Reason.TIMEOUT, "late"))))
    assert (late.is_definite, late.detail) == (False, "late")
    ours = reach.over_ipv6("a.example", _every(Seen(FOUR, Observed(1, NOW))))
    assert ours.detail == reach.NO_IPV6
    off = reach.over_ipv6("a.example", _every(Seen(FOUR, Unobserved(Reason.OUT_OF_SCOPE))))
    assert off.reason is Reason.OUT_OF_SCOPE
    assert reach.over_ipv6("a.example").detail == reach.NO_IPV6


def test_why_no_server_was_heard() -> None:
    assert direct_answers.unheard(at(server())) is None
    assert direct_answers.unheard(at(Unobserved(Reason.TIMEOUT))) is Reason.TIMEOUT
    assert isinstance(direct_answers.unheard(NO_SERVER), Message)
    assert direct_answers.unheard(Every()) is Reason.DEPENDENCY_MISSING
    assert isinstance(NO_SERVER.seen[0].observation, Inapplicable)


def test_an_authority_and_its_identifiers() -> None:
    leaf = parse(made.leaf(issuer="Let's Encrypt"))
    name = caa_issuer.organisation(leaf)
    assert "letsencrypt.org" in caa_issuer.identifiers(name)
    assert caa_issuer.identifiers("Nobody") == frozenset()
    wild = parse(made.leaf(names=("*.agency.example",)))
    assert caa_issuer.is_wildcard_for(wild, "www.agency.example")
    assert not caa_issuer.is_wildcard_for(leaf, "www.agency.example")
    assert not caa_issuer.is_wildcard_for(parse(made.leaf(names=())), "www.agency.example")


def test_which_properties_govern() -> None:
    issue, wild = caa.parse('0 issue "a.example"'), caa.parse('0 issuewild "b.example"')
    assert caa_issuer.governing((issue, wild), is_wildcard=True) == (wild,)
    assert caa_issuer.governing((issue, wild), is_wildcard=False) == (issue,)
    assert caa_issuer.governing((issue,), is_wildcard=True) == (issue,)
    assert caa_issuer.allows((issue,), frozenset({"a.example"}))
    assert not caa_issuer.allows((wild,), frozenset({"a.example"}))


def test_what_is_shared_comes_with_its_users() -> None:
    facts = [
        known(DNS_NETWORKS, "domain:x.a.example", ("192.0.2.0/24", "198.51.100.0/24")),
        known(DNS_NETWORKS, "domain:x.b.example", ("192.0.2.0/24",)),
        unknown(DNS_NETWORKS, "domain:x.c.example", Reason.TIMEOUT),
    ]
    assert shared_infrastructure.shared(facts) == (
        ("network", "192.0.2.0/24", ("a.example", "b.example")),
    )
    assert len(shared_infrastructure.targets_of(facts)) == 3
