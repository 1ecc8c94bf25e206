"""check_host(): what a receiver makes of a sender, without a socket (RFC 7208 4 to 7).

A generator: it yields each ``Question`` and is sent its ``Reply``, so that the same code is driven
by a resolver, by a test's table, and by whoever wants to see the trace.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any, TypeAlias

from msgspec import Struct

from scanner.formats import spf
from scanner.formats.error import FormatError
from scanner.formats.spf_macro import Client, expand, expand_domain, needs_validated_name
from scanner.message import Message, Param

MOST_LOOKUPS = spf.MOST_LOOKUPS
MOST_VOID = 2
MOST_NAMES = 10
MOST_STEPS = 2_000
_LABEL = re.compile(r"[^.]{1,63}")
_EXPLANATION = re.compile(r"[\x20-\x7e]*")


class Result(StrEnum):
    """RFC 7208 2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


QUALIFIED = {
    "+": Result.PASS,
    "-": Result.FAIL,
    "~": Result.SOFTFAIL,
    "?": Result.NEUTRAL,
}


class Question(Struct, frozen=True):
    """What is asked of DNS next."""

    name: str
    rdtype: str


class Reply(Struct, frozen=True):
    """What DNS said: the values, none for an empty answer or a name that is not there.

    TXT strings joined, addresses as text, ``10 host`` for MX. ``failed`` says why none was heard.
    """

    values: tuple[str, ...] = ()
    failed: str = ""


class Step(Struct, frozen=True):
    """One line of the trace: at which depth, in whose record, which term, what came of it."""

    depth: int
    domain: str
    term: str
    said: Message
    lookups: int
    voids: int


class Evaluation(Struct, frozen=True):
    """The result, the mechanism that decided, why, and how it came to it."""

    result: Result
    domain: str
    mechanism: str = ""
    why: Message = Message("")
    explanation: str = ""
    trace: tuple[Step, ...] = ()
    lookups: int = 0
    voids: int = 0


class _Decided(Struct, frozen=True):
    result: Result
    domain: str = ""
    mechanism: str = ""
    record: spf.Record | None = None


class _StopError(Exception):
    def __init__(self, result: Result, template: str, **params: Param) -> None:
        super().__init__(template)
        self.result = result
        self.why = Message(template, params)


T: TypeAlias = Generator[Question, Reply, Any]


def is_name(name: str) -> bool:
    """A name that can be asked for: labels of 1 to 63, at least two of them (RFC 7208 4.3)."""
    labels = name.removesuffix(".").split(".")
    return (
        len(labels) > 1
        and len(name) <= 253  # noqa: PLR2004 - RFC 1035 2.3.4, as text
        and all(map(_LABEL.fullmatch, labels))
    )


def check_host(
    client: Client, *, domain: str = "", default: str = ""
) -> Generator[Question, Reply, Evaluation]:
    """Judge a sender, by its own domain or by another (HELO's).

    ``default`` is the explanation where the domain gives none.
    """
    made = _Evaluator(client)
    name = domain or client.domain
    try:
        found: _Decided = yield from made.judge(name, 0)
    except _StopError as stop:
        return made.told(_Decided(stop.result, name), stop.why, "")
    explanation = ""
    if found.result is Result.FAIL:
        explanation = (yield from made.explain(found)) or default
    return made.told(found, _reason(found), explanation)


def _reason(found: _Decided) -> Message:
    if found.result is Result.NONE:
        return Message("{domain} has no SPF record.", {"domain": found.domain})
    if not found.mechanism:
        return Message("No term of the record matches.")
    return Message(
        "{term} in the record of {domain} matches.",
        {"term": found.mechanism, "domain": found.domain},
    )


