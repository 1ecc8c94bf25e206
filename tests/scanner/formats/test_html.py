"""The elements of a page: what a browser would load, send or obey, from hostile markup too."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scanner.formats import html
from scanner.formats.html_collect import MOST_KEPT
from scanner.formats.html_tokens import MOST_TAGS
from scanner.observation.web import Elements, Form, Resource

CSP = "Content-Security-Policy"


def _head(markup: str) -> Elements:
    return html.read(f"<!doctype html><html><head>{markup}</head><body></body></html>".encode())


def test_words_of_a_page() -> None:
    made = html.read(
        b"<html lang=' ur-PK '><title>\n A &amp; B </title><meta name=GENERATOR content=' CMS 1 '>"
        b"<meta name=generator content=second><meta name=referrer content=no-referrer>"
    )
    assert (made.language, made.title, made.generator) == ("ur-PK", "A & B", "CMS 1")
    assert made.referrer == "no-referrer"


def test_an_empty_page_has_nothing() -> None:
    assert html.read(b"") == Elements(shape=hashlib.sha256().hexdigest())
    made = html.read(b"<title></title><meta name=x><html lang>")
    assert replace(made, shape="") == Elements()


def test_the_first_base_with_an_address_counts() -> None:
    assert _head("<base target=_top><base href=/a/><base href=/b/>").base == "/a/"


@pytest.mark.parametrize(
    ("page", "policies"),
    [
        (f"<head><meta http-equiv={CSP} content=a></head>", ("a",)),
        (f"<meta http-equiv={CSP.upper()} content=a><p>", ("a",)),
        (f"<head><meta http-equiv={CSP} content=a><meta http-equiv={CSP} content=b>", ("a", "b")),
        (f"<p>x<meta http-equiv={CSP} content=a>", ()),
        (f"<head><div></div><meta http-equiv={CSP} content=a></head>", ()),
        (f"<head>text<meta http-equiv={CSP} content=a></head>", ()),
        (f"<head></head><body><meta http-equiv={CSP} content=a></body>", ()),
        (f"<head><meta http-equiv={CSP}-Report-Only content=a></head>", ()),
        ("<head><meta http-equiv=refresh content=9></head>", ()),
        (f"<head><!-- <meta http-equiv={CSP} content=a> --></head>", ()),
        (f"<head><script><meta http-equiv={CSP} content=a></script></head>", ()),
        (f"<head><template><meta http-equiv={CSP} content=a></template></head>", ()),
    ],
)
def test_policies_count_in_the_head_only(page: str, policies: tuple[str, ...]) -> None:
    assert html.read(page.encode()).policies == policies


@pytest.mark.parametrize(
    ("markup", "made"),
    [
        ("<script src=a.js></script>", Resource("script", "a.js")),
        ("<script>src</script>", None),
        ("<link rel=stylesheet href=a.css>", Resource("link", "a.css", rel="stylesheet")),
        ("<link rel='Preload x' href=a>", Resource("link", "a", rel="preload x")),
        ("<link rel=modulepreload href=a>", Resource("link", "a", rel="modulepreload")),
        ("<link rel=manifest href=a>", Resource("link", "a", rel="manifest")),
        ("<link rel=canonical href=a>", None),
        ("<link href=a>", None),
        ("<img src=' a.png '>", Resource("img", "a.png")),
        ("<iframe src=a></iframe>", Resource("iframe", "a")),
        ("<audio src=a></audio>", Resource("audio", "a")),
        ("<video src=a></video>", Resource("video", "a")),
        ("<embed src=a>", Resource("embed", "a")),
        ("<object data=a></object>", Resource("object", "a")),
        (
            "<script src=a integrity=sha256-x crossorigin></script>",
            Resource("script", "a", "sha256-x", ""),
        ),
        (
            "<script src=a crossorigin=use-credentials></script>",
            Resource("script", "a", "", "use-credentials"),
        ),
        ("<a href=a>x</a>", None),
        ("<body background=' a.png '>", Resource("body", "a.png", attribute="background")),
        ("<td background=a.png>", Resource("td", "a.png", attribute="background")),
        ("<svg><image href=a.png /></svg>", Resource("image", "a.png")),
        ("<svg><image xlink:href=a.png></image></svg>", Resource("image", "a.png")),
        ("<image src=a.png>", Resource("image", "a.png")),
        ("<svg><use href=a.svg#b /></svg>", Resource("use", "a.svg#b")),
        ("<svg><use href='#b' /></svg>", None),
        ("<use href=a.svg>", None),
        ("<link rel=preload imagesrcset='a 2x'>", Resource("link", "a", attribute="imagesrcset")),
    ],
)
def test_what_is_loaded(markup: str, made: Resource | None) -> None:
    page = html.read(f"<body>{markup}".encode())
    assert page.resources == ((made,) if made else ())


@pytest.mark.parametrize(
    ("markup", "made"),
    [
        ("<form></form>", Form("", is_scripted=True)),
        ("<form method=get></form>", Form("")),
        ("<form method=get onsubmit='send()'></form>", Form("", is_scripted=True)),
        ("<form action=/s method=POST></form>", Form("/s", "post")),
        ("<form action=/s><input type=Password></form>", Form("/s", "get", has_password=True)),
        ("<form action=/s><input><input type=text></form>", Form("/s")),
        ("<form action=/s></form><input type=password>", Form("/s")),
        (
            "<form id=f action=/s></form><input type=password form=f>",
            Form("/s", has_password=True),
        ),
        ("<input name=cnic form=f><form id=f action=/s></form>", Form("/s", asks_identity=True)),
        ("<form id=f action=/s><input type=password form=g></form>", Form("/s")),
        ("<form action=/s><input type=password form></form>", Form("/s")),
    ],
)
def test_forms(markup: str, made: Form) -> None:
    assert html.read(f"<body>{markup}".encode()).forms == (made,)


def test_a_further_form_of_a_crowd_keeps_its_own_fields() -> None:
    crowd = "".join(f"<form id=f{n}></form>" for n in range(MOST_KEPT))
    made = html.read(f"{crowd}<input type=password form=late><form id=late>".encode())
    assert made.truncated
    assert not any(one.has_password for one in made.forms)


def test_the_direction_of_a_body_counts_where_the_page_has_none() -> None:
    assert html.read(b"<html lang=ur><body dir=RTL>").direction == "rtl"
    assert html.read(b"<html dir=ltr><body dir=rtl>").direction == "ltr"


def test_a_page_is_read_up_to_the_caps() -> None:
    few = b"<br>" * (MOST_TAGS // 2)
    assert not html.read(few).truncated
    many = html.read(b"<title>t</title>" + b"<br>" * MOST_TAGS + b"<img src=late>")
    assert (many.title, many.resources, many.truncated) == ("t", (), True)
    long = html.read(b"<title>t</title>" + b" " * html.MOST_BYTES + b"<img src=late>")
    assert (long.title, long.resources, long.truncated) == ("t", (), True)
    nested = html.read(b"<div>" * 200_000)
    assert nested.truncated


def test_what_is_kept_is_bounded() -> None:
    made = html.read(b"<body>" + b"<img src=a>" * 600 + b"<form></form>" * 600)
    assert len(made.resources) == len(made.forms) == MOST_KEPT
    assert made.truncated
    assert len(html.read(b"<title>" + b"t" * 1000).title) == 300


@pytest.mark.parametrize(
    ("kind", "is_page"),
    [
        (None, True),
        ("", True),
        ("TEXT/HTML", True),
        (" text/html ; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("application/json", False),
        ("text/htmlx", False),
    ],
)
def test_types(kind: str | None, is_page: bool) -> None:
    assert html.is_html(kind) is is_page


@pytest.mark.parametrize(
    ("url", "base", "resolved"),
    [
        ("y", "", "https://a.example/z/y"),
        ("y", "/x/", "https://a.example/x/y"),
        ("y", "//cdn.example/", "https://cdn.example/y"),
        ("http://b.example/", "/x/", "http://b.example/"),
        ("//b.example/y", "", "https://b.example/y"),
        ("https://[", "", None),
    ],
)
def test_addresses(url: str, base: str, resolved: str | None) -> None:
    made = html.resolved(url, Elements(base=base), "https://a.example/z/")
    assert (made.geturl() if made else None) == resolved


PARTS = st.sampled_from(
    [
        b"<html lang=",
        b"<head>",
        b"<title>",
        b"</title>",
        b"<base href=",
        b"<meta name=generator ",
        b"content=",
        b"<meta http-equiv=",
        CSP.encode(),
        b"<link rel=stylesheet href=",
        b">",
        b"'",
        b"<form ",
        b"<input type=",
        b"<script src=",
        b"crossorigin",
        b"integrity=",
        b"\xff",
        b"\x00",
        b"\xed\xa0\x80",
        b"&#0;",
        b"<!--",
        b"<svg>",
        b"<template>",
        b"\xfe\xff",
        b"</form>",
        b" ",
    ]
)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.lists(PARTS, max_size=25).map(b"".join))
def test_any_bytes_are_a_page(body: bytes) -> None:
    made = html.read(body)
    assert not made.truncated
    for one in made.resources:
        seen = html.resolved(one.url, made, "https://a.example/")
        assert seen is None or isinstance(seen.scheme, str)
