"""Whether a dead name can be had by a stranger, and how surely (dns-and-mail 6). Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

import msgspec
import re2

from scanner.dated import dated_list
from scanner.observation.takeover import RecordTarget, Service, TakeoverServices, TargetState
from scanner.suffixes import suffixes

RESTRICTED = frozenset({"gov", "mil", "edu", "int", "arpa"})
# RFC 6761, 6762, 7686, 8375, 9476: nobody registers below these.
SPECIAL = frozenset(
    {"alt", "example", "internal", "invalid", "local", "localhost", "onion", "test"}
)
VULNERABLE, EDGE = "Vulnerable", "Edge case"
# Providers at whose servers anyone may create any zone.
OPEN_DNS_PROVIDERS = frozenset(
    {
        "digitalocean.com",
        "linode.com",
        "dnsimple.com",
        "he.net",
        "vultr.com",
        "hetzner.com",
        "hetzner.de",
        "your-server.de",
        "name.com",
        "dnsmadeeasy.com",
        "nsone.net",
        "googledomains.com",
    }
)
_S3 = re.compile(r"(?:^|\.)s3(?:-website)?[.-][a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com$", re.ASCII)


class Proof(StrEnum):
    """What is proved of a name that a record points to."""

    SOUND = "sound"
    UNKNOWN = "unknown"
    DOMAIN_FREE = "domain-free"
    SERVICE = "service"
    SERVICE_EDGE = "service-edge"
    PAGE = "page"
    PAGE_EDGE = "page-edge"
    ZONE_FREE = "zone-free"
    DEAD = "dead"
    INTERNAL = "internal"


class Verdict(NamedTuple):
    """The proof, and the service that it is about."""

    proof: Proof
    service: str = ""


@dated_list(name="takeover-services", file="dns/takeover_services.json")
def read(data: bytes) -> TakeoverServices:
    """Read the table; ``ValueError`` where it is none."""
    try:
        found = msgspec.json.decode(data, type=TakeoverServices)
    except msgspec.DecodeError as error:
        message = f"no table of services ({error})"
        raise ValueError(message) from None
    if not found.services:
        raise ValueError("it holds no service")
    return found


def verdict(one: RecordTarget, table: TakeoverServices) -> Verdict:
    """What is proved: NODATA, SERVFAIL and silence prove nothing."""
    if one.state is TargetState.UNKNOWN:
        return Verdict(Proof.UNKNOWN)
    if one.refused:
        return Verdict(Proof.ZONE_FREE, ", ".join(one.refused))
    if one.state is not TargetState.NXDOMAIN:
        return _by_page(one, table)
    return Verdict(Proof.INTERNAL) if one.is_ours else _dead(one, table)


def _dead(one: RecordTarget, table: TakeoverServices) -> Verdict:
    """A name that does not exist: free by registration, handed out by a service, or just dead."""
    if not one.is_registered and is_open(one.registrable):
        return Verdict(Proof.UNKNOWN if one.is_registered is None else Proof.DOMAIN_FREE)
    service = next(iter(matching(one.target, table)), None)
    if service and one.is_registered and service.detected_by_nxdomain:
        by_status = {VULNERABLE: Proof.SERVICE, EDGE: Proof.SERVICE_EDGE}
        return Verdict(by_status.get(service.status, Proof.DEAD), service.service)
    return Verdict(Proof.DEAD)


def _by_page(one: RecordTarget, table: TakeoverServices) -> Verdict:
    known = {each.service: each for each in table.services}
    for name in one.services:
        status = known[name].status if name in known else ""
        if status == VULNERABLE:
            return Verdict(Proof.PAGE, name)
        if status == EDGE:
            return Verdict(Proof.PAGE_EDGE, name)
    return Verdict(Proof.SOUND)


def is_open(domain: str) -> bool:
    """Whether a stranger may register the domain: not below gov, mil.pk, test, a typing error."""
    suffix = domain.partition(".")[2]
    if not suffix:
        return False
    labels = suffix.split(".")
    if labels[0] in RESTRICTED or labels[-1] in RESTRICTED or labels[-1] in SPECIAL:
        return False
    return _is_listed(labels[-1])


def _is_listed(ending: str) -> bool:
    listed = suffixes(ending, only_icann=True).publicsuffix(ending, accept_unknown=False)
    return listed is not None


def matching(target: str, table: TakeoverServices) -> tuple[Service, ...]:
    """The services that a name belongs to, on label boundaries; one without a suffix never."""
    return tuple(one for one in table.services if _belongs(target, one))


def _belongs(target: str, service: Service) -> bool:
    suffixes = (*service.cname_suffixes, *service.cname_suffixes_added)
    if service.service == "AWS/S3" and _S3.search(target):
        return True
    return any(target == one or target.endswith(f".{one}") for one in suffixes)


def is_page_of(service: Service, text: str) -> bool:
    """Whether a page is the one that the service shows for names nobody has claimed.

    All markers must stand in it, or the pattern must match; a service without either never does.
    """
    if service.page_regex:
        try:
            return bool(re2.search(service.page_regex, text))
        except re2.error:
            return False
    return bool(service.page_markers) and all(one in text for one in service.page_markers)


def provider_of(server: str) -> str:
    """The provider of a name server at which anyone may create zones; empty for any other."""
    return next((one for one in sorted(OPEN_DNS_PROVIDERS) if server.endswith(f".{one}")), "")


SPF_TERM = re.compile(
    r"[+?~-]?(?P<name>include|exists|a|mx|redirect)[:=](?P<target>[^\s/%]+)(?:/\S*)?",
    re.ASCII | re.IGNORECASE,
)


class SpfTarget(NamedTuple):
    """A name that an SPF record refers to, and the type that is asked of it."""

    term: str
    target: str
    rdtype: str


def spf_targets(text: str) -> tuple[SpfTarget, ...]:
    """The macro-free names of a record's terms (RFC 7208 5, 6.1)."""
    found = []
    for term in text.split()[1:]:
        match = SPF_TERM.fullmatch(term)
        if match is None or "%" in term:
            continue
        rdtype = {"mx": "MX", "a": "A", "exists": "A"}.get(match["name"].lower(), "TXT")
        found.append(SpfTarget(term, match["target"].lower().rstrip("."), rdtype))
    return tuple(found)
