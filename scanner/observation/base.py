"""What every observation has in common: its place, its time, or the reason why it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct

from scanner.message import Message

T = TypeVar("T")


class Reason(StrEnum):
    """Why something could not be seen. It says nothing, good or bad, of the target.

    A closed list (ARCHITECTURE.md, Decisions 7). The last three exist only for controls.
    """

    NO_SUCH_NAME = "no-such-name"
    SERVFAIL = "servfail"
    BOGUS = "bogus"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TLS_HANDSHAKE_FAILED = "tls-handshake-failed"
    MALFORMED_REPLY = "malformed-reply"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate-limited"
    BUDGET_EXHAUSTED = "budget-exhausted"
    OUT_OF_SCOPE = "out-of-scope"
    NOT_AUTHORISED = "not-authorised"
    DEPENDENCY_MISSING = "dependency-missing"
    NOT_SUPPORTED_BY_US = "not-supported-by-us"
    FACT_UNKNOWN = "fact-unknown"
    STALE_EVIDENCE = "stale-evidence"
    NOT_SELECTED = "not-selected"


class Role(StrEnum):
    """What a subject is, in the words of the profile schema."""

    DOMAIN = "domain"
    HOST = "host"
    WEB = "web"
    MAIL = "mail"
    NAME_SERVER = "name-server"


class Level(IntEnum):
    """How fine a kind of observation is: each level lies inside the one before it."""

    RUN = 0
    TARGET = 1
    HOST = 2
    SERVICE = 3
    ENDPOINT = 4


class Subject(Struct, frozen=True, order=True):
    """What a finding is about. ``text`` is its key in store, exports and anchors."""

    role: Role
    host: str
    port: int | None = None

    @property
    def text(self) -> str:
        """``web:www.agency.example:443``, ``name-server:ns1.agency.example``."""
        return f"{self.role}:{self.host}" + (f":{self.port}" if self.port else "")

    @classmethod
    @lru_cache(maxsize=1 << 14)
    def from_text(cls, text: str) -> Subject:
        """Read ``text`` back."""
        role, _, rest = text.partition(":")
        host, _, port = rest.partition(":")
        return cls(Role(role), host, int(port) if port else None)


class Place(NamedTuple):
    """Where an observation was made: a subject, and the address where it is an endpoint's."""

    subject: Subject
    address: str | None = None


class Observed(Struct, Generic[T], frozen=True):
    """A value, when it was seen (UTC), and at which peer (``192.0.2.7:443``)."""

    value: T
    at: datetime
    peer: str = ""


class Unobserved(Struct, frozen=True):
    """The place of a value that could not be had.

    ``reached`` tells whether the peer ever accepted a connection: an address that never did is
    named under *Not tested* and decides nothing where another address answered (Decisions 3).
    ``defect`` is set where the scanner itself failed: then the outcome is an error, not a reason.
    """

    reason: Reason
    detail: str = ""
    at: datetime | None = None
    reached: bool = False
    defect: str = ""


class Inapplicable(Struct, frozen=True):
    """The place of a value that proves not to exist: ``why`` names the fact that proves it.

    A name without MX has no mail server to look at; that is neither unseen nor wrong.
    """

    why: Message
    at: datetime | None = None


Observation: TypeAlias = Observed[Any] | Unobserved | Inapplicable
Found: TypeAlias = Mapping[type, Mapping[Place, Observation]]


class NotObservedError(Exception):
    """Raised while gathering: the value could not be had, for this reason of the closed list."""

    def __init__(self, reason: Reason, detail: str = "", *, reached: bool = False) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.reached = reached


class Kind(NamedTuple):
    """What the engine must know of a type of observation."""

    type: type
    level: Level
    command: Callable[[Place], str]


KINDS: dict[str, Kind] = {}


def kind(
    level: Level, *, command: Callable[[Place], str] = lambda _: ""
) -> Callable[[type[T]], type[T]]:
    """Declare a Struct as a kind of observation of this level.

    ``command`` gives the one command with which an administrator can see it for himself.
    """

    def declare(cls: type[T]) -> type[T]:
        if KINDS.setdefault(cls.__name__, declared := Kind(cls, level, command)) != declared:
            message = f"two kinds of observation are called {cls.__name__}"
            raise TypeError(message)
        return cls

    return declare


class Previous(Struct, Generic[T], frozen=True):
    """What was seen at the same place by the run before this one of the same audit.

    ``observation`` is ``None`` where that run did not look there; ``run`` is its id, empty where
    there was none. The run is fixed when a run begins, so that re-judging reads the same one.
    """

    observation: Observed[T] | Unobserved | Inapplicable | None = None
    run: str = ""


class Seen(NamedTuple, Generic[T]):
    """One place of a kind, with what was or was not seen there."""

    place: Place
    observation: Observed[T] | Unobserved | Inapplicable


class Every(Struct, Generic[T], frozen=True):
    """All subjects of one kind in the target, the missing ones included."""

    seen: tuple[Seen[T], ...] = ()

    @property
    def values(self) -> tuple[T, ...]:
        """What was observed, without the missing ones, in the order of the places."""
        seen = (one.observation for one in self.seen)
        return tuple(one.value for one in seen if isinstance(one, Observed))

    def at(self, subject: Subject) -> tuple[Seen[T], ...]:
        """The places of one subject: its endpoints, or the subject itself."""
        return tuple(one for one in self.seen if one.place.subject == subject)

    def on(self, host: str) -> tuple[Seen[T], ...]:
        """The places of one host."""
        return tuple(one for one in self.seen if one.place.subject.host == host)
