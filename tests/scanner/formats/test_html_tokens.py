"""HTML tokens, tag by tag as HTML 13.2.5 says, and in linear time whatever is sent."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import html
from scanner.formats.html_collect import REPORTED
from scanner.formats.html_tokens import (
    MOST_ATTRIBUTES,
    Comment,
    Cut,
    Doctype,
    End,
    Tag,
    Text,
    tokens,
)
from scanner.observation.page import Form, Library, LinkedHost, Resource


def _names(text: str) -> list[str]:
    return [one.name for one in tokens(text) if isinstance(one, Tag)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<p><B CLASS=x><br/>", ["p", "b", "br"]),
        ("a < b <3 <", []),
        ("<p a='>' b=\"<i>\"><b>", ["p", "b"]),
        ("<p a=x>y><b>", ["p", "b"]),
        ("<p =x><b>", ["p", "b"]),
        ("<p a= ><b>", ["p", "b"]),
        ("<p a='", []),
        ("<p", []),
        ("<!-- <p> --><b>", ["b"]),
        ("<!--><b>", ["b"]),
        ("<!---><b>", ["b"]),
        ("<!-- x --!><b>", ["b"]),
        ("<!-- x --!> <!-- y --><b>", ["b"]),
        ("<!-- x", []),
        ("<!x <p> ><b>", ["b"]),
        ("<? <p> ?><b>", ["b"]),
        ("<?x", []),
        ("</ x><b>", ["b"]),
        ("</><b>", ["b"]),
        ("</p x", []),
        ("<script><b></script><i>", ["script", "i"]),
        ("<script><!--<script></script>--></script><i>", ["script", "i"]),
        ("<script><!--<script></script></script><i>", ["script", "i"]),
        ("<script><!-- --><script></script><i>", ["script", "i"]),
        ("<script><b>", ["script"]),
        ("<style><b></style x><i>", ["style", "i"]),
        ("<title><b></title><i>", ["title", "i"]),
        ("<textarea><b>", ["textarea"]),
        ("<noscript><img></noscript><i>", ["noscript", "i"]),
        ("<template><img><template></template><b></template><i>", ["i"]),
        ("</template><i>", ["i"]),
        ("<plaintext><b>", ["plaintext"]),
        ("<svg><title><b></title><style><i></style></svg>", ["svg", "title", "b", "style", "i"]),
        ("<svg><script><b></script></svg><u>", ["svg", "script", "u"]),
        ("<svg><script/><b>", ["svg", "script", "b"]),
        ("<svg><p><title><i></title>", ["svg", "p", "title"]),
        ("<svg/><title><i></title>", ["svg", "title"]),
        ("<svg><![CDATA[<b>]]><u>", ["svg", "u"]),
        ("<svg><![CDATA[<b>", ["svg"]),
        ("<![CDATA[<b>]]><u>", ["u"]),
        ("<svg><desc></svg><title><b></title>", ["svg", "desc", "title"]),
        (
            "<svg><foreignObject><title><b></title></foreignObject><title><b>",
            ["svg", "foreignobject", "title", "title", "b"],
        ),
    ],
)
def test_tags(text: str, names: list[str]) -> None:
    assert _names(text) == names


def test_attributes() -> None:
    (tag,) = tokens("<a HREF='x&amp;y' b=\"1\" c=2 d href=z / e='' f = g>")
    assert isinstance(tag, Tag)
    assert tag.attributes == {"href": "x&y", "b": "1", "c": "2", "d": "", "e": "", "f": "g"}


def test_attributes_are_bounded() -> None:
    (tag,) = tokens("<a " + " ".join(f"a{number}=1" for number in range(500)) + ">")
    assert isinstance(tag, Tag)
    assert len(tag.attributes) == MOST_ATTRIBUTES


def test_other_tokens() -> None:
    found = [*tokens("<!DOCTYPE html>a&amp;<!--c--></B>")]
    assert found == [Doctype("html"), Text("a&amp;"), Comment("c"), End("b")]


def test_more_tags_than_are_read() -> None:
    assert Cut() in tokens("<b>" * 50_000)
    assert Cut() in tokens("<template>" + "<b>" * 50_000)


HOSTILE = [
    "<b>",
    "<p a=b ",
    '<p a="',
    "<a<",
    "<!--",
    "<!-- --!",
    "<!---->",
    "<![CDATA[",
    "<script>",
    "<script><!--<script>",
    "<svg><![CDATA[]]>",
    "<svg><title>",
    "<svg>",
    "</title",
    "<title></title>",
    "<style></style",
    "<p/",
    "<p = ",
    "<template>",
    "<a href=//x.test style=color:red>",
    "<a href=//slot-gacor.test>",
    "<img srcset='a,b,c'>",
    "<form><input type=password>",
    "<div style='color:",
    "<div style='url(x)'>",
    "<script>eval(atob('",
    "<meta http-equiv=refresh content='",
    "<h1>",
    "&amp",
    "\\x41",
    "_0x1234 ",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_reading_takes_linear_time(part: str) -> None:
    """Quadratic time would take minutes here; there is room for a busy machine."""
    body = (part * (400_000 // len(part))).encode()
    began = time.process_time()
    html.read(body + b"--!>]]>")
    assert time.process_time() - began < 4


def test_one_tag_with_many_attributes() -> None:
    body = b"<p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">"
    began = time.process_time()
    html.read(body)
    assert time.process_time() - began < 4


def test_what_a_page_tells() -> None:
    made = html.read(
        b"<!doctype html><html lang=ur dir=RTL><head><meta charset=utf-8><title>T</title>"
        b"<meta name=robots content=noindex><meta http-equiv=refresh content='5; url=/x'>"
        b"<noscript><img src=/pixel></noscript>"
        b"<meta http-equiv=Content-Security-Policy content='img-src *'>"
        b"<meta http-equiv=Content-Security-Policy-Report-Only content='img-src x'>"
        b"<style>@import url(/i.css); p {background: url(/b.png)}</style></head><body onload=x()>"
        b"<h1>One <b>heading</b></h1><!-- build 1.2.3 --><!-- none -->"
        b"<p style='background:url(/s.png)'>Text"
        b"<video src=/v poster=/p></video><picture><source srcset='/1 1x, /2 2x'></picture>"
        b"<input type=image src=/in><a href=http://other.test/>x</a><svg><title>no</title></svg>"
    )
    assert (made.doctype, made.language, made.direction) == ("html", "ur", "rtl")
    assert (made.title, made.robots, made.refresh) == ("T", "noindex", "5; url=/x")
    assert (made.charset, made.heading) == ("utf-8", "One heading")
    assert made.policies == ("img-src *",)
    assert made.stray_policies == (f"{REPORTED}: img-src x",)
    assert made.comments == ("build 1.2.3",)
    assert (made.handlers, made.style_attributes, made.inline_styles) == (1, 1, 1)
    assert [(one.element, one.attribute, one.url) for one in made.resources] == [
        ("style", "@import", "/i.css"),
        ("style", "url()", "/b.png"),
        ("p", "style url()", "/s.png"),
        ("video", "", "/v"),
        ("video", "poster", "/p"),
        ("source", "srcset", "/1"),
        ("source", "srcset", "/2"),
        ("input", "", "/in"),
    ]
    assert (made.links, made.plain_links) == ((LinkedHost("other.test"),), 1)
    assert made.visible == len("One headingTextxno")
    assert len(made.simhash) == 16


def test_a_policy_in_the_body_is_none() -> None:
    page = b"<head></head><p><meta http-equiv=content-security-policy content='img-src *'>"
    made = html.read(page)
    assert made.policies == ()
    assert made.stray_policies == ("content-security-policy: img-src *",)


@pytest.mark.parametrize(
    ("page", "is_in_head"),
    [
        ("</head> META", True),
        ("<body>META", False),
        ("</body>META", False),
        ("<title>x</title><script>1</script><style></style><base>META", True),
        ("<svg></svg>META", False),
        ("</p>META", True),
        ("<frameset>META", False),
    ],
)
def test_where_the_head_ends(page: str, is_in_head: bool) -> None:
    meta = "<meta http-equiv=content-security-policy content='img-src *'>"
    made = html.read(page.replace("META", meta).encode())
    assert bool(made.policies) is is_in_head


def test_a_frameset_holds_frames_alone() -> None:
    made = html.read(b"<frameset><script>1</script><frame src=/a><p><img src=/b></frameset>")
    assert [one.url for one in made.resources] == ["/a"]
    assert not made.scripts
    later = html.read(b"<p>x<frameset><img src=/b>")
    assert [one.url for one in later.resources] == ["/b"]


def test_scripts_before_the_policy_are_named() -> None:
    made = html.read(
        b"<script>1</script><script src=/a.js></script><script type=application/json>{}</script>"
        b"<meta http-equiv=content-security-policy content='img-src *'><script src=/b.js></script>"
    )
    assert made.early_scripts == ("inline", "/a.js")
    assert html.read(b"<script>1</script>").early_scripts == ()


def test_scripts_in_the_page() -> None:
    made = html.read(
        b"<script nonce=x>alert(1)</script><script> </script>"
        b"<script type=module src=/m.js></script>"
        b"<script>eval(atob('x'))</script><script>location.href = 'https://x.test/'</script>"
        b"<svg><script href=/s.js></script></svg>"
    )
    first, second, third = made.scripts
    assert (first.sha256, first.has_nonce) == ("bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=", True)
    assert second.signs == ("obfuscated",)
    assert not third.signs
    assert made.redirecting_script == "https://x.test/"
    assert [one.url for one in made.resources] == ["/m.js", "/s.js"]
    assert made.resources[0].rel == "module"


@pytest.mark.parametrize(
    ("markup", "made"),
    [
        ("<form action=/><input name=cnic></form>", (Form("/", asks_identity=True),)),
        ("<form action=/><input name=username></form>", (Form("/"),)),
        ("<form action=/ autocomplete=OFF></form>", (Form("/", autocomplete="off"),)),
        (
            "<form action=/a method=post><button formaction=/b formmethod=get></form>",
            (Form("/a", "post"), Form("/b", "get")),
        ),
        (
            "<form action=/a method=post><input type=submit formaction=/b>",
            (Form("/a", "post"), Form("/b", "post")),
        ),
        ("<form action=/a><form action=/b></form>", (Form("/a"),)),
        ("</form>", ()),
    ],
)
def test_forms(markup: str, made: tuple[Form, ...]) -> None:
    assert html.read(markup.encode()).forms == made


def test_a_password_outside_a_form() -> None:
    made = html.read(b"<input type=password>")
    assert made.has_password
    assert not made.forms


def test_links_of_spam() -> None:
    hidden = "<div style='display:none'><div><a href=https://a.test/>slot gacor</a></div></div>"
    made = html.read(
        (
            hidden
            + "<a href=//b.test/ style='font-size:0'>judi online</a><a href=https://b.test/>news</a>"
            + "<a href=https://slot-gacor.test/>x</a><a href=/own>togel</a><a href=https://[>x</a>"
            + "<a href=mailto:a@b.test>x</a><a href=https://agency.invalid/>togel</a>"
        ).encode()
    )
    assert made.links == (
        LinkedHost("a.test", 1, 1, 1),
        LinkedHost("b.test", 2, 1, 1),
        LinkedHost("slot-gacor.test", 1, 1, 0),
    )


def test_links_are_bounded() -> None:
    made = html.read("".join(f"<a href=//n{n}.test>x</a>" for n in range(500)).encode())
    assert len(made.links) == 300


def test_libraries_in_the_page_are_recognised() -> None:
    found = (Library("x", "1", "content"),)
    assert html.read(b"<script>1</script>", recognise=lambda _: found).libraries == found
    assert html.read(b"<p>", recognise=lambda _: found).libraries == ()


def test_a_base_that_is_no_url_is_none() -> None:
    made = html.read(b"<base href='https://['><script src=/a.js></script>")
    assert html.resolved("/a.js", made, "https://a.example/x")
    found = html.resolved("/a.js", made, "https://a.example/x")
    assert found
    assert found.geturl() == "https://a.example/a.js"


def test_elements_without_what_they_load() -> None:
    made = html.read(
        b"<video><iframe></iframe><img><p style=''><svg><style>p{}</style></svg><meta charset="
        b"><meta http-equiv=content-type content='text/html; charset=big5'>"
        b"<meta http-equiv=content-security-policy content=' '>"
    )
    assert made.resources == ()
    assert made.charset == "big5"
    assert made.policies == ()


def test_deep_foreign_content() -> None:
    assert len(_names("<svg>" * 200 + "</svg>" * 200 + "<b>")) == 201


def test_long_pages_keep_their_beginning() -> None:
    made = html.read(b"<p>" + b"word " * 200_000 + b"<p>late" * 3)
    assert made.visible
    many = html.read("".join(f"<script>{n}</script>" for n in range(600)).encode())
    assert (len(many.scripts), many.truncated) == (500, True)
    policies = "<meta http-equiv=content-security-policy content='img-src *'>" * 90
    assert len(html.read(policies.encode()).policies) == 60
    comments = html.read(b"<!-- 1.2 -->" * 90).comments
    assert len(comments) == 60
    buttons = html.read(b"<form>" + b"<button formaction=/x>" * 90).forms
    assert len(buttons) == 61


def test_pages_of_other_characters() -> None:
    made = html.read("<title>محکمہ</title>".encode("cp1256"), "text/html; charset=windows-1256")
    assert made.title == "محکمہ"
    assert html.resolved("\\\\x.test\\a", made, "https://a.example/") == html.resolved(
        "//x.test/a", made, "https://a.example/"
    )


def test_resources_of_links() -> None:
    made = html.read(
        b"<link rel='shortcut ICON' href=/f.ico><link rel=preload as=Font href=/f.woff>"
    )
    assert made.resources == (
        Resource("link", "/f.ico", rel="shortcut icon"),
        Resource("link", "/f.woff", rel="preload", destination="font"),
    )


PARTS = st.lists(
    st.sampled_from(
        [
            *("<", ">", "</", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<!doctype ", "<?"),
            *("script", "style", "title", "svg", "math", "template", "noscript", "p", "a ", "form"),
            *(
                " href=",
                "'",
                '"',
                "=",
                "/",
                " ",
                "&amp;",
                "\x00",
                "\u00e9",
                "b",
                "<script>",
                "</script>",
            ),
        ]
    ),
    max_size=40,
).map("".join)


@given(PARTS | st.text(max_size=200))
def test_any_text_has_tokens(text: str) -> None:
    for one in tokens(text):
        if isinstance(one, Tag):
            assert one.name == one.name.lower()
            assert len(one.attributes) <= MOST_ATTRIBUTES


@given(PARTS)
def test_any_page_can_be_read(text: str) -> None:
    made = html.read(text.encode())
    assert len(made.shape) == 64
