"""Denials by NSEC and NSEC3: what covers what, clause by clause and by chance."""

from __future__ import annotations

from collections.abc import Sequence

import dns.name
import dns.rdatatype
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanner.formats.dnssec import nsec, nsec3
from scanner.formats.dnssec.nsec import Denial, Nsec
from scanner.formats.dnssec.nsec3 import Nsec3
from scanner.observation.dnssec import Code, Security

ZONE = dns.name.from_text("a.example")
A, NS, SOA, CNAME, DNAME, DS, MX = (
    int(dns.rdatatype.from_text(one)) for one in ("A", "NS", "SOA", "CNAME", "DNAME", "DS", "MX")
)


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text, ZONE) if text else ZONE


def _chain(names: dict[str, set[int]]) -> list[Nsec]:
    owners = sorted(_name(one) for one in names)
    types = {_name(one): frozenset(given) for one, given in names.items()}
    return [
        Nsec(owner, following, types[owner])
        for owner, following in zip(owners, [*owners[1:], owners[0]], strict=True)
    ]


ZONE_NAMES = {
    "": {SOA, NS, A},
    "b": {A},
    "*.c": {A},
    "d.ent": {A},
    "cut": {NS},
    "signed": {NS, DS},
    "alias": {CNAME},
    "tree": {DNAME},
}
CHAIN = _chain(ZONE_NAMES)


@pytest.mark.parametrize(
    ("name", "rdtype", "code"),
    [
        pytest.param("b", MX, None, id="the name has other types"),
        pytest.param("b", A, Code.STYPE_IN_BITMAP, id="it has this type"),
        pytest.param("alias", MX, Code.STYPE_IN_BITMAP, id="an alias stands there"),
        pytest.param("ent", A, None, id="an empty non-terminal"),
        pytest.param("x.c", MX, None, id="a wildcard without the type"),
        pytest.param("x.c", A, Code.MISSING_NSEC_FOR_NODATA, id="a wildcard with it"),
        pytest.param("cut", DS, None, id="an unsigned cut has no DS"),
        pytest.param("cut", A, Code.STYPE_IN_BITMAP, id="the parent does not speak for the child"),
        pytest.param("", DS, Code.STYPE_IN_BITMAP, id="the child does not speak for the parent"),
        pytest.param("nothing", A, Code.MISSING_NSEC_FOR_NODATA, id="no such name"),
    ],
)
def test_no_data(name: str, rdtype: int, code: Code | None) -> None:
    found = nsec.nodata(CHAIN, _name(name), rdtype)
    assert found == (nsec.PROVED if code is None else nsec.failed(code))


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        pytest.param("nothing", (), id="it is covered, and so is the wildcard"),
        pytest.param(
            "x.cut",
            (Code.MISSING_NSEC_FOR_NXDOMAIN, Code.SNAME_NOT_COVERED),
            id="the parent says nothing of names below a cut",
        ),
        pytest.param(
            "x.tree",
            (Code.MISSING_NSEC_FOR_NXDOMAIN, Code.SNAME_NOT_COVERED),
            id="nor of names below a DNAME",
        ),
        pytest.param(
            "ent",
            (Code.MISSING_NSEC_FOR_NXDOMAIN, Code.SNAME_NOT_COVERED),
            id="an empty non-terminal exists",
        ),
        pytest.param("x.c", (Code.WILDCARD_NOT_COVERED,), id="a wildcard would answer"),
    ],
)
def test_no_such_name(name: str, codes: tuple[Code, ...]) -> None:
    found = nsec.nxdomain(CHAIN, _name(name))
    assert found.codes == codes


def test_compact_denial() -> None:
    name = _name("nothing")
    record = Nsec(name, dns.name.from_text("\\000", name), frozenset({nsec.NXNAME}))
    assert nsec.nxdomain([record], name) == nsec.PROVED


def test_a_wildcard_may_answer_only_where_the_name_is_denied() -> None:
    assert nsec.wildcard_answer(CHAIN, _name("x.c"), 3) == nsec.PROVED
    assert nsec.wildcard_answer(CHAIN, _name("x.c"), 2).codes == (Code.MISSING_NSEC_FOR_WILDCARD,)
    assert nsec.wildcard_answer([], _name("x.c"), 3).codes == (Code.MISSING_NSEC_FOR_WILDCARD,)


