"""What the practice government's web sites say, good and bad."""

from __future__ import annotations

from scanner.demo.government import CANARY, Agency, Fault
from scanner.demo.sites import Reply, Request, Site

CSP = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; form-action 'self'"
)
HSTS = "Strict-Transport-Security: max-age=63072000; includeSubDomains"
GOOD = (
    "Content-Type: text/html; charset=utf-8",
    f"Content-Security-Policy: {CSP}",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: strict-origin-when-cross-origin",
)
# Looks strict, and lets in whatever anybody puts on a host of packages.
WEAK_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; "
    "img-src self; frame-ancestors 'self'"
)
WEAK = (GOOD[0], f"Content-Security-Policy: {WEAK_CSP}", *GOOD[2:])
OLD_LIBRARY = "/js/jquery-1.8.3.min.js"
LIBRARY_TEXT = b"/*! jQuery v1.8.3 jquery.com | jquery.org/license */\n(function(){})();\n"
# What an intruder left: out of sight, for search engines alone.
SPAM = "".join(
    f'<a href="https://slot-gacor-{number}.test/">slot gacor {number}</a> ' for number in range(6)
)
WEAK_HEAD = (
    '<meta name="generator" content="WordPress 5.8.1">'
    f'<script src="{OLD_LIBRARY}"></script>'
    '<script src="https://cdn.jsdelivr.net/npm/slick@1.8.1/slick.min.js"></script>'
    f'</head><body><div style="position:absolute;left:-9999px">{SPAM}</div>'
)
POOR = ("Content-Type: text/html; charset=utf-8", "Server: Apache/2.4.41 (Ubuntu)")
PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{name}</title>{head}</head>
<body><h1>{name}</h1><p>{text}</p>
<form action="/search" method="get"><input type="search" name="q"></form></body></html>
"""
TEXT = "A fictitious agency of the practice government. This page exists to be scanned. "
DOTENV = f"APP_ENV=production\nAPP_KEY={CANARY}\nDB_HOST=localhost\nDB_PASSWORD={CANARY}\n"
SECURITY_TXT = "Contact: mailto:security@{domain}\nExpires: {year}-06-30T00:00:00Z\n"
NOT_FOUND = Reply(
    "404 Not Found", POOR[:1], b"<!DOCTYPE html><title>Not found</title><p>Not found."
)
TRACE = b"<!DOCTYPE html><title>Error</title><pre>Traceback (most recent call last):\n  File ..."


def site(agency: Agency, year: int) -> Site:
    """The site of an agency."""
    faults = agency.faults

    def answer(request: Request) -> Reply:
        if not request.is_tls and Fault.PLAIN_CONTENT not in faults:
            location = f"Location: https://{request.host}{request.path}"
            return Reply("301 Moved Permanently", (location, "Content-Type: text/html"))
        reply = _secure(agency, request, year)
        return reply._replace(headers=(*_hsts(faults), *reply.headers)) if request.is_tls else reply

    return answer


def _hsts(faults: Fault) -> tuple[str, ...]:
    if Fault.NO_HSTS in faults:
        return ()
    if Fault.SHORT_HSTS in faults:
        return ("Strict-Transport-Security: max-age=86400",)
    return (HSTS,) if faults else (f"{HSTS}; preload",)


def _secure(agency: Agency, request: Request, year: int) -> Reply:
    if request.host.startswith("mta-sts."):
        return _policy(agency, request)
    if request.path == "/":
        return _start(agency, request)
    if request.path == "/.well-known/security.txt" and not agency.faults:
        text = SECURITY_TXT.format(domain=agency.domain, year=year + 1)
        return Reply("200 OK", ("Content-Type: text/plain; charset=utf-8",), text.encode())
    if request.path == "/vulnerability-disclosure-policy" and not agency.faults:
        text = f"Tell security@{agency.domain}: we answer within five days and thank you.\n"
        return Reply(
            "200 OK", ("Content-Type: text/plain; charset=utf-8", *GOOD[1:]), text.encode()
        )
    return _file(agency, request)


def _start(agency: Agency, request: Request) -> Reply:
    faults = agency.faults
    if not faults and request.host == f"www.{agency.domain}":
        return Reply("301 Moved Permanently", (f"Location: https://{agency.domain}/",))
    if Fault.LOOP in faults:
        other = "www." + agency.domain if request.host == agency.domain else agency.domain
        return Reply("302 Found", (f"Location: https://{other}/",))
    headers = POOR if Fault.NO_HEADERS in faults else GOOD
    headers = WEAK if Fault.WEAK_PAGE in faults else headers
    if Fault.BAD_COOKIES in faults:
        headers = (*headers, "Set-Cookie: PHPSESSID=8f14e45fceea167a5a36dedd4bea2543; path=/")
    head = ""
    if Fault.MIXED_CONTENT in faults:
        head = f'<script src="http://static.{agency.domain}/old.js"></script>'
    if Fault.WEAK_PAGE in faults:
        head = WEAK_HEAD
    if Fault.ANY_ORIGIN in faults and request.origin:
        allowed = f"Access-Control-Allow-Origin: {request.origin}"
        headers = (*headers, allowed, "Access-Control-Allow-Credentials: true")
    page = PAGE.format(name=agency.name, head=head, text=TEXT * 20)
    return Reply("200 OK", headers, page.encode())


def _file(agency: Agency, request: Request) -> Reply:
    faults = agency.faults
    if Fault.CATCH_ALL in faults:  # answers every path alike: nothing that it shows proves anything
        return Reply("200 OK", ("Content-Type: text/plain",), DOTENV.encode())
    if request.path == OLD_LIBRARY and Fault.WEAK_PAGE in faults:
        return Reply("200 OK", ("Content-Type: text/javascript",), LIBRARY_TEXT)
    if request.path == "/.git/HEAD" and Fault.OPEN_GIT in faults:
        return Reply("200 OK", ("Content-Type: text/plain",), b"ref: refs/heads/main\n")
    if request.path == "/.env" and Fault.OPEN_ENV in faults:
        return Reply("200 OK", ("Content-Type: text/plain",), DOTENV.encode())
    if Fault.DEBUG in faults:
        return Reply("404 Not Found", POOR[:1], TRACE)
    return NOT_FOUND if faults else NOT_FOUND._replace(headers=GOOD)


def _policy(agency: Agency, request: Request) -> Reply:
    if request.path != "/.well-known/mta-sts.txt":
        return NOT_FOUND
    host = "old-mail" if Fault.BAD_STS in agency.faults else "mail"
    text = f"version: STSv1\r\nmode: enforce\r\nmx: {host}.{agency.domain}\r\nmax_age: 604800\r\n"
    return Reply("200 OK", ("Content-Type: text/plain",), text.encode())
