"""What can be said where no name server was heard directly. Pure."""

from __future__ import annotations

from scanner.message import Message
from scanner.observation import Every, Inapplicable, Observed, Reason, Unobserved
from scanner.observation.name_server import AuthoritativeServer


def unheard(servers: Every[AuthoritativeServer]) -> Message | Reason | None:
    """Why none was heard: a sentence where there is none to hear; ``None`` where one was."""
    seen = [one.observation for one in servers.seen]
    if any(isinstance(one, Observed) for one in seen):
        return None
    match seen[0] if seen else None:
        case Inapplicable() as one:
            return one.why
        case Unobserved() as one:
            return one.reason
        case _:
            return Reason.DEPENDENCY_MISSING