class _Evaluator:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.lookups = 0
        self.voids = 0
        self.trace: list[Step] = []

    def told(self, found: _Decided, why: Message, explanation: str) -> Evaluation:
        return Evaluation(
            found.result,
            found.domain,
            found.mechanism,
            why,
            explanation,
            tuple(self.trace),
            self.lookups,
            self.voids,
        )

    def say(self, depth: int, domain: str, term: str, template: str, **params: str) -> None:
        if len(self.trace) < MOST_STEPS:
            said = Message(template, dict(params))
            self.trace.append(Step(depth, domain, term, said, self.lookups, self.voids))

    def judge(self, domain: str, depth: int) -> T:
        """check_host() of one domain."""
        if not is_name(domain):
            self.say(depth, domain, "", "It is no domain name.")
            return _Decided(Result.NONE, domain)
        record = yield from self.record(domain, depth)
        if record is None:
            return _Decided(Result.NONE, domain)
        for term in record.evaluated:
            if (yield from self.matches(term, domain, depth)):
                result = QUALIFIED[term.qualifier]
                self.say(depth, domain, term.text, "It matches: {result}.", result=result)
                return _Decided(result, domain, term.text, record)
            self.say(depth, domain, term.text, "It does not match.")
        if record.redirect:
            return (yield from self.redirected(record.redirect, domain, depth))
        return _Decided(Result.NEUTRAL, domain, "", record)

    def record(self, domain: str, depth: int) -> T:
        reply = yield from self.ask(domain, "TXT")
        texts = [text for text in reply.values if spf.is_record(text)]
        if len(texts) > 1:
            raise _StopError(
                Result.PERMERROR, "{domain} has {n} SPF records.", domain=domain, n=len(texts)
            )
        if not texts:
            self.say(depth, domain, "", "It has no SPF record.")
            return None
        self.say(depth, domain, "", "Its record is {text}", text=texts[0][:500])
        try:
            return spf.parse(texts[0])
        except FormatError as error:
            raise _StopError(
                Result.PERMERROR,
                "The record of {domain} is faulty: {why}.",
                domain=domain,
                why=error.message,
            ) from None

    def redirected(self, target: str, domain: str, depth: int) -> T:
        self.spend(f"redirect={target}")
        name = yield from self.name(target, domain)
        self.say(depth, domain, f"redirect={target}", "It goes on at {name}.", name=name)
        found: _Decided = yield from self.judge(name, depth + 1)
        if found.result is Result.NONE:
            raise _StopError(
                Result.PERMERROR, "{name}, the target of redirect, has no SPF record.", name=name
            )
        return found

    def ask(self, name: str, rdtype: str) -> T:
        reply: Reply = yield Question(name, rdtype)
        if reply.failed:
            raise _StopError(
                Result.TEMPERROR,
                "{name} {rdtype} was not answered ({why}).",
                name=name,
                rdtype=rdtype,
                why=reply.failed,
            )
        return reply

    def spend(self, term: str) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise _StopError(
                Result.PERMERROR, "{term} is the eleventh look-up, and ten are allowed.", term=term
            )

    def look(self, name: str, rdtype: str) -> T:
        """Ask for a mechanism: an empty answer is a void look-up (RFC 7208 4.6.4)."""
        reply: Reply = (yield from self.ask(name, rdtype)) if is_name(name) else Reply()
        if not reply.values:
            self.voids += 1
            if self.voids > MOST_VOID:
                raise _StopError(
                    Result.PERMERROR,
                    "{name} {rdtype} is the third look-up without an answer, and two are allowed.",
                    name=name,
                    rdtype=rdtype,
                )
        return reply

    def name(self, value: str, domain: str) -> T:
        validated = "unknown"
        if needs_validated_name(value):
            names = yield from self.validated()
            validated = _preferred(names, domain)
        return expand_domain(value, self.client, domain, validated=validated)

    def matches(self, term: spf.Term, domain: str, depth: int) -> T:  # noqa: PLR0911 - a table
        if term.name == "all":
            return True
        if term.name in {"ip4", "ip6"}:
            network = ip_network(term.value, strict=False)
            return self.client.address in network
        self.spend(term.text)
        name = (yield from self.name(term.value, domain)) if term.value else domain
        match term.name:
            case "include":
                return (yield from self.included(name, depth))
            case "a":
                found = yield from self.addresses(name)
                return self.within(found, term)
            case "mx":
                return (yield from self.mail_hosts(name, term))
            case "exists":
                return bool((yield from self.look(name, "A")).values)
            case _:
                names = yield from self.validated()
                return any(_is_below(one, name) for one in names)

    def included(self, name: str, depth: int) -> T:
        found: _Decided = yield from self.judge(name, depth + 1)
        if found.result is Result.NONE:
            raise _StopError(
                Result.PERMERROR, "{name}, which is included, has no SPF record.", name=name
            )
        return found.result is Result.PASS

    def addresses(self, name: str) -> T:
        reply: Reply = yield from self.look(name, "AAAA" if self.client.is_ipv6 else "A")
        return reply.values

    def within(self, addresses: tuple[str, ...], term: spf.Term) -> bool:
        """Whether the client is in one of the networks that addresses and prefix name."""
        four, six = term.prefixes
        prefix = six if self.client.is_ipv6 else four
        return any(
            self.client.address in ip_network(f"{ip_address(one)}/{prefix}", strict=False)
            for one in addresses
        )

    def mail_hosts(self, name: str, term: spf.Term) -> T:
        reply: Reply = yield from self.look(name, "MX")
        hosts = [one.partition(" ")[2] for one in sorted(reply.values, key=_preference)]
        if len(hosts) > MOST_NAMES:
            raise _StopError(
                Result.PERMERROR,
                "{name} has {n} mail hosts, and ten are allowed.",
                name=name,
                n=len(hosts),
            )
        for host in hosts:
            if not is_name(host):
                continue
            found = yield from self.addresses(host)
            if self.within(found, term):
                return True
        return False

    def validated(self) -> T:
        """The names of the client's address that lead back to it (5.5); errors are none."""
        reply: Reply = yield Question(self.client.address.reverse_pointer, "PTR")
        if not reply.failed and not reply.values:
            self.voids += 1
        names = []
        for one in reply.values[:MOST_NAMES]:
            name = one.removesuffix(".")
            if not is_name(name):
                continue
            back: Reply = yield Question(name, "AAAA" if self.client.is_ipv6 else "A")
            if any(ip_address(address) == self.client.address for address in back.values):
                names.append(name.lower())
        return tuple(names)

    def explain(self, found: _Decided) -> T:
        """The explanation of the record that decided; what fails there changes nothing (6.2)."""
        exp = found.record.exp if found.record else ""
        if not exp:
            return ""
        name = yield from self.name(exp, found.domain)
        reply: Reply = yield Question(name, "TXT")
        if len(reply.values) != 1 or not _EXPLANATION.fullmatch(reply.values[0]):
            return ""
        if not spf.is_explanation(reply.values[0]):
            return ""
        validated = "unknown"
        if needs_validated_name(reply.values[0]):
            validated = _preferred((yield from self.validated()), found.domain)
        return expand(reply.values[0], self.client, found.domain, validated=validated)


def _preference(record: str) -> int:
    return int(record.partition(" ")[0])


def _is_below(name: str, domain: str) -> bool:
    domain = domain.lower().removesuffix(".")
    return name == domain or name.endswith("." + domain)


def _preferred(names: tuple[str, ...], domain: str) -> str:
    """The domain itself, else a name below it, else any (RFC 7208 7.3)."""
    exact = [one for one in names if one == domain.lower()]
    below = [one for one in names if _is_below(one, domain)]
    return next(iter((*exact, *below, *names)), "unknown")
