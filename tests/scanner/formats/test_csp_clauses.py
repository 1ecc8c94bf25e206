"""Content Security Policy, clause by clause: what an outsider's markup may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import csp
from scanner.formats.csp import capability, policy

QUESTIONS = {
    "inline": capability.INLINE_SCRIPT,
    "handler": capability.INLINE_HANDLER,
    "foreign": capability.FOREIGN_SCRIPT,
    "data": capability.DATA_SCRIPT,
}


def _allowed(*fields: str) -> set[str]:
    found = csp.policies(fields)
    return {name for name, asked in QUESTIONS.items() if csp.ask(found, asked).is_allowed}


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        (["default-src 'self'"], ""),
        (["SCRIPT-SRC 'self'; script-src *"], ""),
        (["default-src 'none'; script-src-elem https:"], "foreign"),
        (
            ["script-src 'nonce-r4nd0mAAAAAAAAAAAAAAAA'; script-src-attr 'unsafe-inline'"],
            "handler",
        ),
        (["script-src 'self'", "script-src 'unsafe-inline' *"], ""),
        (["script-src 'self', script-src 'unsafe-inline' *"], ""),
        (["img-src 'none'", "script-src *"], "foreign"),
        (["script-src 'none' https://cdn.agency.example"], ""),
        (["script-src https://*.co.uk"], "foreign"),
        (["script-src 'unsafe-inline' 'sha256-***'"], "inline handler"),
        (["script-src *"], "foreign"),
        (["default-src 'self' 'unsafe-inline'; script-src 'self'"], ""),
        (["frame-ancestors 'none'"], "inline handler foreign data"),
        (["script-src 'unsafe-inline' https: http: 'nonce-abc' 'strict-dynamic'"], ""),
        (["script-src 'STRICT-DYNAMIC' *"], ""),
        (["script-src 'unsafe-inline' https:; script-src-attr 'none'"], "inline foreign"),
        (["script-src unsafe-inline"], ""),
        (["script-src 'UNSAFE-INLINE'"], "inline handler"),
        (["script-src 'unsafe-inline' 'nonce-a!b'"], "inline handler"),
        (["script-src 'unsafe-inline' nonce-abc"], "inline handler"),
        (["script-src 'unsafe-inline' 'nonce-abc==='"], "inline handler"),
        (["script-src 'unsafe-inline' 'SHA512-ab_-+/=='"], ""),
        (["script-src 'self' caf\u00e9; default-src *"], "foreign"),
        (["default-src"], ""),
        (["script-src\t'self'\fDATA:"], "data"),
        (["script-src 'strict-dynamic' data:"], ""),
        ([], "inline handler foreign data"),
    ],
)
def test_questions(fields: list[str], allowed: str) -> None:
    assert _allowed(*fields) == set(allowed.split())


@pytest.mark.parametrize(
    "source",
    [
        "http:",
        "HTTPS:",
        "*",
        "*:*",
        "*:8443",
        "http://*/x/",
        "*.com",
        "https://*.COM:443/x",
        "*.co.uk.",
    ],
)
def test_an_outsider_can_satisfy(source: str) -> None:
    assert csp.is_open(source)
    assert csp.openness(("'self'", source)) == "open"


@pytest.mark.parametrize(
    "source",
    [
        "//a.example",
        "under_score.example",
        "*.*.a.example",
        "example.*",
        "'nonce-'",
        "https://[",
        "http://%zz",
        "blob:",
        "data:",
        "self",
        "'self'",
        "*.agency.gov.pk",
        "*.example.com",
        "com",
        "192.0.2.7",
    ],
)
def test_an_outsider_cannot_satisfy(source: str) -> None:
    assert not csp.is_open(source)


@pytest.mark.parametrize(
    ("sources", "word"),
    [
        ("", "none"),
        ("'NONE'", "none"),
        ("'none' 'self'", "self"),
        ("'Self'", "self"),
        ("'self' https://a.example", "list"),
        ("https:", "open"),
    ],
)
def test_width_of_a_list(sources: str, word: str) -> None:
    assert csp.openness(tuple(sources.split())) == word


def test_policies_without_directives_drop_out() -> None:
    assert csp.policies(["; ;", "", ", ,"]) == ()
    assert csp.policies(["img-src caf\u00e9"]) == ()


def test_the_first_of_a_name_counts_and_keeps_its_case() -> None:
    (found,) = csp.policies([" IMG-SRC  https://A.example ; img-src * "])
    assert found.directives == {"img-src": ("https://A.example",)}


def test_a_page_s_policy_is_one_and_some_directives_are_void_there() -> None:
    contents = [
        "default-src 'self', script-src 'self'",
        "report-uri /r; frame-ancestors 'none'; sandbox; img-src 'none'",
        "sandbox",
        "",
    ]
    first, second = csp.meta_policies(contents)
    assert first.directives == {"default-src": ("'self',", "script-src", "'self'")}
    assert second.directives in ({"img-src": ()}, {"img-src": ("'none'",)})


@pytest.mark.parametrize(
    ("fields", "chain", "word"),
    [
        (["object-src https://a.example", "default-src 'self'"], csp.OBJECT, "self"),
        (["default-src *; object-src 'none'"], csp.OBJECT, "none"),
        (["default-src 'none'"], csp.BASE, None),
        (["default-src 'none'"], csp.FRAMES, None),
        (["frame-ancestors *", "frame-ancestors https://a.example"], csp.FRAMES, "list"),
        (["script-src-elem 'none'; script-src *"], policy.EVAL, "open"),
        ([], csp.OBJECT, None),
    ],
)
def test_the_strictest_list(fields: list[str], chain: tuple[str, ...], word: str | None) -> None:
    assert csp.strictest(csp.policies(fields), chain) == word


WORDS = st.sampled_from(
    [
        "script-src ",
        "default-src ",
        "script-src-attr ",
        "'unsafe-inline' ",
        "* ",
        "; ",
        ", ",
        "'nonce-a' ",
        "'strict-dynamic' ",
        "data: ",
        "https: ",
        "'self' ",
        "'none' ",
    ]
)
FIELDS = st.text(max_size=100) | st.lists(WORDS, max_size=12).map("".join)


@given(FIELDS, FIELDS)
def test_one_more_policy_never_allows_more(field: str, other: str) -> None:
    assert _allowed(field, other) <= _allowed(field)


@given(FIELDS)
def test_any_text_can_be_in_a_page(text: str) -> None:
    for one in csp.meta_policies([text]):
        assert one.directives
        assert csp.openness(one.governing(tuple(one.directives)) or ()) in csp.ORDER
