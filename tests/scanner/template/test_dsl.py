"""The expressions of templates: each function, each operator, and any text at all."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.template import dsl
from scanner.template.functions import FUNCTIONS, DslError, mmh3

VALUES: dict[str, Any] = {"body": b"abc", "n": 3, "items": ["a", "b"], "flag": True, "a-b": "dash"}


def _value(source: str) -> Any:
    return dsl.evaluate(dsl.parse(source), VALUES)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 / 4", 2.5),
        ("10 % 4", 2.0),
        ("-n", -3.0),
        ("n - 1 - 1", 1.0),
        ("!flag", False),
        ("!!flag", True),
        ("true || nothing", True),
        ("false && nothing", False),
        ("true && false || true", True),
        ("'a' + 1", "a1"),
        ("'a' < 'b'", True),
        ("2 > 10", False),
        ("n >= 3 && n <= 3", True),
        ("body == 'abc'", True),
        ('body != "abd"', True),
        ("n == '3'", False),
        ("body =~ '^a.c$'", True),
        ("body !~ 'z'", True),
        ("a-b == 'dash'", True),
        (r"'a\n\t\\\'' == 'a' + '\n' + '\t' + '\\' + '\''", True),
        ("contains(body, 'b')", True),
        ("contains_all(body, 'a', 'c')", True),
        ("contains_any(body, 'z', 'c')", True),
        ("to_lower('AB')", "ab"),
        ("toupper('ab')", "AB"),
        ("to_title('ab cd')", "Ab Cd"),
        ("regex('b', body)", True),
        ("regex_all('b', body, 'b')", True),
        ("regex_any('z', body, 'z')", True),
        ("len(body)", 3.0),
        ("len('é')", 2.0),
        ("len(items)", 2.0),
        ("starts_with(body, 'x', 'ab')", True),
        ("ends_with(body, 'bc')", True),
        (r"line_starts_with('x\nabc', 'ab')", True),
        (r"line_ends_with('abc\nx', 'bc')", True),
        ("equals_any(body, 'x', 'abc')", True),
        ("hex_encode(body)", "616263"),
        ("to_string(hex_decode('616263'))", "abc"),
        ("md5(body)", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1(body)", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("len(sha256(body)) + len(sha512(body))", 192.0),
        ("mmh3('hello')", "613153351"),
        ("mmh3(body)", "-1277324294"),
        ("base64_py(repeat('a', 60))", "YWFh" * 19 + "\n" + "YWFh\n"),
        ("base64(body)", "YWJj"),
        ("to_string(base64_decode('YWJj'))", "abc"),
        ("to_string(1.5)", "1.5"),
        ("to_string(n)", "3"),
        ("to_string(flag)", "true"),
        ("to_string(items)", "[a b]"),
        ("to_number('12') + 1", 13.0),
        ("replace(body, 'b', 'x')", "axc"),
        ("replace_regex(body, '(b)', '<$1>')", "a<b>c"),
        ("trim_space('  a ')", "a"),
        ("trim('xxaxx', 'x')", "a"),
        ("trim_left('xxa', 'x') + trim_right('axx', 'x')", "aa"),
        ("trim_prefix('aab', 'a') + trim_suffix('abb', 'b')", "abab"),
        ("url_encode('a b/ü!')", "a%20b%2F%C3%BC!"),
        ("to_string(url_decode('a+b%20c'))", "a+b c"),
        ("html_escape('<\"')", "&lt;&#34;"),
        ("html_unescape('&lt;&#39;')", "<'"),
        ("concat('a', 1, true)", "a1true"),
        ("join('-', 'a', 'b')", "a-b"),
        ("join('-', items)", "a-b"),
        ("join(',', split('a b', ' '))", "a,b"),
        ("join(',', split('a b c', ' ', 2))", "a,b c"),
        ("join(',', split('abcde', 2))", "ab,cd,e"),
        ("join(',', split('ab', ''))", "a,b"),
        ("reverse('abc')", "cba"),
        ("repeat('a', 3)", "aaa"),
        ("substr('abcdef', 2)", "cdef"),
        ("substr('abcdef', 2, 4)", "cd"),
        ("date_time('%Y-%M-%D %H:%m:%S', 0)", "1970-01-01 00:00:00"),
        ("date_time('2006-01-02', 0)", "1970-01-01"),
        ("unix_time() > 1700000000", True),
        ("compare_versions('1.2.3', '>= 1.2', '< 2')", True),
        ("compare_versions('v1.2.3', '> 1.2.3')", False),
        ("compare_versions('1.2', '1.2.0')", True),
        ("compare_versions('1.2.0-beta', '< 1.2.0')", True),
        ("compare_versions('1.2', '!= 1.3, <= 1.2')", True),
        ("len(rand_base(5)) + len(rand_base(5, 'ab'))", 10.0),
        ("len(rand_char()) + len(rand_text_alpha(4)) + len(rand_text_numeric(4))", 9.0),
        ("len(rand_text_alphanumeric(6, 'a'))", 6.0),
        ("rand_int(5, 6)", 5.0),
        ("'x{{n}}y'", "x3y"),
        ("contains('{{to_upper(\"ab\")}}', 'AB')", True),
    ],
)
def test_value(source: str, value: Any) -> None:
    assert _value(source) == value


@pytest.mark.parametrize(
    "source",
    [
        "nothing",
        "!contains(nothing, 'a')",
        "n && true",
        "contains('a')",
        "1 / 0",
        "1 % 0",
        "-'a'",
        "flag + 1",
        "to_number('x')",
        "base64_decode('*')",
        "hex_decode('xy')",
        "substr('abc', 2, 9)",
        "substr('abc', -1)",
        "repeat('aaaa', 99999999)",
        "regex('(', 'a')",
        "compare_versions('x', '> 1')",
        "compare_versions('1', '')",
        "replace_regex('a', 'a', '$9')",
        "rand_base(99999999999999)",
        "date_time('%Y', 99999999999999)",
        "'{{nothing}}'",
        "'{{odd(}}'",
        "1 - 'a'",
    ],
)
def test_what_has_no_value_is_an_error(source: str) -> None:
    with pytest.raises(DslError):
        _value(source)


@pytest.mark.parametrize(
    "source",
    ["", "1 +", "(1", "a b", "f(1", "contains(a b)", "@", "'a", "1 2", "((((" * 30, "!" * 99],
)
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises((dsl.SyntaxFaultError, dsl.UnknownFunctionError)):
        dsl.parse(source)


def test_an_unknown_function_is_not_guessed() -> None:
    with pytest.raises(dsl.UnknownFunctionError, match="llm_prompt"):
        dsl.parse("llm_prompt(body)")


def test_the_names_of_a_tree() -> None:
    assert dsl.names(dsl.parse("contains(a, 'x') && !b || -c + 1 == d")) == {"a", "b", "c", "d"}
    assert dsl.names(dsl.parse("unix_time()")) == frozenset()


def test_a_list_is_rendered_by_its_first() -> None:
    assert dsl.rendered("{{items}} {{ n }}", VALUES) == "a 3"


@pytest.mark.parametrize(
    ("data", "value"),
    [(b"", "0"), (b"a", "1009084850"), (b"ab", "-1681926305"), (b"hello, world", "345750399")],
)
def test_murmur(data: bytes, value: str) -> None:
    assert mmh3(data) == value


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_an_expression_or_not(source: str) -> None:
    try:
        tree = dsl.parse(source)
        dsl.evaluate(tree, VALUES)
    except (dsl.SyntaxFaultError, dsl.UnknownFunctionError, DslError):
        pass


@settings(deadline=None)
@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(
        st.sampled_from(["body", "n", "items", "flag", "'x'", "''", "'%'", "1", "-1", "1.5"]),
        max_size=4,
    ),
)
def test_any_call_has_a_value_or_an_error(name: str, arguments: list[str]) -> None:
    with contextlib.suppress(DslError):
        _value(f"{name}({', '.join(arguments)})")
