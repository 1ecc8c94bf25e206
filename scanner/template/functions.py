"""The functions of the template language (exposure.md 4.5), by the names that templates use."""

from __future__ import annotations

import base64 as base64_codec
import binascii
import hashlib
import html
import re
import secrets
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import re2

MOST_TEXT = 4 << 20
MOST_RANDOM = 4096


class DslError(ValueError):
    """An expression that has no value here: an unknown name, a wrong argument."""


def text(value: Any) -> str:  # noqa: ANN401 - texts, numbers, booleans, lists
    """A value as text: whole numbers without a point, bytes as UTF-8 with U+FFFD."""
    match value:
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e21:  # noqa: PLR2004 - as Go writes it
            return str(int(value))
        case list() | tuple():
            return "[" + " ".join(map(text, value)) + "]"
        case _:
            return str(value)


def raw(value: Any) -> bytes:  # noqa: ANN401 - see text
    """A value as bytes: a body stays what it was."""
    return value if isinstance(value, bytes) else text(value).encode("utf-8", "surrogatepass")


def number(value: Any) -> float:  # noqa: ANN401 - see text
    """A value as a number; a text must be one."""
    if isinstance(value, bool):
        message = "a number was expected"
        raise DslError(message)
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(text(value).strip())
    except ValueError:
        message = f"{text(value)[:40]!r} is no number"
        raise DslError(message) from None


def whole(value: Any) -> int:  # noqa: ANN401 - see text
    """A value as a whole number."""
    made = number(value)
    if made != made or abs(made) > 1e12:  # noqa: PLR0124, PLR2004 - not a number, or absurd
        message = "a smaller number was expected"
        raise DslError(message)
    return int(made)