LABELS = st.text("ab*", min_size=1, max_size=2)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(".".join)


@given(st.sets(NAMES, max_size=6), NAMES)
def test_exactly_one_record_matches_or_covers_every_name(owners: set[str], name: str) -> None:
    chain = _chain({"": {SOA, NS}, **{one: {A} for one in owners}})
    wanted = _name(name)
    matching = [one for one in chain if one.owner == wanted]
    covering = [one for one in chain if nsec.covers(one, wanted)]
    assert len(matching) + len(covering) == 1


@given(st.sets(NAMES, max_size=6), NAMES)
def test_a_name_that_exists_is_never_denied(owners: set[str], name: str) -> None:
    owners = {*owners, name}
    chain = _chain({"": {SOA, NS}, **{one: {A} for one in owners}})
    assert nsec.nxdomain(chain, _name(name)).security is Security.BOGUS
    assert nsec.nodata(chain, _name(name), A).security is Security.BOGUS
    assert nsec.nodata(chain, _name(name), MX) == nsec.PROVED


@given(st.sets(NAMES, max_size=6), NAMES)
def test_what_does_not_exist_is_denied_by_the_whole_chain(owners: set[str], name: str) -> None:
    chain = _chain({"": {SOA, NS}, **{one: {A} for one in owners}})
    wanted = _name(name)
    assume(not any(_name(one).is_subdomain(wanted) for one in owners))
    encloser = nsec.closest_encloser(next(one for one in chain if nsec.covers(one, wanted)), wanted)
    star = nsec.STAR.concatenate(encloser)
    expected = Security.BOGUS if star in {_name(one) for one in owners} else Security.SECURE
    assert nsec.nxdomain(chain, wanted).security is expected


def _nsec3(
    names: dict[str, set[int]],
    *,
    flags: int = 0,
    iterations: int = 0,
    salt: bytes = b"",
    algorithm: int = 1,
) -> list[Nsec3]:
    blank = Nsec3(ZONE, "", "", algorithm, flags, iterations, salt, frozenset())
    known: dict[str, frozenset[int]] = {}
    for text, types in names.items():
        name = _name(text)
        known[nsec3.hashed(name, blank)] = frozenset(types)
        while (name := name.parent()).is_subdomain(ZONE):
            known.setdefault(nsec3.hashed(name, blank), frozenset())
    ring = sorted(known)
    return [
        blank._replace(hash=one, next=following, types=known[one])
        for one, following in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]


RING = _nsec3(ZONE_NAMES)


def _deny(
    records: Sequence[Nsec3], name: str, rdtype: int = A, *, kind: str, labels: int = 0
) -> Denial:
    return nsec3.deny(records, _name(name), rdtype, kind=kind, labels=labels)


@pytest.mark.parametrize(
    ("name", "rdtype", "kind", "codes"),
    [
        pytest.param("b", MX, "nodata", (), id="other types"),
        pytest.param("b", A, "nodata", (Code.STYPE_IN_BITMAP,), id="this type"),
        pytest.param("ent", A, "nodata", (), id="an empty non-terminal"),
        pytest.param("x.c", MX, "nodata", (), id="a wildcard without the type"),
        pytest.param("x.c", A, "nodata", (Code.STYPE_IN_BITMAP,), id="a wildcard with it"),
        pytest.param("nothing", A, "nodata", (Code.MISSING_NSEC_FOR_NODATA,), id="no such name"),
        pytest.param("nothing", A, "nxdomain", (), id="denied"),
        pytest.param("x.c", A, "nxdomain", (Code.WILDCARD_NOT_COVERED,), id="a wildcard"),
        pytest.param(
            "x.cut",
            A,
            "nxdomain",
            (Code.MISSING_NSEC_FOR_NXDOMAIN, Code.NO_CLOSEST_ENCLOSER),
            id="below a cut",
        ),
        pytest.param(
            "x.cut",
            A,
            "nodata",
            (Code.MISSING_NSEC_FOR_NODATA, Code.NO_CLOSEST_ENCLOSER),
            id="no data below a cut",
        ),
        pytest.param("cut", DS, "nodata", (), id="an unsigned cut"),
    ],
)
def test_by_hash(name: str, rdtype: int, kind: str, codes: tuple[Code, ...]) -> None:
    found = _deny(RING, name, rdtype, kind=kind)
    assert found.codes == codes
    assert found.security is (Security.BOGUS if codes else Security.SECURE)


