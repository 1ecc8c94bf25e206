"""Chromium as ground truth: what our readers say a header allows, and what a browser does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from checks.web.referrer_policy import referrer_policy
from scanner.formats import csp, framing
from scanner.formats.csp import capability
from scanner.formats.html import read
from scanner.observation.web import Page
from tests.conftest import needs_program
from tests.real.test_pages import _browser

pytestmark = pytest.mark.xdist_group("browser")

SITE, STRANGER = "127.0.0.1", "127.0.0.2"
NONCE = "cjRuZDBtQUFBQUFBQUFBQUFBQQ=="
POLICIES = [
    "",
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline'",
    f"script-src 'unsafe-inline' 'nonce-{NONCE}'",
    "script-src 'unsafe-inline' 'sha256-***'",
    "script-src 'unsafe-inline' 'nonce-'",
    "script-src 'NONCE-AAAA' 'Unsafe-Inline'",
    "script-src *",
    "script-src http:",
    "script-src data: 'self'",
    f"script-src 'none' http://{STRANGER}:*",
    f"script-src 'strict-dynamic' 'unsafe-inline' http: data: 'nonce-{NONCE}'",
    "script-src 'self'; script-src-elem *",
    "script-src 'self'; script-src-attr 'unsafe-inline'",
    "script-src-attr 'none'; script-src * 'unsafe-inline'",
    "SCRIPT-SRC 'self'; script-src *",
    "default-src *; script-src-elem 'unsafe-inline'",
    "script-src 'self' 'unsafe-eval'",
    "script-src-elem 'unsafe-eval'; script-src 'self'",
    "script-src 'self', script-src * 'unsafe-inline'",
    "img-src 'none', script-src *",
    "script-src self unsafe-inline",
    "style-src 'self' 'unsafe-inline'; script-src 'self'",
    "style-src 'self'; script-src 'self'",
    "style-src 'unsafe-inline' 'nonce-AAAA'; script-src 'self'",
    "style-src 'unsafe-inline' 'strict-dynamic'",
    "frame-ancestors 'none'",
    "default-src 'none'; script-src-elem http: 'unsafe-inline'",
]
# Each capability: the question of our engine, and how it is seen in the browser.
SEEN = {
    "inline": (capability.INLINE_SCRIPT, "'inline' in document.body.dataset"),
    "handler": (capability.INLINE_HANDLER, "'handler' in document.body.dataset"),
    "foreign": (capability.FOREIGN_SCRIPT, "'foreign' in document.body.dataset"),
    "data": (capability.DATA_SCRIPT, "'data' in document.body.dataset"),
    "style": (capability.INLINE_STYLE, "document.getElementById('styled').offsetWidth === 77"),
}
EVAL = "(() => { try { return eval('1') === 1 } catch (e) { return false } })()"
MARKUP = """<!doctype html><meta charset=utf-8><style>#styled {{ width: 77px }}</style>
<body><div id=styled></div><script>document.body.dataset.inline = 1</script>
<img src="/none" onerror="document.body.dataset.handler = 1">
<script src="http://127.0.0.2:{port}/foreign.js"></script>
<script src="data:text/javascript,document.body.dataset.data=1"></script></body>"""
FRAMES: list[tuple[str, ...]] = [
    (),
    ("X-Frame-Options: DENY",),
    ("X-Frame-Options: SameOrigin",),
    ("X-Frame-Options: ALLOW-FROM http://127.0.0.2",),
    ("X-Frame-Options: DENY, DENY",),
    ("X-Frame-Options: DENY", "X-Frame-Options: SAMEORIGIN"),
    ("X-Frame-Options: x, y",),
    ("X-Frame-Options: ALLOWALL",),
    ("X-Frame-Options: ALLOWALL, x",),
    ("X-Frame-Options: SAMEORIGIN, x",),
    ("Content-Security-Policy: frame-ancestors 'none'",),
    ("Content-Security-Policy: frame-ancestors *", "X-Frame-Options: DENY"),
    ("Content-Security-Policy: frame-ancestors http:", "X-Frame-Options: DENY"),
    ("Content-Security-Policy: frame-ancestors 'self'", "X-Frame-Options: ALLOWALL"),
    ("Content-Security-Policy: default-src 'none'",),
    ("Content-Security-Policy: frame-ancestors *, frame-ancestors 'self'",),
    ("Content-Security-Policy-Report-Only: frame-ancestors 'none'",),
]
# Where a policy stands in the markup: META is one that refuses every script.
PLACES = [
    "<head>META</head>",
    "META",
    "<title>x</title>META",
    "<head></head>META",
    "<head></head> META",
    "<head><noscript><img src=/none></noscript>META</head>",
    "<head><noscript><p>x</p></noscript>META</head>",
    "<head><img src=/none>META</head>",
    "<head>x META</head>",
    "<head><div></div>META</head>",
    "<body>META",
    "<p>x</p>META",
    "<head><script>1</script><style></style><link><base>META</head>",
    "<head><!-- META --></head>",
    "<head><template>META</template></head>",
    "<head><svg></svg>META</head>",
    "<head></p>META</head>",
    "<head></br>META</head>",
    "<head><meta http-equiv=' Content-Security-Policy' content=\"script-src 'none'\"></head>",
    "<head><meta http-equiv=CONTENT-security-policy content=\"SCRIPT-SRC 'None'\"></head>",
    "<head><meta http-equiv=Content-Security-Policy content=\"a, script-src 'none'\"></head>",
    "<head><title>META</title></head>",
    "<head><textarea>META</textarea></head>",
    "<frameset>META",
]
META = f"<meta http-equiv={csp.ENFORCED} content=\"script-src 'none'\">"
AFTER = "<body><script>document.documentElement.dataset.ran = 1</script>"
REFERRERS = [
    "",
    "no-referrer",
    "unsafe-url",
    "origin",
    "same-origin",
    "strict-origin",
    "no-referrer, unsafe-url",
    "unsafe-url, whimsy",
    "whimsy",
    "UNSAFE-URL",
    "no-referrer-when-downgrade",
]


class Site(NamedTuple):
    """A server on two loopback addresses, two parties to a browser; and what it was asked."""

    port: int
    referrers: dict[int, str]
    arrived: set[int]


@asynccontextmanager
async def _site() -> AsyncIterator[Site]:
    referrers: dict[int, str] = {}
    arrived: set[int] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            if path.startswith("/arrived/"):
                arrived.add(int(path[9:]))
            if path.startswith("/seen/"):
                found = [line for line in head.split("\r\n") if line.lower().startswith("referer:")]
                referrers[int(path[6:])] = found[0][8:].strip() if found else ""
            writer.write(_answer(path, port))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async with await asyncio.start_server(talk, SITE, 0) as first:
        port = first.sockets[0].getsockname()[1]
        async with await asyncio.start_server(talk, STRANGER, port):
            yield Site(port, referrers, arrived)


def _answer(path: str, port: int) -> bytes:
    kind, _, number = path[1:].partition("/")
    lines: tuple[str, ...] = ("Content-Type: text/html; charset=utf-8",)
    body, status = "<!doctype html><title>x</title>", "200 OK"
    match kind:
        case "policy":
            policy = POLICIES[int(number)]
            lines = (*lines, f"{csp.ENFORCED}: {policy}") if policy else lines
            body = MARKUP.format(port=port)
        case "frame":
            lines = (*lines, *FRAMES[int(number)])
            body = f"<meta http-equiv=refresh content='0; url=/arrived/{number}'>"
        case "place":
            body = _placed(int(number))
        case "frames":
            body = "".join(
                f"<iframe name=f{n} src=http://{SITE}:{port}/frame/{n}></iframe>"
                for n in range(len(FRAMES))
            )
        case "referrer":
            said = REFERRERS[int(number)]
            lines = (*lines, f"Referrer-Policy: {said}") if said else lines
            body = f"<img src=http://{STRANGER}:{port}/seen/{number}>"
        case "foreign.js":
            lines, body = ("Content-Type: text/javascript",), "document.body.dataset.foreign = 1"
        case _:
            status, body = "404 Not Found", ""
    data = body.encode()
    ends = (f"Content-Length: {len(data)}", "Connection: close", "", "")
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, *ends)).encode("latin-1") + data


def _placed(number: int) -> str:
    return PLACES[number].replace("META", META) + AFTER


async def _go(tab: Any, url: str) -> None:
    await tab.say("Page.navigate", url=url)
    for _ in range(400):
        if await tab.value(f"document.readyState === 'complete' && location.href === '{url}'"):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"the browser did not finish {url}")


class Witnessed(NamedTuple):
    """What the browser did."""

    policies: dict[int, Mapping[str, bool]]
    framed: dict[int, bool]
    referrers: dict[int, str]
    ran: dict[int, bool]
    port: int


async def _watch(program: str) -> Witnessed:
    policies: dict[int, Mapping[str, bool]] = {}
    async with _site() as site, _browser(program) as tab:
        await tab.say("Page.enable")
        for number in range(len(POLICIES)):
            await _go(tab, f"http://{SITE}:{site.port}/policy/{number}")
            did = {name: await tab.value(how) for name, (_, how) in SEEN.items()}
            said = await tab.say(
                "Runtime.evaluate", expression=EVAL, allowUnsafeEvalBlockedByCSP=False
            )
            policies[number] = {**did, "eval": said["result"]["value"]}
        await _go(tab, f"http://{STRANGER}:{site.port}/frames")
        await _settled(site.arrived)
        for number in range(len(REFERRERS)):
            await _go(tab, f"http://{SITE}:{site.port}/referrer/{number}")
        framed = {number: number in site.arrived for number in range(len(FRAMES))}
        ran = {}
        for number in range(len(PLACES)):
            await _go(tab, f"http://{SITE}:{site.port}/place/{number}")
            ran[number] = await tab.value("'ran' in document.documentElement.dataset")
        return Witnessed(policies, framed, dict(site.referrers), ran, site.port)


async def _settled(arrived: set[int]) -> None:
    """Until no further frame has shown itself for a second."""
    known, quiet = 0, 0
    while quiet < 20:
        await asyncio.sleep(0.05)
        quiet = quiet + 1 if len(arrived) == known and known else 0
        known = len(arrived)


@pytest.fixture(scope="module")
def witnessed() -> Witnessed:
    return asyncio.run(_watch(needs_program("chromium")))


@pytest.mark.parametrize("number", range(len(POLICIES)), ids=lambda number: POLICIES[number])
def test_what_a_policy_lets_an_attacker_do(witnessed: Witnessed, number: int) -> None:
    found = csp.policies([POLICIES[number]])
    ours = {name: csp.ask(found, question).is_allowed for name, (question, _) in SEEN.items()}
    ours["eval"] = csp.ask_eval(found).is_allowed
    # A star or a scheme is any stranger; the browser was shown one, who may also stand in the list.
    named = any(STRANGER in one.text for one in found)
    assert {**witnessed.policies[number]} == {**ours, "foreign": ours["foreign"] or named}


@pytest.mark.parametrize("number", range(len(FRAMES)), ids=lambda one: " | ".join(FRAMES[one]))
def test_who_may_frame_a_page(witnessed: Witnessed, number: int) -> None:
    page = Page.from_text(*FRAMES[number])
    found = csp.policies(page.exchange.values(csp.ENFORCED))
    if csp.strictest(found, csp.FRAMES) is not None:
        ours = csp.ask(found, capability.FRAMING).is_allowed
    else:
        ours = not framing.effect(page.exchange.joined("X-Frame-Options")).protects
    assert witnessed.framed[number] is ours


SENT = {
    "no-referrer": "",
    "same-origin": "",
    "origin": "http://{site}/",
    "strict-origin": "http://{site}/",
    "strict-origin-when-cross-origin": "http://{site}/",
    "unsafe-url": "http://{site}/referrer/{number}",
    "no-referrer-when-downgrade": "http://{site}/referrer/{number}",
}


@pytest.mark.parametrize("number", range(len(REFERRERS)), ids=lambda number: REFERRERS[number])
def test_what_a_stranger_learns(witnessed: Witnessed, number: int) -> None:
    said = REFERRERS[number]
    page = Page.from_text(*((f"Referrer-Policy: {said}",) if said else ()))
    policy = str(referrer_policy.judge(page).message.params["policy"])  # type: ignore[union-attr]
    site = f"{SITE}:{witnessed.port}"
    assert witnessed.referrers[number] == SENT[policy].format(site=site, number=number)


@pytest.mark.parametrize("number", range(len(PLACES)), ids=lambda number: PLACES[number])
def test_where_a_policy_counts(witnessed: Witnessed, number: int) -> None:
    made = read(_placed(number).encode())
    found = csp.meta_policies(made.policies)
    if not made.scripts:  # a browser sees no script there either
        assert not witnessed.ran[number]
        return
    # Chromium alone parts a page's own policy at commas; by CSP Level 3, 3.3 it is one.
    ours = (
        csp.ask(found, capability.INLINE_SCRIPT).is_allowed
        and "a, script-src" not in PLACES[number]
    )
    assert witnessed.ran[number] is ours
