"""Sites with a known truth, and hostile ones."""

from __future__ import annotations

from typing import NamedTuple

from bench.web_range import BOMB, Say, answer, moved, page

CSP = "Content-Security-Policy"
HSTS = "Strict-Transport-Security"
YEAR = f"{HSTS}: max-age=31536000"


class Case(NamedTuple):
    """A site, the check that answers the question, and whether it is met (``None``: unknowable)."""

    name: str
    check: str
    truth: bool | None
    say: Say


def _site(*fields: str, text: str = "<!doctype html><title>x</title><p>x") -> Say:
    def say(path: str, is_tls: bool, asked: dict[str, str]) -> list[bytes]:
        return page(*fields, text=text) if is_tls else moved(asked["host"], path)

    return say


def _status(status: str, *fields: str, text: str = "") -> Say:
    def say(path: str, is_tls: bool, asked: dict[str, str]) -> list[bytes]:
        html = "Content-Type: text/html"
        return answer(status, html, *fields, body=text) if is_tls else moved(asked["host"], path)

    return say


def _plain(*pieces: bytes) -> Say:
    def say(path: str, is_tls: bool, asked: dict[str, str]) -> list[bytes]:
        del path, is_tls, asked
        return list(pieces)

    return say


def _echo(*more: str) -> Say:
    def say(path: str, is_tls: bool, asked: dict[str, str]) -> list[bytes]:
        origin = asked.get("origin")
        allowed = (f"Access-Control-Allow-Origin: {origin}", *more) if origin else ()
        return page(*allowed) if is_tls else moved(asked["host"], path)

    return say


def _first(location: str, status: str = "301 Moved Permanently") -> Say:
    def say(path: str, is_tls: bool, asked: dict[str, str]) -> list[bytes]:
        del path
        target = location.replace("HOST", asked["host"])
        return page(YEAR) if is_tls else answer(status, f"Location: {target}")

    return say


