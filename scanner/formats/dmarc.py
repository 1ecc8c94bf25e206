"""DMARC records and the policy they give (RFC 9989, which replaces RFC 7489)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.message import Message
from scanner.observation import Reason
from scanner.observation.mail import DmarcRecords

POLICIES = ("none", "quarantine", "reject")
_LOWERED = {"reject": "quarantine", "quarantine": "none", "none": "none"}
_CANDIDATE = re.compile(r"^[ \t]*[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
LONG = 8


class Record(Struct, frozen=True):
    """A record as it is read: tag names in lower case; ``p`` is none where it is absent."""

    tags: Mapping[str, str]
    policy: str
    sub: str
    nonexistent: str
    reports: tuple[str, ...]
    bad_reports: tuple[str, ...]
    defects: tuple[str, ...]
    failure_reports: tuple[str, ...] = ()

    @property
    def is_test(self) -> bool:
        """``t=y``: receivers act one level lower (RFC 9989 4.7)."""
        return self.tags.get("t", "n").lower() == "y"

    @property
    def percent(self) -> int:
        """``pct`` of older receivers, 100 when absent or unreadable."""
        text = self.tags.get("pct", "100")
        return min(int(text), 100) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else 100

    @property
    def psd(self) -> str:
        """``y``, ``n`` or ``u``, which also stands for what is none of them."""
        return _psd(self)

    @property
    def is_spf_strict(self) -> bool:
        """``aspf=s``; everything else is relaxed (RFC 9989 4.7)."""
        return self.tags.get("aspf", "r").lower() == "s"

    @property
    def is_dkim_strict(self) -> bool:
        """``adkim=s``; everything else is relaxed (RFC 9989 4.7)."""
        return self.tags.get("adkim", "r").lower() == "s"

    @property
    def removed(self) -> tuple[str, ...]:
        """Tags of RFC 7489 that RFC 9989 knows no more; older receivers act on them."""
        return tuple(
            f"{name}={self.tags[name]}" for name in ("pct", "rf", "ri") if name in self.tags
        )

    def lowered(self, policy: str) -> str:
        """A policy after ``t=y``."""
        return _LOWERED[policy] if self.is_test else policy


def is_candidate(text: str) -> bool:
    """Whether a TXT record is a DMARC record at all (RFC 9989 4.7); all else is discarded."""
    return bool(_CANDIDATE.match(text))


_VERSION = re.compile(r"[ \t]*(?P<name>v)[ \t]*=[ \t]*(?P<value>DMARC1)", re.IGNORECASE | re.ASCII)


def discarded(text: str) -> Message:
    """Why a TXT record at ``_dmarc`` is no DMARC record (RFC 9989 4.7), without a full stop."""
    found = _VERSION.match(text)
    if found and found["value"] != "DMARC1":
        return Message("its version is {value}, and capitals matter", {"value": found["value"]})
    if found:
        return Message("no semicolon follows v=DMARC1")
    if re.search(r";[ \t]*v[ \t]*=[ \t]*DMARC1", text, re.ASCII):
        return Message("v=DMARC1 does not come first")
    return Message("it does not begin with v=DMARC1")


def parse(text: str) -> Record:
    """Read a record; raise ``FormatError`` where it is not usable."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        key = name.strip(" \t").lower()
        if not key and not equals:
            continue
        if not equals or not re.fullmatch(r"[a-z][a-z0-9_]*", key, re.ASCII):
            raise FormatError("{part} is no tag", part=part.strip()[:100])
        if key in tags:
            raise FormatError("the tag {tag} is given twice", tag=key)
        tags[key] = value.strip(" \t")
    good, bad = _reports(tags.get("rua", ""))
    return _read(tags, good, bad)


def _read(tags: Mapping[str, str], good: tuple[str, ...], bad: tuple[str, ...]) -> Record:
    """RFC 9989 4.10.1: a bad policy value with a report address is ``none``, else no record."""
    wrong = [
        f"{name}={tags[name]}"
        for name in ("p", "sp", "np")
        if name in tags and tags[name].lower() not in POLICIES
    ]
    if wrong and not good:
        raise FormatError(
            "{tag} is not a policy, and there is no address for reports", tag=wrong[0]
        )
    policy = "none" if wrong else tags.get("p", "none").lower()
    sub = policy if wrong else tags.get("sp", policy).lower()
    nonexistent = sub if wrong else tags.get("np", sub).lower()
    defects = tuple(f"{one} is not a policy" for one in wrong)
    if "p" not in tags:
        defects += ("p is missing",)
    failures, _ = _reports(tags.get("ruf", ""))
    return Record(tags, policy, sub, nonexistent, good, bad, defects, failures)


