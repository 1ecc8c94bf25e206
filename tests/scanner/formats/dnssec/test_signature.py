"""Signatures, DS records, whole answers and trust anchors, made on the spot."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataset
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.dnssec import anchors, signature, signer
from scanner.formats.dnssec.answer import Claim, Trusted, claims, examine, plain, proofs
from scanner.formats.error import FormatError
from scanner.observation.dnssec import Code, RRsetSecurity, Security

ZONE = dns.name.from_text("a.example")
NOW = 1_795_000_000
DAY = 86_400
PRIVATE = ec.generate_private_key(ec.SECP256R1())
KEY: Any = dns.dnssec.make_dnskey(PRIVATE.public_key(), "ECDSAP256SHA256", flags=257)
TRUSTED = Trusted(ZONE, (KEY,), NOW)


def _rrset(name: str, rdtype: str, *texts: str) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(name, 60, "IN", rdtype, list(texts))


ADDRESS = _rrset("www.a.example.", "A", "192.0.2.1")


def _sign(rrset: dns.rrset.RRset, begin: int = NOW - DAY, end: int = NOW + DAY) -> Any:
    return dns.dnssec.sign(rrset, PRIVATE, ZONE, KEY, inception=begin, expiration=end)


def _verify(rrset: dns.rrset.RRset, *signatures: Any, keys: tuple[Any, ...] = (KEY,)) -> Any:
    return signature.verify(rrset, signatures, ZONE, keys, NOW)


def test_one_good_signature_is_enough() -> None:
    good, old = _sign(ADDRESS), _sign(ADDRESS, NOW - 3 * DAY, NOW - DAY)
    assert _verify(ADDRESS, old, good).signature == good


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"expiration": NOW - 1}, Code.EXPIRATION_IN_PAST, id="expired"),
        pytest.param({"inception": NOW + 60}, Code.INCEPTION_IN_FUTURE, id="not yet valid"),
        pytest.param({"signature": b"x" * 64}, Code.SIGNATURE_INVALID, id="another signature"),
        pytest.param({"key_tag": 1}, Code.SIGNATURE_INVALID, id="no such key"),
        pytest.param({"labels": 9}, Code.RRSIG_LABELS_EXCEED, id="too many labels"),
        pytest.param({"algorithm": 250}, Code.ALGORITHM_NOT_SUPPORTED, id="unknown algorithm"),
        pytest.param(
            {"signer": dns.name.from_text("b.example")}, Code.SIGNER_NOT_ZONE, id="a stranger"
        ),
    ],
)
def test_why_none_holds(change: dict[str, Any], code: Code) -> None:
    found = _verify(ADDRESS, _sign(ADDRESS).replace(**change))
    assert found.signature is None
    assert found.codes == (code,)
    assert found.nearest is not None


def test_no_signature_or_one_of_another_type() -> None:
    other = _rrset("www.a.example.", "TXT", '"x"')
    for given_ in ((), (_sign(other),)):
        assert _verify(ADDRESS, *given_).codes == (Code.MISSING_RRSIG,)


def test_a_revoked_key_signs_nothing() -> None:
    revoked = KEY.replace(flags=KEY.flags | signature.REVOKE_FLAG)
    made = _sign(ADDRESS).replace(key_tag=signature.tag(revoked))
    assert _verify(ADDRESS, made, keys=(revoked,)).codes == (Code.SIGNATURE_INVALID,)


def test_many_keys_with_one_tag_are_an_attack() -> None:
    assert _verify(ADDRESS, _sign(ADDRESS), keys=(KEY,) * 5).exhausted


def test_many_signatures_are_an_attack() -> None:
    bad = _sign(ADDRESS).replace(signature=b"x" * 64)
    assert _verify(ADDRESS, *[bad] * 17).exhausted
    assert not _verify(ADDRESS, *[bad] * 16).exhausted


def test_an_algorithm_that_this_machine_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise dns.exception.UnsupportedAlgorithm

    monkeypatch.setattr(dns.dnssec, "validate_rrsig", refuse)
    found = _verify(ADDRESS, _sign(ADDRESS))
    assert found.codes == (Code.ALGORITHM_NOT_SUPPORTED,)


def _ds(kind: str = "SHA256", **change: Any) -> Any:
    return dns.dnssec.make_ds(ZONE, KEY, kind, validating=True).replace(**change)


def test_a_ds_matches_in_tag_algorithm_and_digest() -> None:
    assert signer.vouched(ZONE, (_ds(),), (KEY,)).keys == (KEY,)
    for wrong, code in (
        (_ds(digest=b"x" * 32), Code.DIGEST_INVALID),
        (_ds(key_tag=1), Code.NO_SEP),
        (_ds(algorithm=8), Code.NO_SEP),
    ):
        found = signer.vouched(ZONE, (wrong,), (KEY,))
        assert not found.keys
        assert found.codes == (code,)


def test_a_ds_for_a_revoked_key_or_for_no_zone_key() -> None:
    revoked = KEY.replace(flags=KEY.flags | signature.REVOKE_FLAG)
    ds = dns.dnssec.make_ds(ZONE, revoked, "SHA256", validating=True)
    assert signer.vouched(ZONE, (ds,), (revoked,)).codes == (Code.DNSKEY_REVOKED_DS,)
    host = KEY.replace(flags=0)
    ds = dns.dnssec.make_ds(ZONE, host, "SHA256", validating=True)
    assert signer.vouched(ZONE, (ds,), (host,)).codes == (Code.NO_SEP,)


def test_which_ds_count() -> None:
    assert signer.usable((_ds("SHA1"), _ds())) == (_ds(),)
    assert signer.usable((_ds("SHA1"),)) == (_ds("SHA1"),)
    assert signer.usable((_ds(digest_type=200), _ds(algorithm=250))) == ()
    assert signer.unsupported((_ds(digest_type=200),)) == (Code.DIGEST_ALGORITHM_NOT_SUPPORTED,)
    assert signer.unsupported((_ds(algorithm=250),)) == (Code.ALGORITHM_NOT_SUPPORTED,)


def _reply(name: str, rdtype: str, *answer: dns.rrset.RRset) -> dns.message.Message:
    reply = dns.message.make_response(dns.message.make_query(name, rdtype))
    reply.answer.extend(answer)
    return reply


def _with(rrset: dns.rrset.RRset, owner: str = "") -> tuple[dns.rrset.RRset, dns.rrset.RRset]:
    name = dns.name.from_text(owner) if owner else rrset.name
    shown = dns.rrset.from_rdata_list(name, 60, list(rrset))
    return shown, dns.rrset.from_rdata(name, 60, _sign(rrset))


def _claims(reply: dns.message.Message, name: str, rdtype: str = "A") -> tuple[Claim, ...]:
    """As they come off the wire."""
    read = dns.message.from_wire(reply.to_wire(), one_rr_per_rrset=False)
    return claims(read, dns.name.from_text(name), dns.rdatatype.from_text(rdtype))


def _examined(reply: dns.message.Message, name: str, rdtype: str) -> tuple[RRsetSecurity, ...]:
    every = _claims(reply, name, rdtype)
    return tuple(examine(one, TRUSTED) for one in every)


def _states(reply: dns.message.Message, name: str, rdtype: str) -> list[str]:
    return [f"{one.rdtype} {one.security}" for one in _examined(reply, name, rdtype)]


def test_every_link_of_an_alias_chain_is_a_claim() -> None:
    alias = _rrset("x.a.example.", "CNAME", "www.a.example.")
    reply = _reply("x.a.example", "A", *_with(alias), *_with(ADDRESS))
    assert _states(reply, "x.a.example", "A") == ["CNAME secure", "A secure"]
    assert _states(_reply("x.a.example", "A", alias, *_with(ADDRESS)), "x.a.example", "A") == [
        "CNAME bogus",
        "A secure",
    ]


def test_what_a_dname_yields_needs_no_signature() -> None:
    tree = _rrset("t.a.example.", "DNAME", "a.example.")
    made = _rrset("www.t.a.example.", "CNAME", "www.a.example.")
    reply = _reply("www.t.a.example", "A", *_with(tree), made, *_with(ADDRESS))
    assert _states(reply, "www.t.a.example", "A") == ["DNAME secure", "A secure"]
    other = _rrset("www.t.a.example.", "CNAME", "evil.a.example.")
    reply = _reply("www.t.a.example", "A", *_with(tree), other)
    assert "CNAME bogus" in _states(reply, "www.t.a.example", "A")


def test_a_dname_that_makes_a_name_too_long() -> None:
    long = ".".join(["l" * 60] * 3)
    tree = _rrset("t.a.example.", "DNAME", f"{long}.a.example.")
    name = f"{'m' * 60}.{'n' * 10}.t.a.example"
    made = _rrset(f"{name}.", "CNAME", "www.a.example.")
    reply = _reply(name, "A", *_with(tree), made)
    assert "CNAME bogus" in _states(reply, name, "A")


def test_a_loop_ends() -> None:
    loop = _rrset("x.a.example.", "CNAME", "x.a.example.")
    reply = _reply("x.a.example", "A", loop)
    assert len(_claims(reply, "x.a.example")) == 10


WILD = _rrset("*.w.a.example.", "A", "192.0.2.9")
PROOF = _rrset("w.a.example.", "NSEC", "z.a.example. A RRSIG NSEC")


def test_a_wildcards_answer_needs_a_proof() -> None:
    reply = _reply("x.w.a.example", "A", *_with(WILD, "x.w.a.example."))
    (bare,) = _examined(reply, "x.w.a.example", "A")
    assert bare.codes == (Code.MISSING_NSEC_FOR_WILDCARD,)
    star = _rrset("*.w.a.example.", "NSEC", "z.a.example. A RRSIG NSEC")
    reply.authority.extend(_with(star))
    (proved,) = _examined(reply, "x.w.a.example", "A")
    assert proved.security is Security.SECURE


def test_a_wildcard_asked_for_by_name_is_none() -> None:
    reply = _reply("*.w.a.example", "A", *_with(WILD))
    assert _states(reply, "*.w.a.example", "A") == ["A secure"]


def _denied(name: str, *authority: dns.rrset.RRset, nxdomain: bool = True) -> dns.message.Message:
    reply = _reply(name, "A")
    if nxdomain:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    reply.authority.extend(authority)
    return reply


APEX = _rrset("a.example.", "NSEC", "b.a.example. NS SOA RRSIG NSEC DNSKEY")
LAST = _rrset("b.a.example.", "NSEC", "a.example. A RRSIG NSEC")
SOA = _rrset("a.example.", "SOA", "ns. h. 1 2 3 4 5")


def test_a_denial_with_its_soa() -> None:
    reply = _denied("x.a.example", *_with(APEX), *_with(LAST), *_with(SOA))
    assert _states(reply, "x.a.example", "A") == ["A secure", "SOA secure"]
    assert _examined(reply, "x.a.example", "A")[0].denies == "nxdomain"
    reply = _denied("b.a.example", *_with(LAST), nxdomain=False)
    (one,) = _examined(reply, "b.a.example", "A")
    assert one.codes == (Code.STYPE_IN_BITMAP,)


def test_a_denial_whose_proof_is_not_signed() -> None:
    (one,) = _examined(_denied("x.a.example", APEX, LAST), "x.a.example", "A")
    assert one.codes == (Code.MISSING_NSEC_FOR_NXDOMAIN, Code.MISSING_RRSIG)
    assert one.detail


def test_a_proof_that_a_wildcard_made_is_none() -> None:
    star = _rrset("*.a.example.", "NSEC", "z.a.example. A")
    reply = _denied("x.a.example", *_with(star, "q.a.example."))
    (one,) = _examined(reply, "x.a.example", "A")
    assert one.codes[0] is Code.MISSING_NSEC_FOR_NXDOMAIN


def test_proofs_by_hash() -> None:
    ring = dns.dnssec.nsec3_hash(ZONE, None, 0, 1)
    record = _rrset(f"{ring}.a.example.", "NSEC3", f"1 0 0 - {ring} NS SOA RRSIG")
    reply = _denied("a.example", *_with(record), nxdomain=False)
    assert _states(reply, "a.example", "A") == ["A secure"]
    (claim,) = _claims(reply, "a.example")
    known = proofs(claim, TRUSTED)
    assert known.types_at(ZONE) == {2, 6, 46}
    assert known.types_at(dns.name.from_text("x.a.example")) is None
    deep = _rrset(f"{ring}.b.a.example.", "NSEC3", f"1 0 0 - {ring} NS")
    reply = _denied("a.example", *_with(deep), nxdomain=False)
    (claim,) = _claims(reply, "a.example")
    assert proofs(claim, TRUSTED).nsec3 == ()


def test_types_at_a_name_by_nsec() -> None:
    reply = _denied("b.a.example", *_with(LAST), nxdomain=False)
    (claim,) = _claims(reply, "b.a.example")
    known = proofs(claim, TRUSTED)
    assert known.types_at(dns.name.from_text("b.a.example")) == {1, 46, 47}
    assert known.types_at(dns.name.from_text("c.a.example")) is None


def test_where_our_limit_ends_it_nothing_is_said() -> None:
    crowd = Trusted(ZONE, (KEY,) * 5, NOW)
    reply = _denied("x.a.example", *_with(APEX))
    claim, *_ = _claims(reply, "x.a.example")
    assert examine(claim, crowd).security is Security.INDETERMINATE
    (claim,) = _claims(_reply("www.a.example", "A", *_with(ADDRESS)), "www.a.example")
    assert examine(claim, crowd).security is Security.INDETERMINATE


def test_the_signers_of_a_claim_are_zones_above_it() -> None:
    reply = _denied("x.a.example", *_with(APEX))
    claim, *_ = _claims(reply, "x.a.example")
    assert claim.signers == (ZONE,)
    empty = Claim(ZONE, 1, ADDRESS, (), "", ())
    assert empty.signers == ()


def test_names_are_written_plain() -> None:
    assert plain(dns.name.root) == ""
    assert plain(dns.name.from_text("A.Example")) == "a.example"


ROOT = f". IN DS 20326 8 2 {'AB' * 32}"


def test_anchors_of_every_form() -> None:
    key = KEY.to_text()
    text = f"""; a comment
    $ORIGIN .
{ROOT}
a.example. 3600 IN DNSKEY {key} ;;state=2 [  VALID  ] ;;count=0
b.example. DNSKEY {key} ;;state=1 [ ADDPEND ]
c.example. IN DS ( 20326 8 2
   {"AB" * 16} {"AB" * 16} )
"""
    found = anchors.read(text)
    assert {plain(one) for one in found} == {"", "a.example", "c.example"}


@pytest.mark.parametrize(
    "text", ["", "; nothing", "x", ". IN A 192.0.2.1", ". IN DS 1 2", ". DS (1"]
)
def test_what_is_no_anchor(text: str) -> None:
    with pytest.raises(FormatError):
        anchors.read(text)


def test_an_anchor_is_a_key_or_its_ds() -> None:
    other: Any = dns.dnssec.make_dnskey(
        ec.generate_private_key(ec.SECP256R1()).public_key(), "ECDSAP256SHA256", flags=257
    )
    for anchor in (KEY, _ds()):
        assert anchors.matches(ZONE, anchor, KEY)
        assert not anchors.matches(ZONE, anchor, other)


@given(st.text(max_size=200))
def test_any_text_is_anchors_or_an_error(text: str) -> None:
    with suppress(FormatError):
        assert anchors.read(text)