NONCE = "script-src 'nonce-r4nd0mr4nd0mr4nd0mr4' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'; base-uri 'none'"
CASES = (
    Case("hsts-year", "hsts-presence", True, _site(YEAR)),
    Case("hsts-quoted", "hsts-max-age", True, _site(f'{HSTS}: max-age="31536000"')),
    Case("hsts-order", "hsts-max-age", True, _site(f"{HSTS}: includesubdomains;MAX-AGE=31536000")),
    Case("hsts-word", "hsts-presence", False, _site(f"{HSTS}: max-age=1year")),
    Case(
        "hsts-quoted-decoy",
        "hsts-max-age",
        True,
        _site(f'{HSTS}: note="x;max-age=5"; max-age=50000000'),
    ),
    Case(
        "hsts-first-line",
        "hsts-max-age",
        False,
        _site(f"{HSTS}: max-age=60", f"{HSTS}: max-age=99999999"),
    ),
    Case(
        "hsts-comma", "hsts-presence", False, _site(f"{HSTS}: max-age=31536000, includeSubDomains")
    ),
    Case("hsts-on-404", "hsts-presence", True, _status("404 Not Found", YEAR, text="x" * 2000)),
    Case("redirect-same", "redirect-first-hop", True, _first("https://HOST/")),
    Case(
        "redirect-other", "redirect-first-hop", False, _first("https://www.redirect-same.example/")
    ),
    Case("redirect-script", "https-enforcement", False, _first("javascript:alert(1)")),
    Case("csp-nonce", "csp-inline-script", True, _site(f"{CSP}: {NONCE}")),
    Case(
        "csp-two",
        "csp-script-source",
        True,
        _site(f"{CSP}: script-src 'self'", f"{CSP}: script-src 'unsafe-inline' *"),
    ),
    Case(
        "csp-elem",
        "csp-script-source",
        False,
        _site(f"{CSP}: default-src 'none'; script-src-elem https:"),
    ),
    Case(
        "csp-duplicate", "csp-script-source", True, _site(f"{CSP}: SCRIPT-SRC 'self'; script-src *")
    ),
    Case("csp-suffix", "csp-script-source", False, _site(f"{CSP}: script-src https://*.co.uk")),
    Case(
        "csp-odd",
        "csp-script-source",
        True,
        _site(f"{CSP}: script-src 'self' https://[ http://%zz"),
    ),
    Case("csp-frames-only", "csp-presence", False, _site(f"{CSP}: frame-ancestors 'none'")),
    Case(
        "frame-open",
        "framing-protection",
        False,
        _site(f"{CSP}: frame-ancestors *", "X-Frame-Options: DENY"),
    ),
    Case("frame-twice", "framing-protection", True, _site("X-Frame-Options: DENY, DENY")),
    Case(
        "frame-from",
        "framing-protection",
        False,
        _site("X-Frame-Options: ALLOW-FROM https://a.example"),
    ),
    Case(
        "nosniff-second",
        "content-type-sniffing",
        False,
        _site("X-Content-Type-Options: x, nosniff"),
    ),
    Case(
        "nosniff-first", "content-type-sniffing", True, _site("X-Content-Type-Options: nosniff, x")
    ),
    Case(
        "referrer-last",
        "referrer-policy",
        True,
        _site("Referrer-Policy: unsafe-url, strict-origin"),
    ),
    Case(
        "referrer-leak",
        "referrer-policy",
        False,
        _site("Referrer-Policy: strict-origin, unsafe-url"),
    ),
    Case(
        "cookie-plain",
        "cookie-secure",
        False,
        _site("Set-Cookie: PHPSESSID=1a2b3c; HttpOnly; SameSite=Lax"),
    ),
    Case(
        "cookie-secure",
        "cookie-secure",
        True,
        _site("Set-Cookie: PHPSESSID=1a2b3c; Secure; HttpOnly; SameSite=Lax"),
    ),
    Case("cookie-word", "cookie-secure", False, _site("Set-Cookie: PHPSESSID=secure; HttpOnly")),
    Case("cookie-dropped", "cookie-rejected", False, _site("Set-Cookie: __Host-sid=1; Secure")),
    Case("cors-copy", "cors-credentials", False, _echo("Access-Control-Allow-Credentials: true")),
    Case("cors-any", "cors-credentials", None, _site("Access-Control-Allow-Origin: *")),
    Case(
        "big-head",
        "hsts-presence",
        True,
        _site(YEAR, *(f"X-Filler-{n}: {'y' * 200}" for n in range(480))),
    ),
    Case(
        "long-cookie",
        "hsts-presence",
        True,
        _site(
            YEAR,
            "Set-Cookie: a=" + "z" * 3000,
            f"{CSP}: default-src 'self' " + "https://a.example " * 700,
        ),
    ),
    Case("blocked", "hsts-presence", None, _status("403 Forbidden", text="Access Denied")),
    Case("slow-down", "content-type-sniffing", None, _status("429 Too Many Requests")),
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HOSTILE = (
    ("bomb-deflate", _plain(HEAD + b"Content-Encoding: deflate\r\n\r\n" + BOMB)),
    ("endless", _plain(HEAD + b"\r\n", *(b"<p>" * 20_000 for _ in range(200)))),
    ("deep", _plain(HEAD + b"Content-Length: 2000000\r\n\r\n" + b"<div>" * 400_000)),
    ("attributes", _plain(HEAD + b"\r\n<a " + b"b=c " * 500_000)),
    ("scripts", _plain(HEAD + b"\r\n" + b"<script src=/a.js></script>" * 70_000)),
    ("blanks", _plain(HEAD + b"\r\n<script>" + b" " * 2_000_000)),
    ("header-100k", _plain(HEAD + b"X: " + b"y" * 100_000 + b"\r\n\r\n")),
    ("headers-500", _plain(HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n")),
    ("header-endless", _plain(HEAD, *(b"X: " + b"y" * 60_000 + b"\r\n" for _ in range(40)))),
    ("control", _plain(HEAD + b"Server: a\x00b\x1b[31m\r\n\r\n<p>x")),
    ("chunks", _plain(HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello")),
    ("drip", _plain(HEAD + b"Content-Length: 9999\r\n\r\n", *(b"x" for _ in range(400)))),
    ("drip-head", _plain(*(bytes((one,)) for one in HEAD * 3))),
    ("garbage", _plain(b"\x16\x03\x01" * 5000)),
)
