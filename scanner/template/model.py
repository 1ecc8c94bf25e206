"""A template after it was read: frozen, whole, and ready to be kept in the compiled cache."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

ENGINE = "2"  # part of the cache's key: raised whenever a template would be read otherwise


class Code(StrEnum):
    """Why a template is refused, or set aside (exposure.md 4.6)."""

    PROTOCOL = "protocol"
    UNSAFE_METHOD = "unsafe-method"
    REQUEST_BODY = "request-body"
    RAW_ANNOTATION = "raw-annotation"
    RAW_SOCKET = "raw-socket"
    PAYLOAD_COMBINATION = "payload-combination"
    PAYLOAD_FILE = "payload-file"
    PAYLOAD_TOO_LONG = "payload-too-long"
    FLOW = "flow"
    FUZZING = "fuzzing"
    OUT_OF_BAND = "out-of-band"
    SELF_CONTAINED = "self-contained"
    SIGNATURE = "signature"
    CREDENTIALS = "credentials"
    INTRUSIVE_TAG = "intrusive-tag"
    INTRUSIVE_PATH = "intrusive-path"
    OUT_OF_SCOPE = "out-of-scope"
    INVALID_YAML = "invalid-yaml"
    INVALID_TEMPLATE = "invalid-template"
    INVALID_REQUEST = "invalid-request"
    INVALID_MATCHER = "invalid-matcher"
    INVALID_REGEX = "invalid-regex"
    UNKNOWN_FUNCTION = "unknown-function"
    UNRESOLVED_VARIABLE = "unresolved-variable"


# Such a template can be read and counts as such; it is not run.
SET_ASIDE = frozenset(
    {Code.CREDENTIALS, Code.INTRUSIVE_TAG, Code.INTRUSIVE_PATH, Code.OUT_OF_SCOPE}
)


class Refusal(Struct, frozen=True):
    """A template that is not run, with the reason."""

    id: str
    code: Code
    said: str

    @property
    def line(self) -> str:
        """As ``govscan templates lint`` says it."""
        word = "set aside" if self.code in SET_ASIDE else "refused"
        return f"{word} {self.id} {self.code}: {self.said}"


class RefusedError(ValueError):
    """Raised while reading: the template is refused."""

    def __init__(self, code: Code, said: str) -> None:
        super().__init__(f"{code}: {said}")
        self.code = code
        self.said = said


class Matcher(Struct, frozen=True, omit_defaults=True):
    """One condition on a response."""

    type: str
    items: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    part: str = "body"
    name: str = ""
    is_and: bool = False
    negative: bool = False
    internal: bool = False
    ignore_case: bool = False
    is_hex: bool = False


class Extractor(Struct, frozen=True, omit_defaults=True):
    """One value taken out of a response."""

    type: str
    items: tuple[str, ...] = ()
    part: str = "body"
    name: str = ""
    group: int = 0
    internal: bool = False
    ignore_case: bool = False
    attribute: str = ""


class Ask(Struct, frozen=True, omit_defaults=True):
    """One request of a block: a path with its holes, or a raw request's line and headers."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    is_raw: bool = False


class Block(Struct, frozen=True, omit_defaults=True):
    """Requests with their conditions."""

    asks: tuple[Ask, ...]
    matchers: tuple[Matcher, ...] = ()
    extractors: tuple[Extractor, ...] = ()
    is_and: bool = False
    stop_at_first: bool = False
    redirects: str = ""
    max_redirects: int = 10
    same_scheme: bool = False
    max_size: int = 0
    has_jar: bool = True
    payload_name: str = ""
    payloads: tuple[str, ...] = ()
    automerge: bool = True
    skip_check: bool = False


class Template(Struct, frozen=True, omit_defaults=True):
    """One template. ``aside`` says why it is read and not run."""

    id: str
    name: str
    severity: str
    blocks: tuple[Block, ...]
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    remedy: str = ""
    cwe: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    is_flow: bool = False
    stop_at_first: bool = False
    aside: Refusal | None = None
    warnings: tuple[str, ...] = ()
