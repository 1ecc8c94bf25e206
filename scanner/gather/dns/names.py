"""Names that do not exist, names that nobody made: what several gatherers of mail ask."""

from __future__ import annotations

import secrets
import string

from msgspec import Struct

from scanner.gather.gatherer import Context
from scanner.observation import NotObservedError
from scanner.observation.dns import DnsAnswer, Presence
from scanner.observation.mail import DeadName
from scanner.targets import icann_registrable

LABEL = 16


async def dead_name(on: Context, name: str, via: str = "") -> DeadName:
    """A name that does not exist, and whether its domain is registered; unknown stays unknown."""
    domain = icann_registrable(name) or ""
    via = "" if via == name else via
    if not domain:
        return DeadName(name, via=via)
    if domain == name:
        return DeadName(name, domain, is_registered=False, via=via)
    try:
        answer = await on.resolver.ask(domain, "NS")
    except NotObservedError:
        return DeadName(name, domain, via=via)
    return DeadName(name, domain, answer.presence is not Presence.NXDOMAIN, via)


async def gone(on: Context, name: str, rdtype: str) -> DeadName | None:
    """What a name that does not exist comes to, or what it is an alias of; else ``None``."""
    answer = await asked(on, name, rdtype)
    if isinstance(answer, NotObservedError) or answer.presence is not Presence.NXDOMAIN:
        return None
    return await dead_name(on, answer.aliases[-1] if answer.aliases else name, name)


async def asked(on: Context, name: str, rdtype: str) -> DnsAnswer | NotObservedError:
    """An answer, or why there was none."""
    try:
        return await on.resolver.ask(name, rdtype)
    except NotObservedError as error:
        return error


async def random_label(on: Context, domain: str) -> str:
    """A label that nobody uses below a domain, the same for all who ask in this run."""

    async def make() -> str:
        return "".join(secrets.choice(string.ascii_lowercase) for _ in range(LABEL))

    return await on.shared.once(("random label", domain), make)


class AnyName(Struct, frozen=True):
    """What a name that nobody made gets below a domain (dns-and-mail 1.2)."""

    exists: bool | None
    texts: tuple[str, ...] = ()
    label: str = ""


async def any_name(on: Context, domain: str) -> AnyName:
    """Ask once per run for a random name: NXDOMAIN settles it; else there is a wildcard."""
    return await on.shared.once(("any name", domain), lambda: _any_name(on, domain))


async def _any_name(on: Context, domain: str) -> AnyName:
    label = await random_label(on, domain)
    name = f"{label}.{domain}"
    first = await asked(on, name, "A")
    if isinstance(first, NotObservedError):
        return AnyName(None, label=label)
    if first.presence is Presence.NXDOMAIN:
        return AnyName(exists=False, label=label)
    texts = await asked(on, name, "TXT")
    others = [first, texts, *[await asked(on, name, one) for one in ("AAAA", "MX")]]
    answers = [one for one in others if isinstance(one, DnsAnswer)]
    has_data = any(one.records for one in answers)
    if not has_data and len(answers) < len(others):
        return AnyName(None, label=label)
    found = texts.texts if isinstance(texts, DnsAnswer) else ()
    return AnyName(has_data, found, label)