def _reports(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The usable report URIs, and what is none (a bare address lacks ``mailto:``)."""
    good: list[str] = []
    bad: list[str] = []
    for one in filter(None, (part.strip() for part in value.split(","))):
        uri = one.partition("!")[0]
        (good if _is_usable(uri) else bad).append(uri[:200])
    return tuple(good), tuple(bad)


def _is_usable(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    local, _, host = parts.path.rpartition("@")
    return parts.scheme.lower() == "mailto" and bool(local) and bool(_HOST.fullmatch(host))


def grants(texts: Iterable[str], host: str) -> bool:
    """Whether a host agrees to take reports: one record whose ``rua``, if any, is of the host."""
    found = [text for text in texts if is_candidate(text)]
    if len(found) != 1:
        return False
    parts = (part.partition("=") for part in found[0].split(";"))
    rua = next((value for name, _, value in parts if name.strip().lower() == "rua"), "")
    good, bad = _reports(rua)
    return not bad and all(uri.rpartition("@")[2].lower() == host for uri in good)


def walk(name: str) -> Iterator[str]:
    """The names asked, longest first: at most eight (RFC 9989 4.10)."""
    labels = name.split(".")
    yield name
    rest = labels[1:] if len(labels) < LONG else labels[-7:]
    while rest:
        yield ".".join(rest)
        rest = rest[1:]


def has_suffix_tag(texts: Iterable[str]) -> bool:
    """Whether the walk ends here: one record, with ``psd=y`` or ``psd=n``."""
    found = _only(tuple(texts))
    return found is not None and _psd(found) in {"y", "n"}


def _only(texts: tuple[str, ...]) -> Record | None:
    """The record of a name; several are none (RFC 9989 4.7), an unusable one is none."""
    if len(texts) != 1:
        return None
    try:
        return parse(texts[0])
    except FormatError:
        return None


class Effective(Struct, frozen=True):
    """The policy that applies to a name, and where it comes from (RFC 9989 4.10.1).

    ``sub`` and ``nonexistent`` are for names below it without a record of their own; they come from
    the organisational domain, never from a name between. Empty where that was not answered, or
    where no record applies to them (then ``below`` is empty too). ``record_below`` is that record.
    """

    record: Record
    owner: str
    policy: str
    sub: str
    nonexistent: str
    below: str = ""
    record_below: Record | None = None


class Discovery(Struct, frozen=True):
    """What the walk found: ``unknown`` names the step that could not be asked and could matter."""

    effective: Effective | None = None
    owner: str = ""
    unknown: str = ""
    reason: Reason | None = None
    organisation: str = ""
    below_unknown: Reason | None = None


def discover(records: DmarcRecords) -> Discovery:
    """The policy for the author domain: its own record, else its organisational domain's."""
    author = records.steps[0].name
    unknown = next((one for one in records.steps if one.reason), None)
    found = usable(records)
    if unknown and (unknown.name == author or author not in found):
        return Discovery(unknown=f"_dmarc.{unknown.name}: {unknown.reason}", reason=unknown.reason)
    organisation = "" if unknown else organisational(author, found)
    owner = author if author in found else _owner(author, found)
    if not owner:
        return Discovery(organisation=organisation)
    effective = _effective(author, owner, found, exists=records.exists, whole=unknown is None)
    return Discovery(
        effective,
        owner,
        organisation=organisation,
        below_unknown=unknown.reason if unknown else None,
    )


def usable(records: DmarcRecords) -> dict[str, Record]:
    """The names of the walk with a usable record, longest first."""
    return {one.name: record for one in records.steps if (record := _only(one.texts))}


def _owner(name: str, found: Mapping[str, Record]) -> str:
    """Whose record a name without one falls under: its organisation's, else the suffix's."""
    owner = organisational(name, found)
    if owner in found:
        return owner
    return next((one for one, record in found.items() if record.psd == "y"), "")


def old_policy(records: DmarcRecords) -> tuple[str, str]:
    """Whose record, and which policy, by RFC 7489: its own, else that of the listed domain.

    It knows neither np, nor psd, nor t; pct is told apart.
    """
    found = usable(records)
    author, organisation = records.steps[0].name, records.old_organisation
    if author in found:
        return author, found[author].policy
    if organisation in found:
        return organisation, found[organisation].sub
    return "", ""


def organisational(author: str, found: Mapping[str, Record]) -> str:
    """The organisational domain by the walk (RFC 9989 4.10.2); ``found`` longest name first."""
    names = sorted(found, key=lambda name: -name.count("."))
    for name in names:
        if _psd(found[name]) == "n":
            return name
        if _psd(found[name]) == "y" and name != author:
            below = author.removesuffix("." + name).rpartition(".")[2]
            return f"{below}.{name}"
    return names[-1] if names else author


def _psd(record: Record) -> str:
    value = record.tags.get("psd", "u").lower()
    return value if value in {"y", "n"} else "u"


def _effective(
    author: str, owner: str, found: Mapping[str, Record], *, exists: bool, whole: bool
) -> Effective:
    record = found[owner]
    inherited = record.sub if exists else record.nonexistent
    child = f"x.{author}"
    walked = {name: found[name] for name in walk(child) if name in found}
    below = _owner(child, walked) if whole else ""
    last = found[below] if below else None
    return Effective(
        record=record,
        owner=owner,
        policy=record.lowered(record.policy if owner == author else inherited),
        sub=last.lowered(last.sub) if last else "",
        nonexistent=last.lowered(last.nonexistent) if last else "",
        below=below,
        record_below=last,
    )


def step_down(policy: str) -> str:
    """One level less: reject, quarantine, none."""
    return _LOWERED[policy]


def is_weaker(policy: str, than: str) -> bool:
    """Whether one policy asks less of receivers than another."""
    return POLICIES.index(policy) < POLICIES.index(than)
