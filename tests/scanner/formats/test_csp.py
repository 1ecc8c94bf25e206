"""What a policy lets an outsider do (CSP Level 3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import csp

INLINE, FOREIGN, DATA = csp.allows_inline_script, csp.allows_foreign_script, csp.allows_data_script


def _allows(field: str) -> set[str]:
    found = csp.policies([field])
    return {
        name
        for name, question in (("inline", INLINE), ("foreign", FOREIGN), ("data", DATA))
        if csp.allow(found, csp.SCRIPT, question)
    }


@pytest.mark.parametrize(
    ("field", "allowed"),
    [
        ("default-src 'self'", set()),
        ("img-src *", {"inline", "foreign", "data"}),
        ("script-src", set()),
        ("script-src 'unsafe-inline'", {"inline"}),
        ("script-src 'unsafe-inline' 'nonce-abc'", set()),
        ("script-src 'unsafe-inline' 'NONCE-abc'", set()),
        ("script-src 'unsafe-inline' 'nonce-'", {"inline"}),
        ("script-src 'unsafe-inline' 'sha256-abc='", set()),
        ("script-src 'unsafe-inline' https: 'strict-dynamic'", set()),
        ("script-src *", {"foreign"}),
        ("script-src http:", {"foreign"}),
        ("script-src https://*", {"foreign"}),
        ("script-src *:443", {"foreign"}),
        ("script-src *.com", {"foreign"}),
        ("script-src *.gov.pk", set()),
        ("script-src *.github.io", {"foreign"}),
        ("sandbox; img-src *", set()),
        ("sandbox allow-scripts", {"inline", "foreign", "data"}),
        ("script-src 'self'\x0b*", set()),
        ("script-src *.agency.example", set()),
        ("script-src https://cdn.example/path/", set()),
        ("script-src https://[ http://%zz example.*", set()),
        ("script-src data:", {"data"}),
        ("script-src data: 'strict-dynamic'", set()),
        ("script-src 'self'; script-src *", set()),
        ("script-src-elem 'self'; script-src *", set()),
        ("SCRIPT-SRC 'self'", set()),
        ("script-src 'self', script-src *", set()),
        ("script-src *\u00a0'self'; default-src 'self'", set()),
    ],
)
def test_scripts(field: str, allowed: set[str]) -> None:
    assert _allows(field) == allowed


def test_without_a_policy_everything_is_allowed() -> None:
    assert csp.policies([]) == csp.policies([";,;"]) == ()
    assert csp.allow((), csp.SCRIPT, FOREIGN)


def test_in_a_page_some_directives_are_void() -> None:
    (found,) = csp.meta_policies(["frame-ancestors 'none'; script-src 'self', x"])
    assert set(found.directives) == {"script-src"}
    assert csp.meta_policies(["sandbox"]) == ()


@pytest.mark.parametrize(
    ("sources", "word"),
    [
        ((), "none"),
        (("'none'",), "none"),
        (("'self'",), "self"),
        (("'SELF'",), "self"),
        (("'self'", "https://a.example"), "list"),
        (("'self'", "*"), "open"),
    ],
)
def test_openness(sources: tuple[str, ...], word: str) -> None:
    assert csp.openness(sources) == word


def test_the_strictest_of_several_counts() -> None:
    found = csp.policies(["object-src *", "default-src 'none'", "img-src 'self'"])
    assert csp.strictest(found, csp.OBJECT) == "none"
    assert csp.strictest(found, csp.BASE) is None


@given(st.text(max_size=300))
def test_any_text_can_be_asked(field: str) -> None:
    assert _allows(field) <= {"inline", "foreign", "data"}