def test_opt_out_proves_no_more_than_that_there_is_no_signed_delegation() -> None:
    ring = _nsec3(ZONE_NAMES, flags=1)
    for kind, name, rdtype in (
        ("nxdomain", "nothing", A),
        ("nodata", "unsigned", DS),
        ("nodata", "x.c", MX),
    ):
        found = _deny(ring, name, rdtype, kind=kind)
        assert (found.security, found.codes) == (Security.INSECURE, (Code.OPT_OUT,))
    found = _deny(ring, "x.c", kind="wildcard", labels=3)
    assert found.security is Security.INSECURE


def test_a_wildcards_answer() -> None:
    assert _deny(RING, "x.c", kind="wildcard", labels=3) == nsec.PROVED
    found = _deny(RING, "b.c", kind="wildcard", labels=2)
    assert found.codes == (Code.MISSING_NSEC_FOR_WILDCARD,)


def test_names_outside_the_zone_have_no_closest_encloser_in_it() -> None:
    found = nsec3.deny(RING, dns.name.from_text("b.example"), A, kind="nxdomain")
    assert Code.NO_CLOSEST_ENCLOSER in found.codes
    assert _deny(RING, "", DS, kind="nxdomain").codes[-1] is Code.NO_CLOSEST_ENCLOSER
    alone = [one for one in RING if nsec3.hashed(_name("b"), one) != one.hash]
    assert _deny(alone[:1], "x.y", kind="nodata").security is Security.BOGUS


def test_what_we_do_not_hash() -> None:
    high = _nsec3({"": {SOA}}, iterations=151)
    assert _deny(high, "x", kind="nxdomain").codes == (Code.ITERATIONS_TOO_HIGH,)
    assert _deny(high, "x", kind="nxdomain").security is Security.INSECURE
    unknown = [one._replace(algorithm=2) for one in RING]
    assert _deny(unknown, "x", kind="nxdomain").codes == (Code.UNSUPPORTED_NSEC3_ALGORITHM,)
    flags = [one._replace(flags=2) for one in RING]
    assert _deny(flags, "x", kind="nxdomain").codes == (Code.UNSUPPORTED_NSEC3_ALGORITHM,)
    short = [one._replace(hash="ABC") for one in RING]
    assert _deny(short, "x", kind="nxdomain").codes == (Code.INVALID_NSEC3_HASH,)


def test_a_stranger_cannot_make_us_hash_without_end() -> None:
    found = _deny(RING, ".".join("x" * 12), kind="nxdomain")
    assert found.exhausted
    assert found.security is Security.INDETERMINATE


HASHES = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUV", min_size=32, max_size=32)


@given(st.sets(HASHES, min_size=1, max_size=8), HASHES)
def test_exactly_one_span_matches_or_covers_every_hash(owners: set[str], hashed: str) -> None:
    ring = sorted(owners)
    spans = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    covering = [one for one in spans if nsec3.hash_covers(*one, hashed)]
    assert len(covering) + (hashed in owners) == 1


@given(
    st.sets(st.text("abc", min_size=1, max_size=3), max_size=6),
    st.text("abc", min_size=1, max_size=3),
)
def test_both_kinds_of_denial_agree(owners: set[str], name: str) -> None:
    names: dict[str, set[int]] = {"": {SOA, NS}, **{one: {A} for one in owners}}
    by_name = nsec.nxdomain(_chain(names), _name(name))
    by_hash = _deny(_nsec3(names), name, kind="nxdomain")
    assert by_name.security is by_hash.security


@given(st.binary(max_size=8), st.integers(0, 255))
def test_bitmaps(bitmap: bytes, window: int) -> None:
    found = nsec.types_of([(window, bitmap)])
    assert len(found) == sum(byte.bit_count() for byte in bitmap)
    assert all(window * 256 <= one < window * 256 + 256 for one in found)
