"""The engine of policies: tokens, matches, capabilities, defects, explanations, better policies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import csp
from scanner.formats.csp import capability, nonce, policy
from scanner.formats.csp.explain import CAPABILITIES, explain
from scanner.formats.csp.own import refusals
from scanner.formats.csp.source import Address, Kind, Width
from scanner.observation.page import Elements, InlineScript, Resource

PAGE = Address("https", "www.agency.example", "443", "/")
PLAIN = Address("http", "www.agency.example", "80", "/")


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("'none'", Kind.NONE),
        ("'SELF'", Kind.KEYWORD),
        ("'report-sha384'", Kind.KEYWORD),
        ("'Nonce-aA_-+/=='", Kind.NONCE),
        ("'sha512-x'", Kind.HASH),
        ("'nonce-'", Kind.JUNK),
        ("'nonce-a!b'", Kind.JUNK),
        ("'sha1-abc'", Kind.JUNK),
        ("https:", Kind.SCHEME),
        ("web+x-1.0:", Kind.SCHEME),
        ("*", Kind.HOST),
        ("*:8080", Kind.HOST),
        ("*.a.example:*", Kind.HOST),
        ("a.example./x%20y/", Kind.HOST),
        ("wss://a.example", Kind.HOST),
        ("[::1]", Kind.JUNK),
        ("https://[", Kind.JUNK),
        ("http://%zz", Kind.JUNK),
        ("//a.example", Kind.JUNK),
        ("under_score.example", Kind.JUNK),
        ("a.*", Kind.JUNK),
        ("a.example/?q", Kind.JUNK),
        ("", Kind.JUNK),
    ],
)
def test_tokens(token: str, kind: Kind) -> None:
    assert csp.read(token).kind is kind


@pytest.mark.parametrize(
    ("token", "width"),
    [
        ("https:", Width.CERTAIN),
        ("http://*:*/x", Width.CERTAIN),
        ("*.com", Width.CERTAIN),
        ("*.github.io", Width.FIRM),
        ("ws:", Width.TENTATIVE),
        ("wss://*", Width.TENTATIVE),
        ("*.gov.pk", Width.RESTRICTED),
        ("*.gov", Width.RESTRICTED),
        ("*.internal", Width.CLOSED),
        ("blob:", Width.CLOSED),
        ("ftp://*", Width.CLOSED),
        ("'self'", Width.CLOSED),
        ("com", Width.CLOSED),
        ("https://a.example", Width.CLOSED),
    ],
)
def test_how_wide_a_token_is(token: str, width: Width) -> None:
    assert csp.width(csp.read(token)) is width


@pytest.mark.parametrize(
    ("token", "url", "page", "is_match"),
    [
        ("*", "https://x.test/", PAGE, True),
        ("*", "data:x", PAGE, False),
        ("*", "wss://x.test/", PAGE, False),
        ("'self'", "https://www.agency.example/x", PAGE, True),
        ("'self'", "wss://www.agency.example/", PAGE, True),
        ("'self'", "http://www.agency.example/", PAGE, False),
        ("'self'", "https://www.agency.example/", PLAIN, True),
        ("'self'", "ws://www.agency.example/", PLAIN, True),
        ("'self'", "https://www.agency.example:8443/", PAGE, False),
        ("'self'", "https://other.example/", PAGE, False),
        ("'self'", "data:x", PAGE, False),
        ("http:", "https://x.test/", PAGE, True),
        ("https:", "http://x.test/", PAGE, False),
        ("wss:", "https://x.test/", PAGE, True),
        ("data:", "data:x", PAGE, True),
        ("x.test", "https://X.TEST/", PAGE, True),
        ("x.test", "http://x.test/", PAGE, False),
        ("x.test", "https://a.x.test/", PAGE, False),
        ("*.x.test", "https://a.x.test/", PAGE, True),
        ("*.x.test", "https://x.test/", PAGE, False),
        ("https://*", "https://any.test/", PAGE, True),
        ("x.test:8443", "https://x.test:8443/", PAGE, True),
        ("x.test:443", "https://x.test/", PAGE, True),
        ("x.test:00443", "https://x.test/", PAGE, True),
        ("x.test:*", "https://x.test:1/", PAGE, True),
        ("x.test", "https://x.test:8443/", PAGE, False),
        ("x.test/a", "https://x.test/a", PAGE, True),
        ("x.test/a", "https://x.test/a/b", PAGE, False),
        ("x.test/a/", "https://x.test/a/b", PAGE, True),
        ("x.test/a/", "https://x.test/a", PAGE, False),
        ("x.test/%61", "https://x.test/a", PAGE, True),
        ("x.test/", "https://x.test", PAGE, True),
        ("192.0.2.7", "https://192.0.2.7/", PAGE, False),
        ("'nonce-a'", "https://x.test/", PAGE, False),
    ],
)
def test_matches(token: str, url: str, page: Address, is_match: bool) -> None:
    target = csp.address(url)
    assert target
    assert csp.matches(csp.read(token), target, page) is is_match


def test_what_is_no_address() -> None:
    assert csp.address("https://[") is None
    assert csp.address("https://a:99999/") is None


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ("default-src 'self'", "inline-script eval object frame-source script-source"),
        ("sandbox", "inline-script script-source data-script eval form-action"),
        ("sandbox allow-scripts allow-forms", ""),
        ("script-src 'self'; worker-src blob:", "inline-script script-source eval"),
        ("child-src 'none'", "frame-source"),
        ("base-uri 'self'; form-action 'none'", "base-uri form-action"),
        ("object-src data:", ""),
        ("style-src 'nonce-a' 'unsafe-inline'", "inline-style style-attribute"),
        ("style-src 'unsafe-inline'", ""),
    ],
)
def test_capabilities(lines: str, refused: str) -> None:
    found = csp.policies([lines])
    questions = [
        capability.INLINE_SCRIPT,
        capability.FOREIGN_SCRIPT,
        capability.DATA_SCRIPT,
        capability.EVAL,
        capability.OBJECT,
        capability.FRAME,
        capability.BASE,
        capability.FORM,
        capability.INLINE_STYLE,
        capability.STYLE_ATTRIBUTE,
    ]
    names = {one.name for one in questions if not csp.ask(found, one).is_allowed}
    assert set(refused.split()) <= names
    if not refused:
        assert not names


def test_scripts_that_scripts_make() -> None:
    found = csp.policies(["script-src 'self' blob:"])
    assert csp.ask(found, capability.MADE_SCRIPT).hole.token == "blob:"  # noqa: S105
    strict = csp.policies(["script-src blob: 'strict-dynamic'"])
    assert not csp.ask(strict, capability.MADE_SCRIPT).is_allowed
    assert csp.ask(csp.policies(["worker-src data:"]), capability.WORKER).is_allowed


def test_an_answer_is_as_sure_as_its_least_sure_hole() -> None:
    answer = csp.ask(
        csp.policies(["script-src *", "script-src *.github.io"]), capability.FOREIGN_SCRIPT
    )
    assert (answer.is_allowed, answer.width) == (True, Width.FIRM)
    assert csp.ask((), capability.FOREIGN_SCRIPT).is_ungoverned
    assert not answer.is_ungoverned


def test_the_widest_token_of_a_list_is_named() -> None:
    answer = csp.ask(csp.policies(["script-src ws: *.github.io https:"]), capability.FOREIGN_SCRIPT)
    assert answer.hole.token == "https:"  # noqa: S105


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("img-src 'self'; img-src *", "second img-src is ignored"),
        ("img-src caf\u00e9; default-src 'self'", "not ASCII"),
        ("plugin-types a/b", "obsolete"),
        ("block-all-mixed-content", "obsolete"),
        ("scripts-src 'self'", "is no directive"),
        ("img-src 'none' a.example", "beside other sources"),
        ("img-src 'self' script-src a.example", "semicolon is missing"),
        ("img-src self", "single quotes"),
        ("script-src nonce-abc", "single quotes"),
        ("script-src 'nonce-'", "is no nonce"),
        ("script-src 'sha1-abc'", "is no hash"),
        ("script-src 'self',", "comma"),
        ("script-src 'slef'", "is no keyword"),
        ("script-src //a.example", "no source that browsers know"),
        ("script-src 'sha256-abc'", "not the length"),
        ("script-src 'sha256-a'", "not the length"),
        ("img-src 'nonce-abc'", "no effect in this directive"),
        ("require-trusted-types-for script", "only value"),
    ],
)
def test_defects(text: str, words: str) -> None:
    (found, *_) = csp.problems(csp.parse(text))
    assert words in found.message.text


@pytest.mark.parametrize(
    "text",
    [
        "default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; report-uri /csp; report-to x",
        "script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
        "script-src 'sha256-47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU='",
        "require-trusted-types-for 'script'; trusted-types a b; sandbox allow-scripts",
        "upgrade-insecure-requests; frame-ancestors 'none'",
    ],
)
def test_no_defects(text: str) -> None:
    assert csp.problems(csp.parse(text)) == ()


def test_defects_are_bounded() -> None:
    text = "; ".join(f"x{number} y" for number in range(150))
    assert len(csp.problems(csp.parse(text))) == 50


def test_a_policy_as_text() -> None:
    found = csp.parse(" IMG-SRC  'self' a.example;; script-src ")
    assert found.text == "img-src 'self' a.example; script-src"
    assert csp.parse(found.text).directives == found.directives


def test_a_policy_is_bounded() -> None:
    assert len(csp.parse(";".join(f"x{n} a" for n in range(500))).directives) == 200
    assert len(csp.parse("img-src " + " ".join(map(str, range(5000)))).directives["img-src"]) < 2001
    assert len(csp.policies(["x a," * 200])) == 50


def test_nonces() -> None:
    found = csp.policies(["script-src 'nonce-a'; style-src 'nonce-b' 'nonce-a'; img-src 'nonce-c'"])
    assert nonce.script_nonces(found) == {"a"}
    assert nonce.style_nonces(found) == {"b"}
    assert nonce.look_counted("1764093600001", "1764093600002")
    assert not nonce.look_counted("abcd", "abcd")
    assert not nonce.look_counted("abcd", "abcde")
    assert not nonce.look_counted("kQ9mZr2v", "T7xB1LwY")


def _refused(text: str, elements: Elements, url: str = "https://www.agency.example/") -> list[str]:
    return [*refusals(csp.policies([text]), elements, url)]


@pytest.mark.parametrize(
    ("text", "resource", "is_refused"),
    [
        ("img-src 'self'", Resource("img", "https://x.test/a.png"), True),
        ("img-src 'self'", Resource("img", "/a.png"), False),
        (
            "img-src 'self'; upgrade-insecure-requests",
            Resource("img", "http://www.agency.example/a"),
            False,
        ),
        (
            "img-src 'self'; upgrade-insecure-requests",
            Resource("img", "http://www.agency.example:81/a"),
            True,
        ),
        ("media-src 'none'; img-src *", Resource("video", "/a.png", attribute="poster"), False),
        ("media-src 'none'", Resource("video", "/a.webm"), True),
        ("script-src 'nonce-a'", Resource("script", "/a.js", has_nonce=True), False),
        ("script-src 'nonce-a'", Resource("script", "/a.js"), True),
        ("script-src 'nonce-a' 'strict-dynamic'", Resource("script", "/a.js"), False),
        (
            "style-src 'nonce-a'",
            Resource("link", "/a.css", rel="stylesheet", has_nonce=True),
            False,
        ),
        ("style-src 'none'", Resource("link", "/a.css", rel="stylesheet"), True),
        ("default-src 'none'", Resource("link", "/a", rel="preload"), False),
        ("font-src 'none'", Resource("iframe", "/a"), False),
        ("default-src 'none'", Resource("style", "/a.css", attribute="@import"), False),
        ("img-src 'none'", Resource("img", "https://["), False),
        ("img-src 'none'", Resource("body", "/a.png", attribute="background"), True),
        ("img-src 'none'", Resource("image", "/a.png"), True),
        ("script-src 'sha256-ab-_'", Resource("script", "//x.test/a.js", "sha256-ab+/"), False),
        ("script-src 'sha256-abcd'", Resource("script", "//x.test/a.js", "sha256-abce"), True),
        ("script-src 'sha256-abcd'", Resource("script", "//x.test/a.js", "sha384-abcd"), True),
        (
            "script-src 'sha256-abcd'",  # each of them must be there, the weaker one as well
            Resource("script", "//x.test/a.js", "sha256-abcd sha384-efgh"),
            True,
        ),
        ("script-src 'sha256-abcd'", Resource("script", "//x.test/a.js", "md5-abcd"), True),
    ],
)
def test_own_content(text: str, resource: Resource, is_refused: bool) -> None:
    assert bool(_refused(text, Elements(resources=(resource,)))) is is_refused


def test_own_inline_scripts() -> None:
    digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    made = Elements(scripts=(InlineScript(digest, 0), InlineScript("other", 5, has_nonce=True)))
    assert not _refused(f"script-src 'sha256-{digest}'", made)
    assert _refused("script-src 'self'", made) == ["script-src refuses 1 inline scripts"]
    assert not _refused("script-src 'unsafe-inline'", made)
    assert not _refused("script-src 'sha512-abc'", made)
    assert not _refused("img-src 'self'", made)
    assert not _refused("img-src 'self'", made, "https://[")


def test_what_an_explanation_says() -> None:
    found = explain(
        [
            f"{csp.ENFORCED}: script-src 'nonce-abc' 'unsafe-inline' 'nonce-' https: *.gov.pk",
            "content-security-policy-report-only: default-src 'none' x",
            "script-src wss: *.github.io 'strict-dynamic'; report-uri /r",
            "",
        ]
    )
    assert [one.disposition for one in found.policies] == ["enforced", "reported only", "enforced"]
    notes = {word.text: word.note for line in found.policies[0].lines for word in line.words}
    assert "switched off" in notes["'unsafe-inline'"]
    assert "matches nothing" in notes["'nonce-'"]
    assert "shorter" in notes["'nonce-abc'"]
    assert "anyone" in notes["https:"]
    assert "public body" in notes["*.gov.pk"]
    allowed = {one.check: (one.is_allowed, one.why) for one in found.attacker}
    assert allowed["csp-inline-script"] == (False, "refused")
    assert allowed["csp-base-uri"] == (True, "no directive governs it")
    assert "strict-dynamic" in found.policies[2].lines[0].words[0].note


def test_an_explanation_of_a_page_s_own_policy() -> None:
    found = explain(["frame-ancestors 'none'; default-src 'self'"], is_meta=True)
    assert "no effect" in found.policies[0].problems[0].text
    framing = next(one for one in found.attacker if one.check == "framing-protection")
    assert (framing.is_allowed, framing.why) == (True, "no policy is enforced")
    hole = explain(["default-src *"]).attacker[2]
    assert hole.why == "* in default-src"


TEXTS = st.lists(
    st.sampled_from(
        [
            *("script-src", "default-src", "object-src", "base-uri", "form-action", "style-src"),
            *("frame-ancestors", "frame-src", "script-src-elem", "script-src-attr", "sandbox"),
            *("'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "'strict-dynamic'", "https:"),
            *("'nonce-abc'", "'sha256-abc'", "data:", "blob:", "*", "*.com", "*.gov.pk", "self"),
            *("http://a.example", "a.example/x", "https://[", "'nonce-'", ";", ";", ";", ","),
        ]
    ),
    max_size=20,
).map(" ".join) | st.text(max_size=200)
CLOSED = [one for one in CAPABILITIES if one[0] not in {"csp-inline-style", "csp-exfiltration"}]


@given(TEXTS)
def test_a_better_policy_has_no_hole(text: str) -> None:
    made = csp.better(csp.parse(text))
    found = csp.policies([made])
    allowed = [name for name, _, question in CLOSED if csp.ask(found, question).is_allowed]
    assert not allowed, made


@given(TEXTS)
def test_any_text_is_explained(text: str) -> None:
    for is_meta in (False, True):
        found = explain(text.splitlines(), is_meta=is_meta)
        assert len(found.attacker) == len(CAPABILITIES)


@given(TEXTS)
def test_printing_and_reading_agree(text: str) -> None:
    for one in csp.policies([text]):
        again = csp.parse(one.text)
        assert again.directives == one.directives
        assert not again.ignored


@given(TEXTS, st.text(max_size=80))
def test_any_source_meets_any_address(text: str, url: str) -> None:
    target = csp.address(url) or PAGE
    for word in text.split():
        assert csp.matches(csp.read(word), target, PAGE) in {True, False}


@given(TEXTS, TEXTS)
def test_another_policy_never_allows_more(text: str, other: str) -> None:
    one, both = csp.policies([text]), csp.policies([text, other])
    for _, _, question in CAPABILITIES:
        if csp.ask(both, question).is_allowed:
            assert csp.ask(one, question).is_allowed


def test_eval_with_trusted_types() -> None:
    typed = csp.policies(["script-src 'trusted-types-eval'; require-trusted-types-for 'script'"])
    assert csp.ask_eval(typed).is_allowed
    assert not csp.ask_eval(csp.policies(["script-src 'trusted-types-eval'"])).is_allowed
    assert csp.restricts_scripts(typed)


def test_a_better_policy_keeps_what_was_meant() -> None:
    made = csp.better(
        csp.parse("img-src 'self' blob: http://a.example data: 'nonce-a'; default-src")
    )
    assert "img-src 'self' https://a.example data: 'nonce-{RANDOM}'" in made
    assert "default-src 'none'" in made
    hosts = csp.better(csp.parse("script-src self https://a.example 'unsafe-eval' *"))
    assert "script-src 'self' https://a.example;" in hosts
    assert "script-src 'self';" in csp.better(csp.parse("script-src *"))


def test_chains_fall_back_as_the_specification_says() -> None:
    found = csp.parse("default-src 'none'; child-src 'self'")
    assert found.name_of(policy.WORKER) == "child-src"
    assert found.name_of(policy.FRAME) == "child-src"
    assert found.name_of(policy.EVAL) == "default-src"
    assert found.name_of(policy.BASE) is None
