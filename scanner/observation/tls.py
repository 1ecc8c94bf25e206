"""What TLS servers said, in the words of RFC 8446."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import handshake, openssl, ssl_enum_ciphers

VERSIONS = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3", "SSLv2")


def _show_chain(place: Place) -> str:
    return openssl(place, "-showcerts")


@kind(Level.ENDPOINT, command=_show_chain)
class CertificateChain(Struct, frozen=True):
    """The certificates one address sent for one name, as sent, leaf first, in DER.

    ``name`` is the SNI that was sent and the name that is judged against; ``version`` the protocol
    version they came by (TLS 1.3 sends them encrypted).
    """

    name: str
    version: str
    certificates: tuple[bytes, ...]
    purpose: str = "web"


class ServerNameSent(StrEnum):
    """Which name a hello carried (RFC 6066 3): the subject's, none, or one nobody serves."""

    OWN = "own"
    NONE = "none"
    UNKNOWN = "unknown"


class ServedChain(Struct, frozen=True, omit_defaults=True):
    """One distinct chain that an address sent, and the hellos that drew it.

    ``certificates`` as sent, leaf first, in DER. ``versions`` newest first. ``names`` are the
    server names that were sent when it came. ``staples`` holds one element for each time that a
    staple was asked for with the subject's own name, in order: the DER of the OCSPResponse, empty
    where none was sent. ``scts`` are the SignedCertificateTimestampLists (RFC 6962 3.3) of the TLS
    extension, as sent, distinct ones only.
    """

    certificates: tuple[bytes, ...]
    versions: tuple[str, ...]
    names: tuple[ServerNameSent, ...] = (ServerNameSent.OWN,)
    staples: tuple[bytes, ...] = ()
    scts: tuple[bytes, ...] = ()


class NameAnswer(Struct, frozen=True, omit_defaults=True):
    """What a hello without a name, or with an unknown one, got.

    ``accepted`` is ``None`` where silence settled nothing. ``chain`` is the index of what came.
    """

    sent: ServerNameSent
    accepted: bool | None
    chain: int | None = None
    reason: Reason | None = None
    detail: str = ""


@kind(Level.ENDPOINT, command=_show_chain)
class ServedCertificates(Struct, frozen=True, omit_defaults=True):
    """Every distinct chain of one address: by key type, version, and server name.

    The chains that came for the subject's own name come first (``own``), TLS 1.3's before the
    others. Not ``is_complete`` where a question about a key type got no answer: then there may be
    a leaf that was not seen, for ``reason``.
    """

    name: str
    chains: tuple[ServedChain, ...]
    answers: tuple[NameAnswer, ...] = ()
    is_complete: bool = True
    purpose: str = "web"
    reason: Reason | None = None

    @classmethod
    def of(cls, *certificates: bytes) -> ServedCertificates:
        """For examples: one chain."""
        return cls("www.agency.example", (ServedChain(certificates, ("TLSv1.2",)),))

    @property
    def own(self) -> tuple[ServedChain, ...]:
        """The chains sent for the subject's own name."""
        return tuple(one for one in self.chains if ServerNameSent.OWN in one.names)


class Order(StrEnum):
    """Who decides which of several accepted suites is used (tls.md 1.4)."""

    SERVER = "server"
    CLIENT = "client"
    CHACHA = "server, but ChaCha20 where the client puts it first"
    MIXED = "mixed"


