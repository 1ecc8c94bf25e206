"""security.txt is written as its readers expect."""

from scanner import (
    Effort,
    Judgement,
    Message,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats import security_txt as reader
from scanner.formats.security_txt import REMARKS, Code, Defect
from scanner.observation.exposure import SecurityTxt
from scanner.observation.web import HttpExchange

PLACE = "https://agency.example/.well-known/security.txt"
TEXT = "Contact: mailto:security@agency.example\nExpires: 2027-01-01T00:00:00Z\n"
SIGNED = (
    f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{TEXT}Canonical: {PLACE}\n"
    "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
)
WORDS = {
    Code.WEB_URI_NOT_HTTPS: Message("a web address in it does not begin with https"),
    Code.NOT_URI: Message("a value that has to be a URI is none"),
    Code.MULTIPLE_PREFERRED_LANGUAGES: Message("Preferred-Languages stands there twice"),
    Code.INVALID_LANGUAGE: Message("a language is none"),
    Code.CANONICAL_MISMATCH: Message("Canonical names another place than where it lies"),
    Code.NO_SPACE_AFTER_COLON: Message("a space is missing after the colon"),
    Code.SPACE_BEFORE_COLON: Message("a space stands before the colon"),
    Code.EMPTY_VALUE: Message("a field has no value"),
    Code.INVALID_LINE: Message("a line is neither a field nor a comment"),
    Code.MISSING_LINE_END: Message("the last line has no end"),
    Code.WRONG_CONTENT_TYPE: Message("it is not sent as text/plain"),
    Code.CHARSET_NOT_UTF_8: Message("it is sent as another encoding than UTF-8"),
    Code.CHARSET_NOT_DECLARED: Message("its encoding is not declared"),
    Code.BYTE_ORDER_MARK: Message("it begins with a byte order mark"),
    Code.NOT_UTF_8: Message("its bytes are not UTF-8"),
    Code.SIGNED_FORMAT: Message("its signature is not in the form of OpenPGP"),
    Code.DATA_AFTER_SIGNATURE: Message("text follows the signature"),
    Code.SIGNED_WITHOUT_CANONICAL: Message("it is signed and does not say for which place"),
    Code.SIGNATURE_NOT_VERIFIED: Message("it is signed; the signature was not verified here"),
    Code.UNKNOWN_FIELD: Message("it has a field that is not registered"),
}


def _file(
    text: str, kind: str = "text/plain; charset=utf-8", *, is_utf8: bool = True
) -> SecurityTxt:
    head = HttpExchange.from_text(f"HTTP/1.1 200 OK\nContent-Type: {kind}", PLACE)
    return SecurityTxt(head, text, PLACE, is_utf8=is_utf8)


@check(
    id="security-txt-syntax",
    title="security.txt is written as its readers expect",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Mend the lines that are named; programs read the file as well as people.",
    snippets={
        "nginx": "location = /.well-known/security.txt { default_type 'text/plain; charset=utf-8'; }"
    },
    references=(Reference("RFC 9116", "4"), Reference("RFC 9116", "2.2")),
    passes={
        "in order": _file(TEXT),
        "signed": _file(SIGNED),
        "a field of later": _file(TEXT + "CSAF: https://agency.example/csaf.json\n"),
        "a field that nobody knows": _file(TEXT + "Bug-Bounty: False\n"),
        "no encoding declared": _file(TEXT, "text/plain"),
    },
    fails={
        "no space after the colon": _file(TEXT + "Policy:https://agency.example/vdp\n"),
        "an address without https": _file(TEXT + "Policy: http://agency.example/vdp\n"),
        "a web page by its type": _file(TEXT, "text/html"),
        "other bytes": _file(TEXT, is_utf8=False),
    },
    others={
        "none": SecurityTxt(HttpExchange.from_text("HTTP/1.1 404 Not Found", PLACE)),
        "the server fails": SecurityTxt(HttpExchange.from_text("HTTP/1.1 503 Unavailable", PLACE)),
    },
)
def security_txt_syntax(seen: SecurityTxt) -> list[Judgement]:
    """A program that cannot read the file finds nobody whom it could tell of a hole."""
    if not reader.is_security_txt(seen.text):
        if seen.reason or not reader.is_absence(seen.exchange.status, seen.text):
            return [inconclusive(seen.reason or Reason.BLOCKED, "The file could not be had.")]
        return [not_applicable("There is no security.txt.")]
    defects = tuple(
        reader.syntax(
            reader.read(seen.text),
            content_type=seen.exchange.first("Content-Type") or "",
            urls=(seen.first, seen.exchange.url),
            is_utf8=seen.is_utf8,
        )
    )
    by_code: dict[Code, list[Defect]] = {}
    for one in defects:
        by_code.setdefault(one.code, []).append(one)
    said = [_said(code, found) for code, found in by_code.items()]
    if any(code not in REMARKS for code in by_code):
        return said
    return [passed("Every line of it is in order."), *said]


def _said(code: Code, found: list[Defect]) -> Judgement:
    evidence = tuple(
        f"line {one.number}: {one.line}" if one.number else one.line
        for one in found
        if one.line or one.number
    )
    what = WORDS[code]
    if code in REMARKS:
        return informational(
            "This is to be noted of it: {what}.", what=what, evidence=evidence, item=code
        )
    return failed("It is not in order: {what}.", what=what, evidence=evidence, item=code)
