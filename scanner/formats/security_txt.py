"""security.txt (RFC 9116): its fields, what is none, and everything that is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from scanner.formats.proof import is_html

YEAR = timedelta(days=366)
BOM = "\ufeff"
SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE, END = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
# RFC 9116 2.5 and the IANA registry of its fields; CSAF was registered later.
WEB_FIELDS = ("acknowledgments", "canonical", "contact", "csaf", "encryption", "hiring", "policy")
KNOWN = frozenset({*WEB_FIELDS, "expires", "preferred-languages"})
OK = 200
UNSETTLED = frozenset({401, 403, 408, 425, 429})
MOST_DEFECTS = 40
_FIELD = re.compile(r"([!-9;-~]+)([ \t]*):(.*)", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}|[iIxX])(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_CHARSET = re.compile(r';[ \t]*charset[ \t]*=[ \t]*"?([^";, \t]+)', re.IGNORECASE)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


class Code(StrEnum):
    """What can be wrong with a file, or is worth a remark."""

    MISSING = "missing"
    LEGACY_LOCATION = "legacy-location"
    NOT_HTTPS = "not-https"
    NO_CONTACT = "no-contact"
    CONTACT_NOT_URI = "contact-not-uri"
    NO_EXPIRES = "no-expires"
    MULTIPLE_EXPIRES = "multiple-expires"
    INVALID_EXPIRES = "invalid-expires"
    EXPIRED = "expired"
    LONG_EXPIRY = "long-expiry"
    WEB_URI_NOT_HTTPS = "web-uri-not-https"
    NOT_URI = "not-uri"
    MULTIPLE_PREFERRED_LANGUAGES = "multiple-preferred-languages"
    INVALID_LANGUAGE = "invalid-language"
    CANONICAL_MISMATCH = "canonical-mismatch"
    NO_SPACE_AFTER_COLON = "no-space-after-colon"
    SPACE_BEFORE_COLON = "space-before-colon"
    EMPTY_VALUE = "empty-value"
    INVALID_LINE = "invalid-line"
    MISSING_LINE_END = "missing-line-end"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    CHARSET_NOT_UTF_8 = "charset-not-utf-8"
    CHARSET_NOT_DECLARED = "charset-not-declared"
    BYTE_ORDER_MARK = "byte-order-mark"
    NOT_UTF_8 = "not-utf-8"
    SIGNED_FORMAT = "signed-format"
    DATA_AFTER_SIGNATURE = "data-after-signature"
    SIGNED_WITHOUT_CANONICAL = "signed-without-canonical"
    SIGNATURE_NOT_VERIFIED = "signature-not-verified"
    UNKNOWN_FIELD = "unknown-field"


REMARKS = frozenset(
    {
        Code.LONG_EXPIRY,
        Code.CHARSET_NOT_DECLARED,
        Code.SIGNED_WITHOUT_CANONICAL,
        Code.SIGNATURE_NOT_VERIFIED,
        Code.UNKNOWN_FIELD,
    }
)


class Defect(Struct, frozen=True):
    """A code, and the line it is about: its number, from 1, and its text."""

    code: Code
    number: int = 0
    line: str = ""


class Line(Struct, frozen=True):
    """One field as it stands."""

    number: int
    name: str
    value: str
    text: str


class File(Struct, frozen=True):
    """A whole file, read: its fields in order and what is wrong with its lines."""

    lines: tuple[Line, ...]
    defects: tuple[Defect, ...]
    is_signed: bool

    def values(self, name: str) -> tuple[str, ...]:
        """The values of one field, by its lower-case name."""
        return tuple(one.value for one in self.lines if one.name == name)


def read(text: str) -> File:
    """Every field and every defect of the lines (RFC 9116 2.2, 2.3, 4)."""
    defects: list[Defect] = []
    if text.startswith(BOM):
        defects.append(Defect(Code.BYTE_ORDER_MARK, 1))
    text = text.removeprefix(BOM)
    if text and not text.endswith("\n"):
        defects.append(Defect(Code.MISSING_LINE_END, text.count("\n") + 1))
    numbered = [
        (number, line.removesuffix("\r"))
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1)
    ]
    is_signed = any(line.rstrip() == SIGNED for _, line in numbered)
    if is_signed:
        numbered, wrong = _signed(numbered)
        defects += wrong
    lines: list[Line] = []
    for number, line in numbered:
        if line.strip(" \t") and not line.startswith("#"):
            found, wrong_here = _field(number, line)
            lines += [found] if found else []
            defects += wrong_here
    return File(tuple(lines), tuple(defects[:MOST_DEFECTS]), is_signed)


def _signed(
    numbered: Sequence[tuple[int, str]],
) -> tuple[list[tuple[int, str]], list[Defect]]:
    """What is inside the signature, dash-escapes undone (RFC 4880 7.1)."""
    lines = [line.rstrip() for _, line in numbered]
    start = lines.index(SIGNED)
    begin = next((at + 1 for at in range(start, len(lines)) if not lines[at]), None)
    end = lines.index(SIGNATURE) if SIGNATURE in lines else None
    if start or begin is None or end is None or end < begin or END not in lines[end:]:
        inner = [(number, line) for number, line in numbered if not line.startswith("-----")]
        return [one for one in inner if not one[1].startswith("Hash:")], [
            Defect(Code.SIGNED_FORMAT, start + 1, SIGNED)
        ]
    last = lines.index(END, end)
    after = [at for at in range(last + 1, len(lines)) if lines[at]]
    wrong = [Defect(Code.DATA_AFTER_SIGNATURE, after[0] + 1, lines[after[0]])] if after else []
    return [(number, line.removeprefix("- ")) for number, line in numbered[begin:end]], wrong


def _field(number: int, line: str) -> tuple[Line | None, list[Defect]]:
    match = _FIELD.fullmatch(line)
    if not match:
        return None, [Defect(Code.INVALID_LINE, number, line)]
    name, blank, rest = match[1].lower(), match[2], match[3]
    value = rest.strip(" \t")
    wrong = []
    if blank:
        wrong.append(Defect(Code.SPACE_BEFORE_COLON, number, line))
    if not value:
        return None, [*wrong, Defect(Code.EMPTY_VALUE, number, line)]
    if not rest.startswith(" "):
        wrong.append(Defect(Code.NO_SPACE_AFTER_COLON, number, line))
    return Line(number, name, value, line), wrong


def fields(text: str) -> Mapping[str, tuple[str, ...]]:
    """Every field by its lower-case name."""
    found: dict[str, tuple[str, ...]] = {}
    for one in read(text).lines:
        found[one.name] = (*found.get(one.name, ()), one.value)
    return found


def is_page(text: str) -> bool:
    """Whether it is a web page that came in its place."""
    return is_html(text.encode())


def is_security_txt(text: str) -> bool:
    """Whether it was meant as one: a text with one of the two fields that are needed."""
    return not is_page(text) and bool(fields(text).keys() & {"contact", "expires"})


def is_absence(status: int, text: str) -> bool:
    """Whether an answer proves that nothing is there: a page of the site proves it as well."""
    if status == OK:
        return not is_security_txt(text)
    return 400 <= status < 500 and status not in UNSETTLED  # noqa: PLR2004 - RFC 9110 15.5


def contact_fault(file: File) -> Code | None:
    """RFC 9116 2.5.3: at least one contact, each a URI."""
    contacts = file.values("contact")
    if not contacts:
        return Code.NO_CONTACT
    return None if all(map(is_uri, contacts)) else Code.CONTACT_NOT_URI


def expiry(file: File, at: datetime) -> tuple[Code | None, datetime | None]:
    """RFC 9116 2.5.5: what is wrong with Expires at that time, and the time it names."""
    values = file.values("expires")
    if len(values) != 1:
        return (Code.MULTIPLE_EXPIRES if values else Code.NO_EXPIRES), None
    ends = timestamp(values[0])
    if ends is None:
        return Code.INVALID_EXPIRES, None
    if ends <= at:
        return Code.EXPIRED, ends
    return (Code.LONG_EXPIRY if ends - at > YEAR else None), ends


def syntax(
    file: File, *, content_type: str, urls: Sequence[str], is_utf8: bool
) -> Iterator[Defect]:
    """Everything wrong with the form of a file; ``urls`` are the first and the last retrieved."""
    yield from file.defects
    yield from _transport(content_type, is_utf8=is_utf8)
    for one in file.lines:
        yield from _value(one)
    languages = [one for one in file.lines if one.name == "preferred-languages"]
    if len(languages) > 1:
        yield _about(Code.MULTIPLE_PREFERRED_LANGUAGES, languages[1])
    canonical = file.values("canonical")
    if canonical and not {*canonical} & {*urls}:
        line = next(one for one in file.lines if one.name == "canonical")
        yield _about(Code.CANONICAL_MISMATCH, line)
    if file.is_signed:
        yield Defect(Code.SIGNATURE_NOT_VERIFIED)
        if not canonical:
            yield Defect(Code.SIGNED_WITHOUT_CANONICAL)


def _transport(content_type: str, *, is_utf8: bool) -> Iterator[Defect]:
    """RFC 9116 3: text/plain in UTF-8."""
    media = content_type.partition(";")[0].strip().lower()
    if media != "text/plain":
        yield Defect(Code.WRONG_CONTENT_TYPE, 0, content_type)
    elif not (charset := _CHARSET.search(content_type)):
        yield Defect(Code.CHARSET_NOT_DECLARED, 0, content_type)
    elif charset[1].lower() not in {"utf-8", "utf8"}:
        yield Defect(Code.CHARSET_NOT_UTF_8, 0, content_type)
    if not is_utf8:
        yield Defect(Code.NOT_UTF_8)


def _value(one: Line) -> Iterator[Defect]:
    if one.name in WEB_FIELDS:
        if one.value.lower().startswith("http://"):
            yield _about(Code.WEB_URI_NOT_HTTPS, one)
        elif one.name != "contact" and not is_uri(one.value):
            yield _about(Code.NOT_URI, one)
    elif one.name == "preferred-languages":
        tags = [tag.strip(" \t") for tag in one.value.split(",")]
        if not all(_LANGUAGE.fullmatch(tag) for tag in tags):
            yield _about(Code.INVALID_LANGUAGE, one)
    elif one.name not in KNOWN:
        yield _about(Code.UNKNOWN_FIELD, one)


def _about(code: Code, line: Line) -> Defect:
    return Defect(code, line.number, line.text)


def is_uri(value: str) -> bool:
    """Whether a value is a URI (RFC 3986 3): a bare mail address is none."""
    return bool(_URI.fullmatch(value))


def timestamp(value: str) -> datetime | None:
    """A date and time of RFC 3339; ``None`` for what is none."""
    if not _TIMESTAMP.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