class ProtocolAnswer(Struct, frozen=True, omit_defaults=True):
    """What one protocol version got: ``accepted`` is ``None`` where silence settled nothing.

    ``suites`` are those accepted, by IANA name (cipher kinds of SSL 2.0), in the order in which the
    server chose them; not ``is_complete`` where the enumeration broke off, for ``reason``.
    ``order`` is ``None`` where fewer than two suites are accepted or it could not be told; then
    ``picks`` says what two orders of the same offer got. ``weaker_wins`` names a suite that won
    over a stronger one offered before it. ``extensions`` are the names of those echoed.
    ``sentinel`` is what the random says the server could do better.
    """

    version: str
    accepted: bool | None
    suite: str = ""
    group: str = ""
    alpn: str = ""
    reason: Reason | None = None
    detail: str = ""
    suites: tuple[str, ...] = ()
    is_complete: bool = True
    order: Order | None = None
    picks: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    sentinel: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether it is known which suites are accepted."""
        return self.accepted is False or (self.accepted is True and self.is_complete)


class ExchangeSeen(Struct, frozen=True, omit_defaults=True):
    """One kind of key exchange before TLS 1.3, as ServerKeyExchange showed it.

    ``asked`` is the hello that drew it: ``plain``, ``ffdhe`` (RFC 7919 groups listed), ``export``
    or ``anonymous`` (no certificate, a pre-shared key perhaps). ``prime`` is the name of a
    well-known prime, else the SHA-256 of an own one. ``publics`` is how many different public
    values came in how many ``handshakes``.
    """

    version: str
    kind: str
    asked: str = "plain"
    group: str = ""
    is_explicit: bool = False
    bits: int = 0
    prime: str = ""
    is_prime: bool = True
    handshakes: int = 1
    publics: int = 1
    scheme: str = ""


class Question(StrEnum):
    """What else is asked of a server; the answers' words are those of ``Sign``."""

    FALLBACK_SCSV = "fallback-scsv"
    SIGNATURE_HASH = "signature-hash"
    COMPRESSION = "compression"
    ALPN = "alpn"
    GREASE = "grease"
    LONG_HELLO = "long-hello"
    VERSION_TOLERANCE = "version-tolerance"
    HYBRID_PREFERENCE = "hybrid-preference"
    CLIENT_AUTH = "client-auth"
    EARLY_DATA = "early-data"
    TICKET_LIFETIME = "ticket-lifetime"
    TICKET_KEY = "ticket-key"
    TICKET_RESUMPTION = "ticket-resumption"
    ID_RESUMPTION = "id-resumption"
    ECH = "encrypted-client-hello"
    RENEGOTIATION = "client-renegotiation"
    POSSESSION = "possession"


class Sign(Struct, frozen=True, omit_defaults=True):
    """One answer: a word that the question defines, empty where ``reason`` says why not.

    ============================ ==========================================================
    fallback-scsv                alert number, or ``accepted``
    signature-hash               ``refused``, or the scheme that was signed with
    compression                  the method's number
    alpn                         the protocol chosen, ``none``, or ``refused``
    grease                       ``tolerated``, or the places that are not, with commas
    long-hello                   ``tolerated`` or ``refused``
    version-tolerance            ``tolerated`` or ``refused``
    hybrid-preference            ``yes`` or ``no``
    client-auth                  ``none``, ``requested`` or ``required``
    early-data                   max_early_data_size, ``none`` where tickets offer none
    ticket-lifetime              seconds, the longest; ``none`` without a ticket
    ticket-key                   a hash of the first 16 bytes of a ticket
    ticket-resumption            ``yes`` or ``no``
    id-resumption                ``yes`` or ``no``
    encrypted-client-hello       ``yes`` or ``no``
    client-renegotiation         ``refused``, or how many were accepted: ``secure 4``
    possession                   ``proved``, or ``wrong`` where a signature does not verify
    ============================ ==========================================================
    """

    question: Question
    answer: str = ""
    reason: Reason | None = None
    detail: str = ""


class GroupsSeen(Struct, frozen=True, omit_defaults=True):
    """The named groups accepted, TLS 1.3 and before together, in the order of their picks."""

    names: tuple[str, ...] = ()
    is_complete: bool = True
    reason: Reason | None = None
    detail: str = ""


def _try_versions(place: Place) -> str:
    return openssl(place, "-brief")


