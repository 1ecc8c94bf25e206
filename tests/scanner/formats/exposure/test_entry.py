# ruff: noqa: E501 - a table is read best with one case on a line
"""Proofs, grades, redaction, controls, classes of answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.exposure.entry import Entry, Grade, Proof, grade, holds, proved, version
from scanner.formats.exposure.guard import answer_class, is_guard, retry_after
from scanner.formats.exposure.reply import Reply
from scanner.formats.exposure.secret import excerpt, holds_secret, masked
from scanner.formats.exposure.shape import filled, is_alike, siblings

SECRET = "S3cr3tValueOfTheAgency"  # noqa: S105 - it is none


def _entry(*proofs: Proof, grades: tuple[Grade, ...] = (), **more: object) -> Entry:
    fixed = {"title": "t", "category": "g", "cwe": 1, "remediation": "r"}
    return Entry(
        id="e", check="c", severity="high", paths=("/x",), proof=proofs, grades=grades,
        **fixed, **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "reply", "held"),
    [
        (Proof("file"), Reply(200, b"a"), True),
        (Proof("file"), Reply(200, b"<html>"), False),
        (Proof("html"), Reply(200, b"<html>"), True),
        (Proof("json"), Reply(200, b"{}"), False),
        (Proof("json"), Reply(200, b'{"a": 1}'), True),
        (Proof(), Reply(404, b"a"), False),
        (Proof(status=(404,)), Reply(404, b"a"), True),
        (Proof(magic="6162"), Reply(200, b"abc"), True),
        (Proof(magic="6162"), Reply(200, b"xabc"), False),
        (Proof(headers={"x-a": "^1"}), Reply(200, b"a", fields={"x-a": "12"}), True),
        (Proof(headers={"x-a": "^1"}), Reply(200, b"a"), False),
        (Proof(parser="git_head"), Reply(200, b"ref: refs/heads/a"), True),
        (Proof(parser="git_head"), Reply(200, b"a"), False),
        (Proof(json_array=True), Reply(200, b"[1]"), True),
        (Proof(json_array=True), Reply(200, b"[]"), False),
        (Proof(json_keys=("a", "b")), Reply(200, b'{"a": 1}'), False),
        (Proof(json_any_key=("a", "b")), Reply(200, b'{"a": 1}'), True),
        (Proof(json_any_key=("c", "b")), Reply(200, b'{"a": 1}'), False),
        (Proof(json_object_at="a"), Reply(200, b'{"a": {}}'), True),
        (Proof(json_object_at="a"), Reply(200, b'{"a": []}'), False),
        (Proof(json_list_at="a"), Reply(200, b'{"a": []}'), True),
        (Proof(json_list_at="a"), Reply(200, b'{"a": {}}'), False),
        (Proof(all_regex=("^a$", "^b$")), Reply(200, b"a\nb\n"), True),
        (Proof(any_regex=("x", "b")), Reply(200, b"\xffb"), True),
        (Proof(any_regex=("x", "y")), Reply(200, b"b"), False),
        (Proof(no_regex=("b",)), Reply(200, b"b"), False),
    ],
)
def test_every_key_must_hold(one: Proof, reply: Reply, held: bool) -> None:
    assert holds(one, reply) is held


def test_names_of_proofs_and_which_are_a_grammar() -> None:
    names = [
        (Proof(parser="dotenv"), ("dotenv", True)),
        (Proof(magic="00"), ("magic", True)),
        (Proof(json_array=True), ("json-keys", True)),
        (Proof(all_regex=("a",)), ("pattern", False)),
        (Proof(headers={"a": "b"}), ("header", False)),
        (Proof(parser="history"), ("history", False)),
    ]
    for one, told in names:
        assert (one.name, one.is_grammar) == told


def test_an_empty_body_proves_nothing_but_a_header() -> None:
    assert proved(_entry(Proof(any_regex=("",))), Reply(200, b" ")) is None
    own = _entry(Proof(headers={"x": "y"}))
    assert proved(own, Reply(200, b"", fields={"x": "y"})) is not None
    assert not own.is_json
    assert own.statuses == {200}


def test_the_first_grade_that_holds_decides() -> None:
    grades = (
        Grade("critical", proof=Proof(any_regex=("gravest",))),
        Grade("high", secret=True),
        Grade("medium", paths=("/y",)),
        Grade("low", host=r"^api\."),
        Grade("info"),
    )
    one = _entry(Proof(), grades=grades)
    assert grade(one, "/x", Reply(200, b"gravest")).severity == "critical"
    assert grade(one, "/x", Reply(200, f"password={SECRET}".encode())).severity == "high"
    assert grade(one, "/y", Reply(200, b"a")).severity == "medium"
    assert grade(one, "/x", Reply(200, b"a", host="api.agency.example")).severity == "low"
    assert grade(one, "/x", Reply(200, b"a")).severity == "info"
    assert grade(_entry(Proof()), "/x", Reply(200, b"a")).severity == "high"


def test_a_version_is_read_where_the_entry_says_how() -> None:
    one = _entry(Proof(), version="Version ([0-9.]+)")
    assert version(one, Reply(200, b"Version 5.8")) == "5.8"
    assert version(one, Reply(200, b"none")) == ""
    assert version(_entry(Proof()), Reply(200, b"Version 5.8")) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"DB_PASSWORD={SECRET}", True),
        (f"secret_key_base: {SECRET}", True),
        (f"define('AUTH_KEY', '{SECRET}');", True),
        (f"public $password = '{SECRET}';", True),
        (f"url: postgres://app:{SECRET}@db/app", True),
        (f"Server=db;Password={SECRET};", True),
        ("DB_PASSWORD=", False),
        ("password: ~", False),
        ("password: '%env(DB_PASSWORD)%'", False),
        ("password: ${DB_PASSWORD}", False),
        ("password: changeme", False),
        ("api_key: your-key-here", False),
        ("url: postgres://app:password@db/app", False),
        ("opening hours: nine", False),
    ],
)
def test_a_secret_is_no_placeholder(text: str, told: bool) -> None:
    assert holds_secret(text) is told


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (f"[default]\nkey = {SECRET}\n", "[default] key=***"),
        (f"export A={SECRET}\n- b: {SECRET}\n", "A=*** b=***"),
        (f"define( 'DB_NAME', '{SECRET}' );", "define(DB_NAME, ***)"),
        (f"jane:$apr1${SECRET}", "jane:***"),
        (f"$config['db'] = '{SECRET}';", "db=***"),
        (f"-----BEGIN KEY-----\n{SECRET}\n-----END KEY-----\na=b", "[key removed] a=***"),
        (f"only {SECRET} prose", ""),
        (f'{{"a": {{"b": "{SECRET}"}}, "c": [{{"d": 1}}, 2], "e": []}}', "{a: {b: …}, c: [2 x {…}], e: [0 x …]}"),
        (f'[{{"a": {{"b": "{SECRET}"}}}}]', "[1 x {a: {…}}]"),
        (f"<!doctype html><title>A page</title>{SECRET}", "title: A page"),
        ("ab\0\1", "begins 61620001"),
    ],
)  # fmt: skip
def test_names_are_shown_and_values_never(body: str, shown: str) -> None:
    said = excerpt("configuration-file", "pattern", Reply(200, body.encode()))
    assert said == shown
    assert SECRET not in said


def test_of_some_files_nothing_is_shown() -> None:
    assert excerpt("private-key-file", "x", Reply(200, b"a=b")) == ""
    assert excerpt("x", "x", Reply(200, b" ")) == ""


def test_of_a_log_the_time_alone_is_shown() -> None:
    line = f"[24-Nov-2026 10:00:00 UTC] PHP Warning: {SECRET} jane@a.example 192.0.2.1\n"
    assert (
        excerpt("log-file", "log_lines", Reply(200, line.encode()))
        == "[24-Nov-2026 10:00:00 UTC] …"
    )


def test_what_could_be_a_secret_is_masked() -> None:
    text = f"{SECRET} jane@a.example 192.0.2.1 2001:db8:0:1:2:3:4:5 word"
    assert masked(text) == "S3cr… ***@*** *** *** word"
    assert masked("repositoryformatversion") == "repositoryformatversion"


@given(st.text(max_size=300))
def test_an_excerpt_is_short_whatever_it_is_of(text: str) -> None:
    assert len(excerpt("log-file", "pattern", Reply(200, text.encode("utf-8", "ignore")))) <= 200


def _letters(length: int) -> str:
    return "abcdefghijklmnop"[:length]


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("/", []),
        ("/.env", ["/.qabcdefghij", "/qabcdefghij.env"]),
        ("/a/.env?b", ["/a/.qabcdefghij?b", "/a/qabcdefghij.env?b", "/qabcdefghij/.env?b"]),
        ("/dump.sql.gz?a=1", ["/qabcdefghij.sql.gz?a=1"]),
        ("/backup/", ["/qabcdefghij/"]),
        ("/a/b/c.php", ["/a/b/qabcdefghij.php", "/qabcdefghij/b/c.php"]),
        ("/.git/HEAD", ["/.git/qabcdefghij", "/.qabcdefghij/HEAD"]),
        ("/{host}.zip", ["/qabcdefghij.zip"]),
        ("/{label}.tar.gz", ["/qabcdefghij.tar.gz"]),
        ("/debug/pprof/", ["/debug/qabcdefghij/", "/qabcdefghij/pprof/"]),
    ],
)
def test_controls_have_the_shape_of_the_path(path: str, made: list[str]) -> None:
    assert list(siblings(path, _letters).values()) == made
    assert all("*" in one for one in siblings(path, _letters))


def test_names_of_the_host_are_filled_in() -> None:
    assert filled("/{host}-{label}.zip", {"host": "a.example", "label": "a"}) == "/a.example-a.zip"


def test_pages_that_differ_in_the_path_and_what_changes_are_alike() -> None:
    text = "<html><title>Welcome to the portal of our agency</title><p>Asked {path} at 10:0{n}:00, nonce='{n}a'"
    one = Reply(200, text.format(path="/admin/", n=1).encode())
    other = Reply(200, text.format(path="/qabc/", n=2).encode())
    assert is_alike(one, "/admin/", other, "/qabc/")
    login = Reply(
        200, b"<html><title>A login form of a device</title><input name=user><input name=pass>"
    )
    assert not is_alike(login, "/admin/", other, "/qabc/")
    short = Reply(200, b"<html>")
    assert is_alike(short, "/", short, "/")


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, b"<html><title>Agency</title>", False),
        (403, b"", True),
        (200, b"<title>Attention Required! | Cloudflare</title>", True),
        (200, b"The requested URL was rejected. Please consult with your administrator.", True),
        (200, b"<title>Access Denied</title>" + b" " * 20_000, False),
    ],
)
def test_guards(status: int, body: bytes, told: bool) -> None:
    assert is_guard(Reply(status, body)) is told


def test_the_class_of_an_answer() -> None:
    assert answer_class(Reply(404, b"<html>Not found")) == (404, True, False)
    assert answer_class(Reply(404, b"Request blocked by us")) == (404, False, True)


@pytest.mark.parametrize(
    ("said", "seconds"), [("5", 5.0), ("99", 30.0), ("soon", 30.0), ("", 30.0), ("9" * 20, 30.0)]
)
def test_how_long_to_wait(said: str, seconds: float) -> None:
    assert retry_after(Reply(429, b"", fields={"retry-after": said}), 30.0) == seconds


def test_fields_of_one_name_are_joined() -> None:
    reply = Reply(200, b"", lines=("Allow: GET", "X-A:b ", "allow: PUT", "odd"))
    assert reply.fields == {"allow": "GET, PUT", "x-a": "b", "odd": ""}
    assert reply.pairs[1] == ("X-A", "b")
