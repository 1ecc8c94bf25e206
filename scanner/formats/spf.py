"""SPF records: which terms there are, whether they are sound, how they end (RFC 7208)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from msgspec import Struct

from scanner.formats.error import FormatError

MOST_LOOKUPS = 10
LONGEST_DOMAIN = 253

_VERSION = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE | re.ASCII)
_NEARLY = re.compile(
    r"(?:\A|[^A-Za-z0-9])v[ \t]*=[ \t]*spf[ \t]*1|\A[^A-Za-z0-9]*spf1[ \t]",
    re.IGNORECASE | re.ASCII,
)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.ASCII)
_MECHANISM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9._-]*)([:/].*)?", re.ASCII)
_CIDR_AT_END = re.compile(r"(?:/\d{1,3})?(?://\d{1,3})?\Z", re.ASCII)
_DUAL_CIDR = re.compile(r"(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?", re.ASCII)
_MACRO = re.compile(
    r"%(?:\{[slodipvhSLODIPVH](?:0*[1-9]\d{0,2})?[rR]?[.\-+,/_=]*\}|%|_|-)", re.ASCII
)
_EXPLAINING = re.compile(
    r"%(?:\{[slodipvhcrtSLODIPVHCRT](?:0*[1-9]\d{0,2})?[rR]?[.\-+,/_=]*\}|%|_|-)", re.ASCII
)
_MACRO_AT_END = re.compile(r"%(?:\{[^}]*\}|%|_|-)\Z", re.ASCII)
_TOP_LABEL = re.compile(
    r"[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9]", re.ASCII
)
_LABELS = re.compile(r"[!-~]+", re.ASCII)
COSTLY = frozenset({"include", "a", "mx", "ptr", "exists"})
PLAIN = frozenset({"all", "ip4", "ip6"})


class Term(Struct, frozen=True):
    """One term: a mechanism with its qualifier, or a modifier (then ``qualifier`` is ``=``)."""

    name: str
    qualifier: str = "+"
    value: str = ""
    cidr: str = ""

    @property
    def text(self) -> str:
        """The term as it is quoted: without ``+``."""
        if self.qualifier == "=":
            return f"{self.name}={self.value}"
        sign = self.qualifier.removeprefix("+")
        return f"{sign}{self.name}{':' if self.value else ''}{self.value}{self.cidr}"

    @property
    def prefixes(self) -> tuple[int, int]:
        """The prefix lengths of ``a`` and ``mx``, IPv4 and IPv6 (RFC 7208 5.6)."""
        found = _DUAL_CIDR.fullmatch(self.cidr)
        four, six = (found[1], found[2]) if found else (None, None)
        return int(four or 32) if four != "0" else 0, int(six or 128) if six != "0" else 0

    @property
    def costs(self) -> bool:
        """Whether it counts towards the ten look-ups (RFC 7208 4.6.4)."""
        if self.qualifier == "=":
            return self.name == "redirect"
        return self.name in COSTLY


class Record(Struct, frozen=True):
    """A record whose syntax holds throughout (RFC 7208 4.6)."""

    terms: tuple[Term, ...]

    @property
    def all(self) -> Term | None:
        """The ``all`` that ends the evaluation, if there is one."""
        found = (one for one in self.terms if one.name == "all" and one.qualifier != "=")
        return next(found, None)

    @property
    def redirect(self) -> str:
        """The target of ``redirect``, which counts only without ``all`` (RFC 7208 6.1)."""
        found = [one.value for one in self.terms if one.qualifier == "=" and one.name == "redirect"]
        return found[0] if found and not self.all else ""

    @property
    def exp(self) -> str:
        """Where the explanation of a fail is found."""
        found = [one.value for one in self.terms if one.qualifier == "=" and one.name == "exp"]
        return found[0] if found else ""

    @property
    def evaluated(self) -> tuple[Term, ...]:
        """The mechanisms up to ``all``: those behind it never run (RFC 7208 5.1)."""
        kept: list[Term] = []
        for one in self.terms:
            if one.qualifier == "=":
                continue
            kept.append(one)
            if one.name == "all":
                break
        return tuple(kept)

    @property
    def is_null(self) -> bool:
        """Exactly ``v=spf1 -all`` after parsing: nobody sends."""
        found = self.evaluated
        return len(found) == 1 and found[0].name == "all" and found[0].qualifier == "-"

    @property
    def passes_nobody(self) -> bool:
        """No term can pass."""
        return not self.redirect and all(one.qualifier != "+" for one in self.evaluated)


def is_record(text: str) -> bool:
    """RFC 7208 4.5: the version, then a blank or the end."""
    return bool(_VERSION.match(text))


def is_near_miss(text: str) -> bool:
    """Whether a TXT record was meant as SPF and is none: a blank, a quote or a BOM before it."""
    return not is_record(text) and bool(_NEARLY.search(text))


def parse(text: str) -> Record:
    """Read a record; raise ``FormatError`` where every receiver must answer permerror."""
    terms = tuple(_term(word) for word in text.split(" ")[1:] if word)
    for name in ("redirect", "exp"):
        if sum(one.qualifier == "=" and one.name == name for one in terms) > 1:
            raise FormatError("{name} is given twice", name=name)
    return Record(terms)


def _term(word: str) -> Term:
    if not _LABELS.fullmatch(word):
        raise FormatError("the term {term} has a character that is not printable ASCII", term=word)
    if found := _MODIFIER.fullmatch(word):
        return _modifier(found[1].lower(), found[2], word)
    found = _MECHANISM.fullmatch(word)
    if not found:
        raise FormatError("{term} is no term", term=word)
    qualifier, name = found[1] or "+", found[2].lower()
    if name in {"ip4", "ip6"}:
        return _network(qualifier, name, word)
    if name not in COSTLY | PLAIN:
        raise FormatError("{term} is no mechanism of SPF", term=word)
    return _mechanism(name, qualifier, found[3] or "", word)


def _modifier(name: str, value: str, word: str) -> Term:
    if name in {"redirect", "exp"}:
        _domain(value, word)
    elif not _is_macro_string(value):
        raise FormatError("the macro in {term} is malformed", term=word)
    return Term(name, "=", value)


def _mechanism(name: str, qualifier: str, rest: str, word: str) -> Term:
    if name == "all" and rest:
        raise FormatError("{term}: all takes no value", term=word)
    cidr = ""
    if name in {"a", "mx"} and (found := _CIDR_AT_END.search(rest)):
        cidr = found[0]
    given = rest.removesuffix(cidr) if cidr else rest
    if given and not given.startswith(":"):
        raise FormatError("the prefix length of {term} is not one", term=word)
    if not _is_dual_cidr(cidr):
        raise FormatError("the prefix length of {term} is not one", term=word)
    if given or name in {"include", "exists"}:
        _domain(given.removeprefix(":"), word)
    return Term(name, qualifier, given.removeprefix(":"), cidr)


def _is_dual_cidr(text: str) -> bool:
    found = _DUAL_CIDR.fullmatch(text)
    return found is not None and int(found[1] or 0) <= 32 and int(found[2] or 0) <= 128  # noqa: PLR2004


def _network(qualifier: str, name: str, word: str) -> Term:
    _, colon, value = word.partition(":")
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise FormatError("{term} names no network", term=word) from None
    prefix = value.partition("/")[2]
    bad_prefix = "/" in value and not re.fullmatch(r"0|[1-9]\d{0,2}", prefix, re.ASCII)
    if not colon or "%" in value or network.version != int(name[2]) or bad_prefix:
        raise FormatError("{term} names no network", term=word)
    return Term(name, qualifier, value)


def _domain(value: str, word: str) -> None:
    """RFC 7208 7.1: a macro string that ends in a top label or a macro."""
    if not value or not _is_macro_string(value):
        raise FormatError("{term} names no domain", term=word)
    if _MACRO_AT_END.search(value):
        return
    before, dot, last = value.removesuffix(".").rpartition(".")
    if not (dot and before and _TOP_LABEL.fullmatch(last)):
        raise FormatError("{term} names no domain", term=word)


def _is_macro_string(value: str) -> bool:
    return "%" not in _MACRO.sub("", value)


def is_explanation(text: str) -> bool:
    """Whether the macros of an explanation are sound: it knows three letters more (7.2)."""
    return "%" not in _EXPLAINING.sub("", text)


def has_macro(value: str) -> bool:
    """Whether a name depends on the sender, so that it cannot be followed from here."""
    return "%" in value


def followed(texts: Iterable[str]) -> Iterator[str]:
    """The names whose records belong to the evaluation: includes and the redirect."""
    records = [text for text in texts if is_record(text)]
    if len(records) != 1:
        return
    try:
        record = parse(records[0])
    except FormatError:
        return
    names = [one.value for one in record.evaluated if one.name == "include"]
    for name in (*names, record.redirect):
        if name and not has_macro(name):
            yield name.lower().rstrip(".")


def networks(record: Record) -> tuple[IPv4Network | IPv6Network, ...]:
    """What ``ip4`` and ``ip6`` terms let pass."""
    return tuple(
        ip_network(one.value, strict=False)
        for one in record.evaluated
        if one.name in {"ip4", "ip6"} and one.qualifier == "+"
    )