@kind(Level.ENDPOINT, command=_try_versions)
class TlsServer(Struct, frozen=True, omit_defaults=True):
    """What one address accepts, and how it behaves, asked by hellos of our own.

    ``other_protocol`` is set where something answers that is not TLS: then nothing was accepted.
    ``hello`` is the fullest hello that the server bears (tls.md 5.2). ``stopped`` is the reason
    where it stopped answering in the middle: what was learnt stands, the rest is unknown.
    ``is_mixed`` where the same hello was answered in two ways: several machines, and the lists are
    unions. ``peer`` is the address and port. ``connections`` in ``volatile`` is what it cost.
    """

    name: str
    protocols: tuple[ProtocolAnswer, ...]
    purpose: str = "web"
    other_protocol: str = ""
    groups: GroupsSeen = GroupsSeen()
    exchanges: tuple[ExchangeSeen, ...] = ()
    signs: tuple[Sign, ...] = ()
    hello: str = "everything"
    is_mixed: bool = False
    stopped: Reason | None = None
    same_as: str = ""
    peer: str = ""
    volatile: dict[str, int] = {}

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions accepted, newest first."""
        return tuple(one.version for one in self.protocols if one.accepted)

    @property
    def is_complete(self) -> bool:
        """Whether every version got an answer that settles it."""
        return all(one.accepted is not None for one in self.protocols)

    @property
    def knows_suites(self) -> bool:
        """Whether it is known which suites every version accepts."""
        return all(one.is_settled for one in self.protocols)

    @property
    def why(self) -> Reason:
        """Why something is not known of it: the first reason that was noted."""
        noted = (one.reason for one in self.protocols if not one.is_settled and one.reason)
        return self.stopped or next(noted, Reason.TIMEOUT)

    @property
    def lists(self) -> str:
        """The command that lists versions and suites, with a tool that is no part of this one."""
        return ssl_enum_ciphers(self.name, self.peer)

    def shown_by(self, flags: str, *, typed: str = "") -> str:
        """The command with which OpenSSL's client shows one behaviour."""
        return handshake(self.name, self.peer, self.purpose, flags, typed)

    @property
    def legacy(self) -> tuple[ProtocolAnswer, ...]:
        """The versions accepted before TLS 1.3, SSL 2.0 apart, newest first."""
        return tuple(
            one
            for one in self.protocols
            if one.accepted and one.version not in {"TLSv1.3", "SSLv2"}
        )

    @classmethod
    def accepting(cls, *versions: str, unknown: tuple[str, ...] = ()) -> TlsServer:
        """For examples: a server that takes these versions and refuses all others."""
        answers = tuple(
            ProtocolAnswer(one, None, reason=Reason.TIMEOUT, detail="no answer in time")
            if one in unknown
            else ProtocolAnswer(one, one in versions, detail="" if one in versions else "alert 70")
            for one in VERSIONS
        )
        return cls("www.agency.example", answers)

    @classmethod
    def taking(cls, **suites: tuple[str, ...]) -> TlsServer:
        """For examples: ``TLSv12=(…)`` and so on, each complete; other versions are refused."""
        named = {_version(key): value for key, value in suites.items()}
        answers = tuple(
            ProtocolAnswer(one, accepted=True, suite=named[one][0], suites=named[one])
            if one in named
            else ProtocolAnswer(one, accepted=False, detail="alert 70")
            for one in VERSIONS
        )
        return cls("www.agency.example", answers)

    def answering(self, *signs: Sign) -> TlsServer:
        """For examples: the same server, with these answers."""
        return replace(self, signs=(*self.signs, *signs))

    @classmethod
    def speaking(cls, other: str) -> TlsServer:
        """For examples: a port where something else than TLS answers."""
        return cls("www.agency.example", (), other_protocol=other)

    def answer(self, version: str) -> ProtocolAnswer:
        """What one version got; unknown where it was never asked."""
        return next(
            (one for one in self.protocols if one.version == version),
            ProtocolAnswer(version, None, reason=Reason.BUDGET_EXHAUSTED, detail="not asked"),
        )

    def sign(self, question: Question) -> Sign:
        """The answer to a question; unknown where it was never asked."""
        why = self.stopped or Reason.BUDGET_EXHAUSTED
        asked = (one for one in self.signs if one.question is question)
        return next(asked, Sign(question, reason=why, detail="not asked"))


def _version(word: str) -> str:
    """``TLSv12`` as ``TLSv1.2``: a keyword holds no point."""
    return f"{word[:5]}.{word[5:]}" if word.startswith("TLSv1") else word


class Verdict(StrEnum):
    """What one probe of a known flaw says."""

    VULNERABLE = "vulnerable"
    NOT_VULNERABLE = "not-vulnerable"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class Probe(Struct, frozen=True, omit_defaults=True):
    """One probe of a known flaw: its verdict, and what was heard, in words.

    ``grade`` tells strong and weak oracles, or firm and tentative answers, apart.
    """

    name: str
    verdict: Verdict
    detail: str = ""
    reason: Reason | None = None
    grade: str = ""
    heard: tuple[str, ...] = ()


@kind(Level.ENDPOINT, command=_try_versions)
class TlsFlaws(Struct, frozen=True, omit_defaults=True):
    """What harmless probes of known flaws heard, in an authorised run only.

    Nothing that a server sent back is kept but types, lengths and alert codes.
    """

    probes: tuple[Probe, ...]
    purpose: str = "web"

    def probe(self, name: str) -> Probe:
        """One probe; unknown where it was not sent."""
        asked = (one for one in self.probes if one.name == name)
        text = "it was not sent"
        return next(asked, Probe(name, Verdict.UNKNOWN, text, reason=Reason.BUDGET_EXHAUSTED))


@kind(Level.RUN)
class TrustStore(Struct, frozen=True):
    """The roots of the run, in DER: those that browsers trust, and further stores by name.

    ``is_replaced`` tells that others were given in the place of browsers' (a closed network).
    """

    public: tuple[bytes, ...]
    source: str
    extra: dict[str, tuple[bytes, ...]] = {}
    is_replaced: bool = False
