"""What one examination has learnt so far, and how it becomes observations."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result
from scanner.formats.tls.handshake13 import Completed
from scanner.formats.tls.key_exchange import KeyExchange
from scanner.formats.tls.primes import is_probable_prime, prime_name
from scanner.formats.tls.signature import curve_of, public_key
from scanner.observation import Reason
from scanner.observation.tls import (
    ExchangeSeen,
    NameAnswer,
    Question,
    ServedChain,
    ServerNameSent,
    Sign,
)

BORNE = (Question.GREASE, Question.LONG_HELLO, Question.VERSION_TOLERANCE)
DEMANDS = ("", "none", "requested", "required")
NEWEST_FIRST = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3", "SSLv2")


class _Chain(Struct):
    certificates: tuple[bytes, ...]
    versions: set[str]
    names: set[ServerNameSent]
    staples: list[bytes]
    scts: list[bytes]
    suites: set[int]
    scheme: int = 0


class _Exchange(Struct):
    seen: ExchangeSeen
    publics: set[str]
    handshakes: int = 1


class Ledger:
    """Notes what hellos showed beside what they were sent for."""

    def __init__(self) -> None:
        self._chains: dict[tuple[bytes, ...], _Chain] = {}
        self._exchanges: dict[tuple[object, ...], _Exchange] = {}
        self._primes: dict[bytes, tuple[str, bool]] = {}
        self._signs: dict[Question, Sign] = {}
        self.names: list[NameAnswer] = []
        self.extensions: dict[str, dict[int, bytes]] = {}
        self.sentinels: dict[str, str] = {}
        self.wants_client_certificate = False
        self.knows_all_leaves = True

    def note(self, result: Result, asked: str = "plain") -> None:
        """Everything that an answered hello told."""
        if result.hello is None:
            return
        version = result.version
        self.extensions.setdefault(version, {}).update(result.hello.extensions)
        if not result.hello.is_retry:
            self.sentinels.setdefault(version, result.hello.sentinel)
        if result.wants_client_certificate:
            self.wants_client_certificate = True
        if result.chain:
            self.chain(result)
        if result.exchange:
            self._exchange(version, result.exchange, asked, result.suite or 0)

    def chain(self, result: Result, sent: ServerNameSent = ServerNameSent.OWN) -> int:
        """Note a chain; where it stands among the others."""
        known = self._chains.setdefault(
            result.chain, _Chain(result.chain, set(), set(), [], [], set())
        )
        known.versions.add(result.version)
        known.names.add(sent)
        if sent is ServerNameSent.OWN:
            known.suites.add(result.suite or 0)
            self._staple(known, result.staple)
            if result.scts and result.scts not in known.scts:
                known.scts.append(result.scts)
        return list(self._chains).index(result.chain)

    def completed(self, seen: Completed) -> None:
        """Everything that a handshake of TLS 1.3 told."""
        hello = seen.result.hello
        if hello is None:
            return
        self.note(seen.result)
        if seen.result.chain in self._chains:
            self._chains[seen.result.chain].scheme = seen.scheme
        self.extensions.setdefault("TLSv1.3", {}).update(seen.encrypted)

    def family(self, chain: tuple[bytes, ...]) -> int:
        """The scheme that a chain's key signed with in TLS 1.3; 0 where it was not seen there."""
        return self._chains[chain].scheme

    def suites_of(self, chain: tuple[bytes, ...]) -> tuple[int, ...]:
        """The suites with which a chain came."""
        return tuple(sorted(self._chains[chain].suites))

    @staticmethod
    def _staple(known: _Chain, staple: bytes) -> None:
        """At most two: the first ask, and the last one or the first that brought one."""
        if len(known.staples) < 2:  # noqa: PLR2004
            known.staples.append(staple)
        elif staple or not known.staples[1]:
            known.staples[1] = staple

    def _exchange(self, version: str, seen: KeyExchange, asked: str, suite: int) -> None:
        known = codes.suites().get(suite)
        if known and known.auth in {"anon", "PSK"} and asked == "plain":
            asked = "anonymous"
        if known and known.export and asked == "plain":
            asked = "export"
        key = version, seen.kind, asked, seen.group, seen.prime, seen.scheme, seen.is_explicit
        if key in self._exchanges:
            self._exchanges[key].handshakes += 1
            self._exchanges[key].publics.add(seen.public_hash)
            return
        name, is_prime = self._prime(seen.prime) if seen.kind == "dhe" else ("", True)
        shown = ExchangeSeen(
            version,
            seen.kind,
            asked,
            codes.group_name(seen.group) if seen.group is not None else "",
            seen.is_explicit,
            seen.bits,
            name,
            is_prime,
            scheme=codes.scheme_name(seen.scheme) if seen.scheme else "",
        )
        self._exchanges[key] = _Exchange(shown, {seen.public_hash})

    def _prime(self, prime: bytes) -> tuple[str, bool]:
        if prime not in self._primes:
            name = prime_name(prime)
            is_prime = not name.startswith("sha256:") or is_probable_prime(prime)
            self._primes[prime] = name, is_prime
        return self._primes[prime]

    def most_exchanges(self, kind: str) -> int:
        """How many handshakes the most frequent exchange of a kind was seen in."""
        counts = (one.handshakes for key, one in self._exchanges.items() if key[1] == kind)
        return max(counts, default=0)

    @property
    def has_twins(self) -> bool:
        """Whether two chains came for one name, version and kind of key: from two machines."""
        seen: set[tuple[str, str, str]] = set()
        for one in self._chains.values():
            if ServerNameSent.OWN not in one.names:
                continue
            leaf = one.certificates[0]
            kind = type(public_key(leaf)).__name__, curve_of(leaf)
            kinds = {(*kind, version) for version in one.versions}
            if kinds & seen:
                return True
            seen |= kinds
        return False

    @property
    def is_doubtful(self) -> bool:
        """Whether a hello was refused that every server should bear."""
        return any(self._is_refusal(one) for one in BORNE)

    def _is_refusal(self, question: Question) -> bool:
        known = self._signs.get(question)
        return known is not None and known.answer not in {"", "tolerated"}

    def doubt(self, reason: Reason, detail: str) -> None:
        """Such a refusal may have been another machine's, which refuses the usual hello too."""
        for one in BORNE:
            if self._is_refusal(one):
                self._signs[one] = Sign(one, reason=reason, detail=detail)

    def sign(
        self,
        question: Question,
        answer: str = "",
        reason: Reason | None = None,
        detail: str = "",
    ) -> None:
        """Note the answer to a question; an answer beats none, the stricter demand the other."""
        known = self._signs.get(question)
        is_demand = question is Question.CLIENT_AUTH and known is not None
        if is_demand and known and DEMANDS.index(known.answer) >= DEMANDS.index(answer):
            return
        if answer or known is None:
            self._signs[question] = Sign(question, answer, reason, detail)

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Every answer, in the order of the questions."""
        return tuple(self._signs[one] for one in Question if one in self._signs)

    @property
    def exchanges(self) -> tuple[ExchangeSeen, ...]:
        """Every kind of key exchange."""
        every = (
            replace(one.seen, handshakes=one.handshakes, publics=len(one.publics))
            for one in self._exchanges.values()
        )
        return tuple(sorted(every, key=_order))

    @property
    def legacy_groups(self) -> tuple[str, ...]:
        """The curves that ServerKeyExchange named."""
        named = (one.seen.group for one in self._exchanges.values())
        return tuple(dict.fromkeys(one for one in named if one))

    @property
    def chains(self) -> tuple[ServedChain, ...]:
        """Every distinct chain, the subject's own first and of those TLS 1.3's."""
        return tuple(_served(one) for one in sorted(self._chains.values(), key=_chain_order))

    @property
    def name_answers(self) -> tuple[NameAnswer, ...]:
        """What other server names got, with the place of the chain among ``chains``."""
        noted = list(self._chains.values())
        ordered = sorted(noted, key=_chain_order)
        return tuple(
            one if one.chain is None else replace(one, chain=ordered.index(noted[one.chain]))
            for one in self.names
        )


def _order(one: ExchangeSeen) -> tuple[object, ...]:
    place = NEWEST_FIRST.index(one.version) if one.version in NEWEST_FIRST else 99
    return place, one.kind, one.asked, one.group, one.bits, one.scheme, one.prime


def _chain_order(one: _Chain) -> tuple[object, ...]:
    return ServerNameSent.OWN not in one.names, "TLSv1.3" not in one.versions, one.certificates


def _served(one: _Chain) -> ServedChain:
    return ServedChain(
        one.certificates,
        _sorted(one.versions, NEWEST_FIRST),
        tuple(name for name in ServerNameSent if name in one.names),
        tuple(one.staples),
        tuple(one.scts),
    )


def _sorted(values: Iterable[str], order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda one: order.index(one) if one in order else len(order)))
