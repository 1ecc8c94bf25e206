"""What to publish so that nobody else can send: exact records for a domain, in a safe order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.formats import spf_static
from scanner.formats.dmarc import Discovery, discover
from scanner.observation.mail import DmarcRecords, MailHosts, SpfRecords

LONGEST = 255
WEEKS = "read the reports for four weeks, until all mail of your own passes"


def steps(
    name: str,
    mail: MailHosts | None,
    spf: SpfRecords | None,
    policies: DmarcRecords | None,
    *,
    sends: bool | None,
) -> tuple[str, ...]:
    """Each step: a record as a zone file has it, or what is to be done before the next one."""
    made = _parked if sends is False else _sending
    every = tuple(made(name, mail, spf, discover(policies) if policies else Discovery()))
    return tuple(f"Step {number}: {text}" for number, text in enumerate(every, 1))


def record(owner: str, text: str) -> str:
    """A TXT record in a zone file: strings of at most 255 octets (RFC 1035 3.3)."""
    parts = [text[at : at + LONGEST] for at in range(0, len(text), LONGEST)]
    strings = " ".join(f'"{part}"' for part in parts)
    return f"{owner}. IN TXT {strings}"


def _parked(
    name: str, mail: MailHosts | None, spf: SpfRecords | None, seen: Discovery
) -> Iterator[str]:
    """A domain that sends nothing can do all of it today."""
    if spf is None or not spf_static.read(spf).is_null:
        yield f"publish {record(name, 'v=spf1 -all')} in place of any other SPF record"
    if mail is not None and not mail.hosts and mail.has_address:
        yield f"publish {name}. IN MX 0 . (it takes no mail)"
    yield from _reject(name, seen)


def _sending(
    name: str, mail: MailHosts | None, spf: SpfRecords | None, seen: Discovery
) -> Iterator[str]:
    """A domain with mail: close what is open, watch, then set aside, then refuse."""
    del mail
    yield from _spf(name, spf)
    effective = seen.effective
    policy = effective.policy if effective else ""
    reports = _reports(name, seen)
    if not policy:
        yield f"publish {record(f'_dmarc.{name}', f'v=DMARC1; p=none; {reports}')} and {WEEKS}"
    if policy in {"", "none"}:
        yield "sign all outgoing mail with DKIM (RSA, 2048 bits)"
        text = f"v=DMARC1; p=quarantine; {reports}"
        yield f"publish {record(f'_dmarc.{name}', text)} and {WEEKS}"
    yield from _reject(name, seen)


def _spf(name: str, spf: SpfRecords | None) -> Iterator[str]:
    reading = spf_static.read(spf) if spf else spf_static.Reading()
    if spf is None or reading.record is None:
        first = record(name, "v=spf1 mx -all")
        yield f"publish {first}, with a term for every other service that sends for you"
        return
    gone = {one.name for one in spf.dead}
    kept = [word for word in reading.text.split(" ") if word and not _names(word, gone)]
    closed = [word for word in kept if word.lower().lstrip("+-~?") != "all"]
    if reading.record.redirect and reading.all != "-":
        yield f"end the record of {reading.record.redirect}, which redirect names, in -all"
    elif reading.all != "-" or closed != [
        word for word in reading.text.split(" ") if word and word.lower().lstrip("+-~?") != "all"
    ]:
        ending = () if reading.record.redirect else ("-all",)
        yield f"publish {record(name, ' '.join((*closed, *ending)))}"


def _names(word: str, gone: set[str]) -> bool:
    """Whether a term leads to a name that does not exist."""
    target = re.split(r"[:=]", word, maxsplit=1)[-1].partition("/")[0]
    return target.lower().rstrip(".") in gone


def _reject(name: str, seen: Discovery) -> Iterator[str]:
    """The record at the end: without weaker policies for names below."""
    effective = seen.effective
    text = f"v=DMARC1; p=reject; sp=reject; np=reject; {_reports(name, seen)}"
    strict = effective is not None and not (
        {"t", "pct"} & set(effective.record.tags)
        or {effective.policy, effective.sub, effective.nonexistent} != {"reject"}
    )
    if not strict:
        yield f"publish {record(f'_dmarc.{name}', text)}"


def _reports(name: str, seen: Discovery) -> str:
    found = seen.effective.record.reports if seen.effective else ()
    return f"rua={','.join(found) or f'mailto:dmarc-reports@{name}'}"
