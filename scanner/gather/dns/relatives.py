"""The other known names of the organisational domain: through them a stranger may come in."""

from __future__ import annotations

from scanner.formats import dmarc
from scanner.formats.spoofing_ways import own_way
from scanner.gather.dns.delegation import MOST_SERVERS, delegated
from scanner.gather.dns.dmarc import walked
from scanner.gather.dns.names import any_name, asked, dead_name, gone
from scanner.gather.dns.spf import spf_tree
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import NotObservedError
from scanner.observation.dns import Presence
from scanner.observation.mail import DeadName, Relative, Relatives
from scanner.observation.name_server import Delegation
from scanner.targets import is_public_suffix

MOST_NAMES = 200


@gatherer(Relatives)
async def relatives(on: Context) -> Places:
    """Parents up to the organisational domain, and the inventory's other names below it.

    Their TXT records are asked anyway: they are targets themselves, or parents of the walk. Kept
    are names below the target, those that were not seen, and those through which somebody comes.
    """
    names = _names(on, await _organisation(on))
    found = [await _shared(on, one) for one in names]
    found += await _wildcard(on)
    kept = [one for one in found if _matters(one, on.target.host)]
    if zone := await _zone(on, on.target.host):
        kept.append(Relative(on.target.host, zone=zone))
    return {on.domain: on.observed(Relatives(tuple(kept), len(found)))}


def _matters(one: Relative, host: str) -> bool:
    if one.reason or one.dead or one.zone or one.name.endswith(f".{host}"):
        return True
    return own_way(one.spf) is not None


async def _shared(on: Context, name: str) -> Relative:
    return await on.shared.once(("relative", name), lambda: _see(on, name))


async def _organisation(on: Context) -> str:
    """The registrable domain; or what a record at a suffix makes one organisation of many (9.2)."""
    host, base = on.target.host, on.target.registrable
    seen = await walked(on, host)
    if not any(one.reason for one in seen.steps):
        found = dmarc.organisational(host, dmarc.usable(seen))
        if base.endswith(f".{found}"):
            return found
    return "" if is_public_suffix(base) else base


def _names(on: Context, base: str) -> list[str]:
    host = on.target.host
    if not base:
        return []
    labels = host.split(".")
    parents = [".".join(labels[start:]) for start in range(1, len(labels))]
    kept = [one for one in parents if one == base or one.endswith(f".{base}")]
    others = sorted(on.dialer.names_below(base) - {host, *kept})
    return [*kept, *others][:MOST_NAMES]


async def _see(on: Context, name: str) -> Relative:
    answer = await asked(on, name, "TXT")
    zone = await _zone(on, name)
    if isinstance(answer, NotObservedError):
        return Relative(name, reason=answer.reason, zone=zone)
    dead: tuple[DeadName, ...] = ()
    if answer.presence is Presence.NXDOMAIN and answer.aliases:
        dead = (await dead_name(on, answer.aliases[-1]),)
    if answer.presence is Presence.NXDOMAIN:
        return Relative(name, dead=dead, zone=zone)
    return Relative(name, await spf_tree(on, name), await walked(on, name), zone=zone)


async def _zone(on: Context, name: str) -> tuple[DeadName, ...]:
    """The name servers of the name's own zone that do not exist: who takes one answers for it.

    Where the zone itself does not say, its parent does, if that may be asked.
    """
    answer = await asked(on, name, "NS")
    names: tuple[str, ...] = ()
    if not isinstance(answer, NotObservedError):
        names = () if answer.aliases else answer.records
    elif on.settings.get("direct_dns") is not False and on.dialer.is_target(name):
        found = await delegated(on, name)
        if isinstance(found, Delegation) and found.zone == name:
            names = found.ns
    looked = [await gone(on, one, "A") for one in names[:MOST_SERVERS]]
    return tuple(one for one in looked if one)


async def _wildcard(on: Context) -> list[Relative]:
    """Any name that a wildcard below the target gives an SPF record."""
    seen = await any_name(on, on.target.host)
    if not seen.exists or not seen.texts:
        return []
    tree = await spf_tree(on, f"{seen.label}.{on.target.host}")
    return [Relative(f"*.{on.target.host}", tree, is_wildcard=True)] if tree.lookups else []
