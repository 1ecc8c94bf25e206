"""Request blocks: what is asked, with which values, and by which conditions it is judged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.template import dsl, operators
from scanner.template.document import Node
from scanner.template.fields import Fields
from scanner.template.functions import DslError
from scanner.template.model import Ask, Block, Code, Extractor, RefusedError, Template

METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TARGET = frozenset(
    {
        *("BaseURL", "RootURL", "Hostname", "Host", "Port", "Scheme", "Path", "File", "Query"),
        *("Input", "FQDN", "RDN", "DN", "TLD", "SD", "ip"),
    }
)
MOST_PAYLOADS = 100
MOST_ASKS = 200
_FIELDS = frozenset(
    {
        *("method", "path", "raw", "headers", "payloads", "attack", "matchers", "extractors"),
        *("matchers-condition", "stop-at-first-match", "redirects", "host-redirects"),
        *("max-redirects", "max-size", "threads", "disable-cookie", "cookie-reuse"),
        *("req-condition", "disable-path-automerge", "skip-variables-check", "id", "name"),
        *("read-all", "skip-secret-file", "protocol-redirects", "body", "global-matchers"),
    }
)
_SOCKET = (
    "unsafe",
    "pipeline",
    "race",
    "race_count",
    "race-count",
    "pipeline-concurrent-connections",
)
_FUZZING = ("fuzzing", "analyzer", "pre-condition")
_SIGNED = ("signature", "digest-username", "digest-password")
# What harms may stand there where it is switched off.
KNOWN = _FIELDS | {*_SOCKET, *_FUZZING, *_SIGNED, "self-contained", "iterate-all"}
_HOST = re.compile(
    r"(?i)\{\{(BaseURL|RootURL|Input)\}\}|((https?|\{\{Scheme\}\})://)?\{\{(Hostname|Host|FQDN)\}\}"
)


def block(given: Node, number: int) -> Block:
    """One entry of the list ``http``."""
    if not isinstance(given, dict):
        raise RefusedError(Code.INVALID_REQUEST, f"block {number}: a mapping was expected")
    fields = Fields(given, f"block {number}", Code.INVALID_REQUEST)
    _refuse_what_harms(fields)
    fields.only(KNOWN)
    name, payloads = _payloads(fields)
    asks = tuple(_asks(fields))
    if not asks or len(asks) * max(1, len(payloads)) > MOST_ASKS:
        raise fields.refuse("it has no request, or too many")
    return Block(
        asks=asks,
        matchers=tuple(
            operators.matcher(one, f"block {number}, matcher {place}")
            for place, one in enumerate(fields.items("matchers"), 1)
        ),
        extractors=tuple(
            operators.extractor(one, f"block {number}, extractor {place}")
            for place, one in enumerate(fields.items("extractors"), 1)
        ),
        is_and=_condition(fields),
        stop_at_first=fields.flag("stop-at-first-match"),
        redirects=_redirects(fields),
        max_redirects=fields.whole("max-redirects", 10),
        same_scheme=fields.flag("protocol-redirects"),
        max_size=fields.whole("max-size", 0),
        has_jar=not fields.flag("disable-cookie"),
        payload_name=name,
        payloads=payloads,
        automerge=not fields.flag("disable-path-automerge"),
        skip_check=fields.flag("skip-variables-check"),
    )


def _refuse_what_harms(fields: Fields) -> None:
    given = fields.given
    if given.get("body"):
        raise RefusedError(Code.REQUEST_BODY, "sends a body")
    for names, code, said in (
        (_SOCKET, Code.RAW_SOCKET, "needs unsafe, pipeline or race"),
        (_FUZZING, Code.FUZZING, "fuzzes parameters"),
        (_SIGNED, Code.SIGNATURE, "needs request signing"),
    ):
        used = [one for one in names if given.get(one, "") not in ("", "false")]
        if used:
            raise RefusedError(code, said)
    if given.get("self-contained") == "true":
        raise RefusedError(Code.SELF_CONTAINED, "names its own host")
    if fields.flag("global-matchers"):
        raise fields.refuse("matchers for other templates' answers are not run")
    if given.get("iterate-all") == "true":
        raise RefusedError(Code.PAYLOAD_COMBINATION, "iterates over all values")


def _condition(fields: Fields) -> bool:
    word = fields.text("matchers-condition") or "or"
    if word not in {"and", "or"}:
        raise fields.refuse("matchers-condition must be and, or or")
    return word == "and"


def _redirects(fields: Fields) -> str:
    everywhere, host = fields.flag("redirects"), fields.flag("host-redirects")
    if everywhere and host:
        raise fields.refuse("redirects and host-redirects exclude each other")
    if fields.flag("protocol-redirects") and not (everywhere or host):
        raise fields.refuse("protocol-redirects stands with redirects only")
    return "any" if everywhere else "host" if host else ""


def _payloads(fields: Fields) -> tuple[str, tuple[str, ...]]:
    lists = fields.mapping("payloads")
    attack = fields.text("attack") or "batteringram"
    if not lists:
        return "", ()
    if len(lists) > 1 or attack not in {"batteringram", "sniper"}:
        raise RefusedError(Code.PAYLOAD_COMBINATION, "more than one list")
    ((name, value),) = lists.items()
    if isinstance(value, str):
        if "\n" not in value.strip():
            raise RefusedError(Code.PAYLOAD_FILE, "word list from a file")
        value = [line.strip("\r") for line in value.split("\n") if line.strip()]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise fields.refuse("a payload must be a list of texts")
    if len(value) > MOST_PAYLOADS:
        raise RefusedError(Code.PAYLOAD_TOO_LONG, f"> {MOST_PAYLOADS} values")
    _refuse_elsewhere(fields, name)
    return name, tuple(str(one) for one in value)


def _refuse_elsewhere(fields: Fields, name: str) -> None:
    """The placeholder may stand in the path only."""
    hole = re.compile(r"\{\{[^{}]*\b" + re.escape(name) + r"\b[^{}]*\}\}")
    for key, value in fields.mapping("headers").items():
        if hole.search(f"{key}{value}"):
            raise RefusedError(Code.PAYLOAD_COMBINATION, "a list stands outside of the path")
    for one in fields.texts("raw"):
        if hole.search(one.partition("\n")[2]):
            raise RefusedError(Code.PAYLOAD_COMBINATION, "a list stands outside of the path")


def _asks(fields: Fields) -> Iterator[Ask]:
    method = (fields.text("method") or "GET").upper()
    headers = tuple((name, str(value)) for name, value in fields.mapping("headers").items())
    paths = fields.texts("path")
    for path in paths:
        _admit(method)
        yield Ask(_own(path), method, headers)
    if not paths:
        for text in fields.texts("raw"):
            yield _raw(text)


def _admit(method: str) -> None:
    if method not in METHODS:
        raise RefusedError(Code.UNSAFE_METHOD, f"method {method[:20]} can change state")


def _own(path: str) -> str:
    """A path that begins at the target; anything else names a host of its own."""
    if _HOST.match(path.strip()):
        return path.strip()
    if path.startswith("/") and not path.startswith("//"):
        return "{{RootURL}}" + path
    raise RefusedError(Code.SELF_CONTAINED, "names its own host")


def _raw(text: str) -> Ask:
    head, _, body = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    lines = head.split("\n")
    notes = [one.strip() for one in text.split("\n") if one.strip().startswith("@")]
    if notes:
        word = notes[0].partition(":")[0][:30]
        raise RefusedError(Code.RAW_ANNOTATION, f"raw request uses {word}")
    parts = lines[0].split()
    if len(parts) < 2:  # noqa: PLR2004 - RFC 9112 3
        raise RefusedError(Code.INVALID_REQUEST, "a raw request begins with a method and a path")
    _admit(parts[0].upper())
    if body.strip():
        raise RefusedError(Code.REQUEST_BODY, "sends a body")
    headers = []
    for line in lines[1:]:
        name, mark, value = line.partition(":")
        if mark:
            headers.append((name.strip(), value.strip()))
    target = parts[1]
    if not target.startswith(("/", "{{")):
        raise RefusedError(Code.SELF_CONTAINED, "names its own host")
    return Ask(target, parts[0].upper(), tuple(headers), is_raw=True)


def check_holes(template: Template) -> None:
    """Every hole of a request can be filled: by the target, a variable, a list, or before."""
    known = set(TARGET) | {name for name, _ in (*template.constants, *template.variables)}
    _check_variables(template)
    for one in template.blocks:
        values = known | ({one.payload_name} if one.payload_name else set())
        if len(one.asks) > 1:  # a later request of the block may use what an earlier one gave
            values |= set(_extracted(one.extractors))
        for ask in one.asks:
            for text in (ask.path, *(f"{name}{value}" for name, value in ask.headers)):
                if not one.skip_check:
                    _check_text(text, values)
        known |= set(_extracted(one.extractors))


def _extracted(extractors: tuple[Extractor, ...]) -> Iterator[str]:
    for one in extractors:
        if one.name:
            yield from (one.name, *(f"{one.name}{number}" for number in range(10)))


def _check_variables(template: Template) -> None:
    for name, text in template.variables:
        for inner in dsl.holes(text):
            _parsed(inner, f"variable {name}")


def _parsed(inner: str, where: str) -> dsl.Tree:
    try:
        return dsl.parse(inner)
    except dsl.UnknownFunctionError as error:
        raise RefusedError(Code.UNKNOWN_FUNCTION, f"{where}: {error}") from None
    except (dsl.SyntaxFaultError, DslError) as error:
        raise RefusedError(Code.INVALID_REQUEST, f"{where}: {error}") from None


def _check_text(text: str, known: set[str]) -> None:
    for inner in dsl.holes(text):
        if inner in known:
            continue
        for name in dsl.names(_parsed(inner, "request")):
            if name not in known:
                said = f"{{{{{name}}}}} has no value"
                raise RefusedError(Code.UNRESOLVED_VARIABLE, said)
