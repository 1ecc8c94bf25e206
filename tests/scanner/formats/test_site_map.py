"""Site maps as sites write them, own links, and which words in a path sell."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import site_map
from scanner.formats.site_map import Entry
from scanner.observation.page import Elements

BASE = "https://www.agency.example"
HEAD = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def _map(*entries: str) -> bytes:
    return f"{HEAD}{''.join(f'<url>{one}</url>' for one in entries)}</urlset>".encode()


def test_a_site_map_lists_the_paths_of_its_own_site() -> None:
    text = _map(
        f"<loc> {BASE}/a?x=1&amp;y=2 </loc><lastmod>2026-11-01</lastmod>"
        "<image:loc>https://www.agency.example/picture</image:loc>",
        "<lastmod>2026-10-01</lastmod><loc><![CDATA[https://WWW.agency.example:443/b]]></loc>",
        "<loc>https://elsewhere.test/c</loc>",
        "<loc>ftp://www.agency.example/d</loc>",
        "<loc>http://agency.example:80/e</loc>",
        "<loc>https://[broken/</loc>",
        f"<loc>{BASE}</loc>",
    )
    seen = site_map.read(text, BASE)
    assert seen == site_map.Listed(
        (Entry("/a?x=1&y=2", "2026-11-01"), Entry("/b", "2026-10-01"), Entry("/e"), Entry("/")),
        is_map=True,
    )


def test_an_index_is_not_followed_and_a_page_is_no_map() -> None:
    index = f"<sitemapindex><sitemap><loc>{BASE}/posts.xml</loc></sitemap></sitemapindex>"
    assert site_map.read(index.encode(), BASE) == site_map.Listed(is_map=True, is_index=True)
    assert site_map.read(f"<p><loc>{BASE}/x</loc>".encode(), BASE) == site_map.Listed()


def test_of_a_long_site_map_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    long = _map(*(f"<loc>{BASE}/{n}</loc>" for n in range(4)))
    monkeypatch.setattr(site_map, "MOST_ENTRIES", 2)
    assert site_map.read(long, BASE) == site_map.Listed(
        (Entry("/0"), Entry("/1")), is_map=True, is_cut=True
    )
    monkeypatch.setattr(site_map, "MOST_BYTES", len(HEAD) + 9)
    assert site_map.read(long, BASE) == site_map.Listed(is_map=True, is_cut=True)


@pytest.mark.parametrize(
    ("robots", "path"),
    [
        ("User-agent: *\nSitemap: https://www.agency.example/map.xml\n", "/map.xml"),
        ("sitemap:/one.xml.gz\nsitemap: /two.xml", "/two.xml"),
        ("Sitemap: https://elsewhere.test/map.xml", ""),
        ("Sitemap: /logout", ""),
        ("Sitemap:", ""),
        ("", ""),
    ],
)
def test_the_site_map_that_robots_txt_names(robots: str, path: str) -> None:
    assert site_map.named(robots, BASE) == path


def test_own_links_are_those_of_the_very_service() -> None:
    body = (
        b"<a href='/b#x'>b</a><a class=x HREF=c?y=1&amp;z=2>c</a><a href=\"//cdn.test/\">d</a>"
        b"<a href=http://www.agency.example/plain>e</a><a href='/b'>again</a><a name=x>"
        b"<a href=https://[x/>f</a><a href=mailto:x@y.test>g</a>"
    )
    assert site_map.own_links(body, Elements(), f"{BASE}/a/") == ("/b", "/a/c?y=1&z=2")
    assert site_map.own_links(b"<a href=c>", Elements(base="/d/"), f"{BASE}/a/") == ("/d/c",)


def test_of_many_links_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_map, "MOST_LINKS", 2)
    assert site_map.own_links(b"<a href=/1><a href=/2><a href=/3>", Elements(), BASE) == (
        "/1",
        "/2",
    )


def test_pages_with_words_are_chosen_first_then_the_newest() -> None:
    entries = [
        Entry("/", "2026-11-09"),
        Entry("/home", "2026-11-08"),
        Entry("/report.pdf", "2026-11-07"),
        Entry("/logout", "2026-11-06"),
        Entry("/old"),
        Entry("/news", "2026-11-05"),
        Entry("/search?q=1", "2026-11-05"),
        Entry("/slots-online/", "2026-01-01", has_words=True),
    ]
    links = ("/about", "/index.php?id=slot-gacor", "/buy_cialis.html")
    assert site_map.chosen("/home", links, entries, 9) == (
        "/index.php?id=slot-gacor",
        "/buy_cialis.html",
        "/slots-online/",
        "/news",
        "/old",
        "/about",
    )
    assert site_map.chosen("/home", links, entries, 1) == ("/index.php?id=slot-gacor",)


@pytest.mark.parametrize(
    "path",
    [
        "/slot-gacor-hari-ini",
        "/daftar-situs-judi-online/",
        "/?p=slot+gacor",
        "/2026/buy%20viagra_cheap",
        "/best-online-casino-canada",
        "/deneme-bonusu-veren-siteler",
    ],
)
def test_words_of_a_seller(path: str) -> None:
    assert site_map.is_sold(path)


@pytest.mark.parametrize(
    "path",
    [
        "/en/medicines/human/epar/viagra",
        "/tadalafil-lilly",
        "/viagra-warning",
        "/do-not-buy-viagra-online-warning",
        "/casino-licence",
        "/online-casinos",
        "/online-casino-bonus-regulations",
        "/operators/bet365",
        "/berita/kominfo-blokir-situs-judi-online-terpercaya",
        "/cegah-judi-online",
        "/bahaya-slot-gacor",
        "/yasadisi-bahis-siteleri",
        "/best-practice",
        "/slot-machines",
        "/casino/bonus",
    ],
)
def test_words_of_an_office(path: str) -> None:
    assert not site_map.is_sold(path)


def test_what_is_sold_is_counted() -> None:
    text = _map(f"<loc>{BASE}/slot-gacor</loc>", f"<loc>{BASE}/viagra-warning</loc>")
    assert site_map.read(text, BASE).spam == ("/slot-gacor",)


@given(st.binary(max_size=300))
def test_anything_is_read(body: bytes) -> None:
    site_map.read(b"<urlset><url><loc>" + body, BASE)
    site_map.own_links(b"<a href=" + body, Elements(), BASE)


@pytest.mark.parametrize(
    "piece",
    [
        b"<a ",
        b"<a href='",
        b"<a href ",
        b"<url ",
        b"<loc>",
        b"<loc>/x",
        b'<a href="x',
        b"<lastmod ",
    ],
)
def test_hostile_text_is_read_in_linear_time(piece: bytes) -> None:
    body = b"<urlset>" + piece * (site_map.MOST_BYTES // len(piece))
    began = time.process_time()
    site_map.read(body, BASE)
    site_map.own_links(body, Elements(), BASE)
    assert time.process_time() - began < 5
