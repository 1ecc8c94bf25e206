"""What is looked at beside the start page: the site map, and two pages that lead to link spam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.observation import Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.page import LinkedHost
from scanner.observation.web_probes import LinkedPage, LinkedPages, SiteMap
from tests.scanner.gather.harness import HOST, observe
from tests.scanner.gather.sites import html, reply, site, tls

PLACE = Place(Subject(Role.WEB, HOST, 443))
BASE = f"https://{HOST}"
HOME = "<a href='/about'>About</a><a href='https://elsewhere.test/slot-gacor'>x</a>"
URLS = [*(f"/x/slot-gacor-{n}" for n in range(5)), "/licence"]
MAP = "<urlset>" + "".join(f"<url><loc>{BASE}{one}</loc></url>" for one in URLS) + "</urlset>"
SPAM = "<div style='display:none'><a href='https://spam.test/'>slot gacor</a></div>"


def _look(
    pages: Mapping[str, bytes], settings: Mapping[str, Any] | None = None
) -> tuple[LinkedPages, list[str]]:
    heard: list[str] = []

    def say(path: str, fields: dict[str, str]) -> bytes:
        return pages.get(path, html("none", status="404 Not Found"))

    found = observe(LinkedPages, ports={443: site(say, heard)}, tls=tls(), settings=settings)
    seen = found[PLACE]
    assert isinstance(seen, Observed), seen
    assert heard.pop(0) == "/"
    assert len(heard) <= 3
    return seen.value, heard


def test_worded_pages_of_the_site_map_are_looked_at() -> None:
    pages = {"/": html(HOME), "/sitemap.xml": reply("200 OK", body=MAP), URLS[0]: html(SPAM)}
    seen, heard = _look(pages)
    assert heard == ["/sitemap.xml", *URLS[:2]]
    assert seen.site_map == SiteMap(
        f"{BASE}/sitemap.xml", 200, 6, 5, tuple(BASE + one for one in URLS[:5])
    )
    assert seen.pages == (
        LinkedPage(BASE + URLS[0], (LinkedHost("spam.test", 1, 1, 1),)),
        LinkedPage(BASE + URLS[1], detail="it is answered with status 404"),
    )


def test_without_a_site_map_the_start_page_leads_on() -> None:
    home = HOME + "<a href=/away>a</a><a href=/logout>b</a>"
    pages = {
        "/": html(home),
        "/about": reply("200 OK", "Content-Type: text/plain", body="x"),
        "/away": reply("302 Found", "Location: https://elsewhere.test/"),
    }
    seen, heard = _look(pages)
    assert heard == ["/sitemap.xml", "/about", "/away"]
    assert [one.detail for one in seen.pages] == ["it is not HTML", "it redirects"]
    assert seen.site_map is not None
    assert (seen.site_map.status, seen.site_map.urls) == (404, 0)


def test_what_robots_txt_forbids_is_not_asked() -> None:
    rules = "User-agent: *\nDisallow: /x/\nSitemap: /map.xml\n"
    pages = {
        "/": html(HOME),
        "/robots.txt": reply("200 OK", "Content-Type: text/plain", body=rules),
        "/map.xml": reply("200 OK", body=MAP),
    }
    seen, heard = _look(pages, {"respect_robots": True})
    assert heard == ["/robots.txt", "/map.xml"]
    assert [one.reason for one in seen.pages] == [Reason.OUT_OF_SCOPE]


def test_without_a_robots_txt_nothing_is_forbidden_and_with_an_error_everything() -> None:
    pages = {"/": html(HOME), "/sitemap.xml": reply("200 OK", body=MAP)}
    _, heard = _look(pages, {"respect_robots": True})
    assert heard == ["/robots.txt", "/sitemap.xml", URLS[0]]

    def say(path: str, fields: dict[str, str]) -> bytes:
        return html("x") if path == "/" else html("x", status="500 Error")

    ports, settings = {443: site(say)}, {"respect_robots": True}
    seen = observe(LinkedPages, ports=ports, tls=tls(), settings=settings)[PLACE]
    assert isinstance(seen, Unobserved)
    assert seen.reason is Reason.OUT_OF_SCOPE


def test_a_guard_and_a_page_in_its_place_tell_nothing() -> None:
    seen, _ = _look({"/": html("x"), "/sitemap.xml": html("<p>not found")})
    assert seen == LinkedPages(SiteMap(f"{BASE}/sitemap.xml", 200, detail="it is no site map"))
    seen, _ = _look({"/": html("x"), "/sitemap.xml": html("no", status="403 Forbidden")})
    assert seen.site_map is not None
    assert seen.site_map.reason is Reason.BLOCKED
