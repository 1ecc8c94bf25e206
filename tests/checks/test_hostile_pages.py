"""No page and no header makes a check of the web family fail by itself, whatever was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import registry
from scanner.check import Form
from scanner.finding import Judgement, Outcome
from scanner.formats import html
from scanner.lists import bundled
from scanner.observation import Observed, Previous
from scanner.observation.web import HttpExchange, Page
from scanner.observation.web_probes import LinkedPage, LinkedPages, Script, Scripts, SecondPage

KNOWN = registry.load()
LISTS = {one.kind: one.read(bundled(one)) for one in KNOWN.lists.values()}
NOW = datetime(2026, 11, 25, tzinfo=UTC)
GIVEN = {Page, LinkedPages, Scripts, SecondPage, *LISTS}
CHECKS = [
    one
    for one in KNOWN.checks.values()
    if one.family == "web"
    and Page in {need.kind for need in one.needs}
    and {need.kind for need in one.needs} <= GIVEN
    and all(need.form is not Form.EVERY for need in one.needs)
]
FIELDS = [
    *("Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Frame-Options"),
    *("X-Content-Type-Options", "Content-Type", "Referrer-Policy", "Permissions-Policy"),
    *("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "NEL", "Report-To"),
    *("Cross-Origin-Resource-Policy", "Reporting-Endpoints", "Age", "Feature-Policy"),
]
VALUES = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=60) | st.sampled_from(
    [
        *("script-src https://[ 'nonce-' *", "default-src 'self' 'unsafe-inline'", "a=(b", "*"),
        *("script-src 'nonce-a' 'strict-dynamic'; base-uri", '"', "[{", "text/html; charset=\x00"),
        *("https://[::1", "-1", "?1", "'", "{}", "camera=*", "same-origin; a", ";;;,,,"),
    ]
)
PARTS = [
    *(
        "<script src='",
        "<link rel=stylesheet href='",
        "<form action='",
        "<base href='",
        "<img src=",
    ),
    *("https://[", "//x:99999/", "http://192.0.2.7/", "' integrity='sha384-", "' crossorigin>"),
    *(
        "<input type=password>",
        "<meta http-equiv=refresh content='0;url=",
        "</form>",
        "'>",
        "</script>",
    ),
    *(
        "<meta name=generator content='1.2.3'>",
        "<a href=//a.test>slot gacor</a>",
        "\\\\a\\b",
        "\x00",
    ),
    *("<meta http-equiv=content-security-policy content='", "jquery-1.8.3.js", "?", "#", "%", "é"),
]
BODIES = st.lists(st.sampled_from(PARTS), max_size=15).map("".join) | st.text(max_size=80)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Any page: lines that fit no grammar, markup that fits none."""
    names = draw(st.lists(st.sampled_from(FIELDS), max_size=4))
    lines = tuple(f"{name}: {draw(VALUES)}" for name in names)
    status = draw(st.sampled_from([200, 401, 404, 503]))
    exchange = HttpExchange("GET", "https://www.agency.example/x", status, lines)
    elements = html.read(draw(BODIES).encode("utf-8", "replace"), url=exchange.url)
    return Page(exchange, draw(st.sampled_from([elements, None])))


def _argument(kind: type, form: Form, page: Page, before: Page) -> Any:
    if kind is LinkedPages:
        pages = LinkedPages(
            pages=(LinkedPage(page.exchange.url, page.elements.links if page.elements else ()),)
        )
        return Previous(Observed(pages, NOW), "before") if form is Form.PREVIOUS else pages
    if form is Form.PREVIOUS:
        return Previous(Observed(before, NOW), "before")
    if kind is Page:
        return Observed(page, NOW) if form is Form.OBSERVED else page
    if kind is SecondPage:
        return SecondPage("192.0.2.7", before.exchange, before.elements, NOW, NOW)
    if kind is Scripts:
        return Scripts((Script("https://www.agency.example/a.js", digests={"sha256": "a"}),))
    return LISTS[kind]


def test_most_checks_of_pages_are_asked() -> None:
    assert len(CHECKS) >= 45


@settings(max_examples=60)
@given(page=pages(), before=pages())
def test_any_page_is_judged(page: Page, before: Page) -> None:
    for check in CHECKS:
        given = [_argument(need.kind, need.form, page, before) for need in check.needs]
        said = check.judge(*given)
        for one in (said,) if isinstance(said, Judgement) else said:
            assert one.outcome is not Outcome.ERROR, check.id
            assert one.message.text.endswith("."), check.id
