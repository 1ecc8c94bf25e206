"""Real pages over real sockets: what a server sends, through gatherer and reader, to a verdict."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from scanner import registry
from scanner.check import Form
from scanner.finding import Judgement, Outcome
from scanner.lists import bundled
from scanner.observation import Observed, Place, Previous, Role, Subject
from scanner.observation.web import HttpAnswer, Page
from scanner.observation.web_lists import VulnerableLibraries
from scanner.observation.web_probes import Scripts, SecondPage
from tests.scanner.gather.harness import ADDRESS, HOST, observe
from tests.scanner.gather.sites import html, reply, site, tls

KNOWN = registry.load()
LISTS = {one.kind: one.read(bundled(one)) for one in KNOWN.lists.values()}
SERVICE = Subject(Role.WEB, HOST, 443)
PLACES = {
    Page: Place(SERVICE, ADDRESS),
    SecondPage: Place(SERVICE),
    Scripts: Place(SERVICE),
    HttpAnswer: Place(Subject(Role.WEB, HOST, 80), ADDRESS),
}
CSP = "Content-Security-Policy"
JQUERY = "/*! jQuery v1.8.3 jquery.com | jquery.org/license */"
PASS, FAIL, NOTHING = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE
UNKNOWN, NOTE = Outcome.INCONCLUSIVE, Outcome.INFORMATIONAL


class Case(NamedTuple):
    """What a server says on its start page, and what of it a check must say."""

    check: str
    outcome: Outcome
    sent: bytes
    files: Mapping[str, bytes] = {}


def _meta(policy: str) -> str:
    return f'<meta http-equiv="{CSP}" content="{policy}">'


CASES = {
    "the last line of a policy in two": Case(
        "csp-script-source", PASS, html("x", f"{CSP}: script-src *", f"{CSP}: script-src 'self'")
    ),
    "a policy after a pixel in noscript": Case(
        "csp-presence",
        PASS,
        html("<head><noscript><img src=/p></noscript>" + _meta("script-src 'self'") + "</head>"),
    ),
    "a policy after a heading": Case(
        "csp-presence", FAIL, html("<h1>x</h1>" + _meta("script-src 'self'"))
    ),
    "a policy of 30 kB": Case(
        "csp-script-source",
        PASS,
        html("x", f"{CSP}: script-src 'self' " + " ".join(f"a{n}.example" for n in range(2500))),
    ),
    "a policy with a byte that is not ASCII": Case(
        "csp-presence", FAIL, html("x", f"{CSP}: script-src 'self' caf\u00e9")
    ),
    "an error with a page": Case("csp-presence", FAIL, html("gone", status="404 Not Found")),
    "a compressed page": Case(
        "mixed-content-blockable",
        FAIL,
        reply(
            "200 OK",
            "Content-Type: text/html",
            "Content-Encoding: gzip",
            body=gzip.compress(b"<script src=http://x.test/a.js></script>"),
        ),
    ),
    "a page that is cut": Case(
        "mixed-content-blockable",
        UNKNOWN,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n"
        b"Connection: close\r\n\r\n<p>short",
    ),
    "insecure by its base": Case(
        "mixed-content-blockable",
        FAIL,
        html("<base href='http://x.test/'><script src=a.js></script>"),
    ),
    "upgraded by its policy": Case(
        "mixed-content-blockable",
        NOTE,
        html("<script src=http://x.test/a.js></script>", f"{CSP}: upgrade-insecure-requests"),
    ),
    "a library by its content": Case(
        "library-vulnerable",
        FAIL,
        html("<script src=/app.js></script>"),
        {"/app.js": reply("200 OK", "Content-Type: text/javascript", body=JQUERY)},
    ),
    "a library in the page": Case("library-vulnerable", FAIL, html(f"<script>{JQUERY}</script>")),
    "a name that its content contradicts": Case(
        "library-vulnerable",
        PASS,
        html("<script src=/jquery-1.8.3.js></script>"),
        {"/jquery-1.8.3.js": reply("200 OK", body=JQUERY.replace("1.8.3", "3.7.1"))},
    ),
    "an error page in the place of a script": Case(
        "library-vulnerable",
        NOTHING,
        html("<script src=/app.js></script>"),
        {"/app.js": html(JQUERY, status="404 Not Found")},
    ),
    "a checksum of another file": Case(
        "sri-mismatch",
        FAIL,
        html(f"<script src=/a.js integrity=sha256-{'A' * 43}=></script>"),
        {"/a.js": reply("200 OK", body="x")},
    ),
    "a checksum of the file": Case(
        "sri-mismatch",
        PASS,
        html("<script src=/a.js integrity=sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=>"),
        {"/a.js": reply("200 OK", body="x")},
    ),
    "the same nonce twice": Case(
        "csp-nonce-reuse", FAIL, html("x", f"{CSP}: script-src 'nonce-r4nd0mAAAAAAAAAAAAAAAA'")
    ),
    "a login on port 80": Case(
        "login-cleartext", FAIL, html("<form method=post><input type=password></form>")
    ),
    "characters by their mark": Case(
        "content-type-presence",
        FAIL,
        reply("200 OK", "Content-Type: text/html", body="<p>x"),
    ),
}


def _judgements(case: Case) -> tuple[Judgement, ...]:
    check = KNOWN.checks[case.check]

    def say(path: str, fields: dict[str, str]) -> bytes:
        del fields
        return case.sent if path == "/" else case.files.get(path, reply("404 Not Found"))

    ports = {443: site(say), 80: site(say)}
    given: list[Any] = []
    for need in check.needs:
        if need.kind in LISTS:
            given.append(LISTS[need.kind])
        elif need.form is Form.PREVIOUS:
            given.append(Previous())
        else:
            lists = {VulnerableLibraries: LISTS[VulnerableLibraries]}
            found = observe(need.kind, ports=ports, tls=tls(), lists=lists)[PLACES[need.kind]]
            assert isinstance(found, Observed), found
            given.append(found if need.form is Form.OBSERVED else found.value)
    said = check.judge(*given)
    return (said,) if isinstance(said, Judgement) else tuple(said)


@pytest.mark.parametrize("name", CASES)
def test_a_real_page_is_judged(name: str) -> None:
    case = CASES[name]
    outcomes = {one.outcome for one in _judgements(case) if not one.item.startswith("age")}
    assert case.outcome in outcomes, outcomes
    assert outcomes <= {case.outcome, NOTE}