@lru_cache(maxsize=16_384)
def pattern(source: str) -> Any:  # noqa: ANN401 - the library has no types
    """A compiled RE2 pattern; raises ``DslError``."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except (re2.error, ValueError) as error:
        message = f"{source[:60]!r} is no pattern of RE2 ({error})"
        raise DslError(message) from None


def search(source: Any, value: Any) -> bool:  # noqa: ANN401 - see text
    """Whether a pattern is found."""
    return pattern(text(source)).search(text(value)) is not None


def _hashed(name: str) -> Callable[[Any], str]:
    return lambda value: hashlib.new(name, raw(value), usedforsecurity=False).hexdigest()


def mmh3(value: Any) -> str:  # noqa: ANN401 - see text
    """MurmurHash3 x86 32 with seed 0, as signed decimal text."""
    data = raw(value)
    mask = 0xFFFFFFFF
    mixed = 0
    whole_words = len(data) // 4 * 4
    for place in range(0, whole_words, 4):
        word = int.from_bytes(data[place : place + 4], "little") * 0xCC9E2D51 & mask
        word = (word << 15 | word >> 17) & mask
        mixed ^= word * 0x1B873593 & mask
        mixed = (mixed << 13 | mixed >> 19) & mask
        mixed = mixed * 5 + 0xE6546B64 & mask
    if rest := data[whole_words:]:
        word = int.from_bytes(rest, "little") * 0xCC9E2D51 & mask
        word = (word << 15 | word >> 17) & mask
        mixed ^= word * 0x1B873593 & mask
    mixed ^= len(data)
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B & mask
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & mask
    mixed ^= mixed >> 16
    return str(mixed - (1 << 32) if mixed >> 31 else mixed)


def base64_py(value: Any) -> str:  # noqa: ANN401 - see text
    """Base64 with a line break after every 76 characters and at the end."""
    encoded = base64_codec.b64encode(raw(value)).decode()
    return "".join(f"{encoded[place : place + 76]}\n" for place in range(0, len(encoded), 76))


def _base64_decode(value: Any) -> bytes:  # noqa: ANN401 - see text
    try:
        return base64_codec.b64decode(raw(value), validate=True)
    except binascii.Error:
        message = "no base64"
        raise DslError(message) from None


def _hex_decode(value: Any) -> bytes:  # noqa: ANN401 - see text
    try:
        return binascii.unhexlify(raw(value))
    except binascii.Error:
        message = "no hex"
        raise DslError(message) from None


def _replace_regex(value: Any, source: Any, new: Any) -> str:  # noqa: ANN401 - see text
    wanted = re.sub(r"\$\{?(\d)\}?", r"\\\1", text(new).replace("\\", "\\\\"))
    try:
        made: str = pattern(text(source)).sub(wanted, text(value))
    except (re2.error, IndexError) as error:
        raise DslError(str(error)) from None
    return made


def _substr(value: Any, start: Any, end: Any = None) -> str:  # noqa: ANN401 - see text
    whole_text = text(value)
    first = whole(start)
    last = len(whole_text) if end is None else whole(end)
    if not 0 <= first <= last <= len(whole_text):
        message = "outside of the text"
        raise DslError(message)
    return whole_text[first:last]


def _repeat(value: Any, times: Any) -> str:  # noqa: ANN401 - see text
    count = whole(times)
    if count < 0 or count * len(text(value)) > MOST_TEXT:
        message = "repeated too often"
        raise DslError(message)
    return text(value) * count


def _joined(separator: Any, *values: Any) -> str:  # noqa: ANN401 - see text
    items = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return text(separator).join(map(text, items))


def _split(value: Any, separator: Any, most: Any = -1) -> list[str]:  # noqa: ANN401 - see text
    if isinstance(separator, float):
        width = max(1, whole(separator))
        return [text(value)[place : place + width] for place in range(0, len(text(value)), width)]
    count = whole(most)
    return (
        text(value).split(text(separator), count - 1 if count > 0 else -1)
        if text(separator)
        else list(text(value))
    )


def _random(default: str) -> Callable[..., str]:
    def pick(count: Any = 8, other: Any = "") -> str:  # noqa: ANN401 - see text
        letters = "".join(one for one in default if one not in text(other)) or default
        return _picked(letters, whole(count))

    return pick


def _picked(letters: str, count: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(min(max(count, 0), MOST_RANDOM)))


def _rand_base(count: Any, letters: Any = "") -> str:  # noqa: ANN401 - see text
    return _picked(text(letters) or string.ascii_letters + string.digits, whole(count))


def _rand_int(least: Any = 0, most: Any = 2147483647) -> float:  # noqa: ANN401 - see text
    low, high = whole(least), whole(most)
    return float(low + secrets.randbelow(max(1, high - low)))


_DATES = {"Y": "%Y", "M": "%m", "D": "%d", "H": "%H", "m": "%M", "S": "%S"}
_LAYOUT = {
    "2006": "%Y",
    "01": "%m",
    "02": "%d",
    "15": "%H",
    "04": "%M",
    "05": "%S",
    "January": "%B",
    "Jan": "%b",
    "Monday": "%A",
    "Mon": "%a",
    "06": "%y",
}


def _date_time(form: Any, at: Any = None) -> str:  # noqa: ANN401 - see text
    when = datetime.now(UTC) if at is None else datetime.fromtimestamp(whole(at), UTC)
    source = text(form)
    if "%" in source:
        wanted = re.sub(r"%(\w)", lambda one: _DATES.get(one[1], one[1]), source)
    else:
        names = "|".join(sorted(_LAYOUT, key=len, reverse=True))
        wanted = re.sub(names, lambda one: _LAYOUT[one[0]], source)
    return when.strftime(wanted)


def _unix_time(later: Any = 0) -> float:  # noqa: ANN401 - see text
    return float(int(datetime.now(UTC).timestamp()) + whole(later))


_VERSION = re.compile(r"\s*v?(\d+(?:\.\d+)*)(?:[-+.]?([0-9A-Za-z.\-+]*))?\s*")
_CONSTRAINT = re.compile(r"\s*(>=|<=|!=|>|<|==?|)\s*(\S.*?)\s*")


def _version(value: str) -> tuple[tuple[int, ...], bool, str]:
    found = _VERSION.fullmatch(value)
    if found is None or len(value) > 200:  # noqa: PLR2004 - no version is that long
        message = f"{value[:40]!r} is no version"
        raise DslError(message)
    numbers = tuple(int(one[:18]) for one in found[1].split("."))
    padded = (*numbers, *(0 for _ in range(6 - len(numbers))))
    return padded, not found[2], found[2] or ""


def _compare_versions(value: Any, *constraints: Any) -> bool:  # noqa: ANN401 - see text
    own = _version(text(value))
    parts = [one for each in constraints for one in text(each).split(",")]
    return all(_meets(own, one) for one in parts)


def _meets(own: tuple[Any, ...], constraint: str) -> bool:
    found = _CONSTRAINT.fullmatch(constraint)
    if found is None:
        message = f"{constraint[:40]!r} is no constraint"
        raise DslError(message)
    other = _version(found[2])
    match found[1]:
        case ">":
            return own > other
        case ">=":
            return own >= other
        case "<":
            return own < other
        case "<=":
            return own <= other
        case "!=":
            return own != other
        case _:
            return own == other


def _length(value: Any) -> float:  # noqa: ANN401 - see text
    return float(len(value) if isinstance(value, list | tuple | bytes) else len(raw(value)))


def _escaped(value: Any) -> str:  # noqa: ANN401 - see text
    once = text(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return once.replace('"', "&#34;").replace("'", "&#39;")


def _lines(value: Any) -> list[str]:  # noqa: ANN401 - see text
    return text(value).split("\n")


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": lambda value, part: text(part) in text(value),
    "contains_all": lambda value, *parts: all(text(one) in text(value) for one in parts),
    "contains_any": lambda value, *parts: any(text(one) in text(value) for one in parts),
    "to_lower": lambda value: text(value).lower(),
    "to_upper": lambda value: text(value).upper(),
    "to_title": lambda value: text(value).title(),
    "regex": search,
    "regex_all": lambda source, *values: all(search(source, one) for one in values),
    "regex_any": lambda source, *values: any(search(source, one) for one in values),
    "rand_base": _rand_base,
    "rand_char": lambda letters=string.ascii_letters: _picked(text(letters), 1),
    "rand_text_alpha": _random(string.ascii_letters),
    "rand_text_numeric": _random(string.digits),
    "rand_text_alphanumeric": _random(string.ascii_letters + string.digits),
    "rand_int": _rand_int,
    "len": _length,
    "starts_with": lambda value, *parts: any(text(value).startswith(text(one)) for one in parts),
    "ends_with": lambda value, *parts: any(text(value).endswith(text(one)) for one in parts),
    "line_starts_with": lambda value, *parts: any(
        line.startswith(text(one)) for line in _lines(value) for one in parts
    ),
    "line_ends_with": lambda value, *parts: any(
        line.endswith(text(one)) for line in _lines(value) for one in parts
    ),
    "equals_any": lambda value, *others: any(text(value) == text(one) for one in others),
    "hex_encode": lambda value: raw(value).hex(),
    "hex_decode": _hex_decode,
    "md5": _hashed("md5"),
    "sha1": _hashed("sha1"),
    "sha256": _hashed("sha256"),
    "sha512": _hashed("sha512"),
    "mmh3": mmh3,
    "base64_py": base64_py,
    "base64": lambda value: base64_codec.b64encode(raw(value)).decode(),
    "base64_decode": _base64_decode,
    "to_string": text,
    "to_number": number,
    "replace": lambda value, old, new: text(value).replace(text(old), text(new)),
    "replace_regex": _replace_regex,
    "trim_space": lambda value: text(value).strip(),
    "trim": lambda value, cutset: text(value).strip(text(cutset)),
    "trim_left": lambda value, cutset: text(value).lstrip(text(cutset)),
    "trim_right": lambda value, cutset: text(value).rstrip(text(cutset)),
    "trim_prefix": lambda value, part: text(value).removeprefix(text(part)),
    "trim_suffix": lambda value, part: text(value).removesuffix(text(part)),
    "url_encode": lambda value: quote(raw(value), safe="-_.!~*'()"),
    "url_decode": lambda value: unquote_to_bytes(text(value)),
    "html_escape": _escaped,
    "html_unescape": lambda value: html.unescape(text(value)),
    "concat": lambda *values: "".join(map(text, values)),
    "join": _joined,
    "split": _split,
    "reverse": lambda value: text(value)[::-1],
    "repeat": _repeat,
    "substr": _substr,
    "date_time": _date_time,
    "unix_time": _unix_time,
    "compare_versions": _compare_versions,
}
ALIASES: Mapping[str, str] = {name.replace("_", ""): name for name in FUNCTIONS if "_" in name}
