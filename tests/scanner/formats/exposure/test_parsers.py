# ruff: noqa: E501 - a table is read best with one case on a line
"""Structural parsers: what each kind of file is, by its grammar, and what only looks like it."""

from __future__ import annotations

import base64
import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scanner.formats import proof
from scanner.formats.exposure import entry, files, pages, stores
from scanner.formats.exposure.reply import Reply, at, completed

VECTORS = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[3] / "data" / "exposure" / "proof_vectors.yaml").read_bytes()
)["vectors"]


def _reply(body: bytes, path: str = "/x", **fields: str) -> Reply:
    return Reply(200, body, path=path, fields=fields)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    hexed = "body-hex" in case
    body = bytes.fromhex(case["body-hex"]) if hexed else str(case["body"]).encode()
    if case["parser"] == "html-class":
        assert proof.is_html(body) is case["accept"]
        return
    reply = _reply(body, case.get("path", "/x"))
    assert entry.PARSERS[case["parser"]](reply) is case["accept"]


def _pem(label: str, inner: bytes, head: str = "") -> bytes:
    text = base64.encodebytes(inner).decode()
    return f"-----BEGIN {label}-----\n{head}{text}-----END {label}-----\n".encode()


KEY = _pem("PRIVATE KEY", b"\x30" + b"\1" * 60)
CERTIFICATE = _pem("CERTIFICATE", b"\x30" + b"\2" * 60)


@pytest.mark.parametrize(
    ("body", "is_key"),
    [
        (KEY, True),
        (CERTIFICATE + KEY, True),
        (b"# the key\n\n" + KEY, True),
        (b"Bag Attributes\n  friendlyName: a\n" + KEY, True),
        (_pem("RSA PRIVATE KEY", b"\x30" + b"\1" * 60), True),
        (_pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0" + b"\1" * 40), True),
        (_pem("RSA PRIVATE KEY", b"\7" * 64, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n"), True),
        (_pem("RSA PRIVATE KEY", b"\7" * 63, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n"), False),
        (_pem("PGP PRIVATE KEY BLOCK", b"\x95" + b"\1" * 60, "Version: 1\n\n"), True),
        (_pem("PGP PRIVATE KEY BLOCK", b"\x15" + b"\1" * 60), False),
        (_pem("PRIVATE KEY", b"\x31" + b"\1" * 60), False),
        (b"How to make a key:\n" + KEY, False),
        (CERTIFICATE, False),
        (b"-----BEGIN PRIVATE KEY-----\n%%\n-----END PRIVATE KEY-----", False),
        (b"-----BEGIN PRIVATE KEY-----\n", False),
    ],
)
def test_private_keys(body: bytes, is_key: bool) -> None:
    assert files.pem_private(_reply(body)) is is_key


def _tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        packed.addfile(tarfile.TarInfo("a"), io.BytesIO(b""))
    return made.getvalue()


@pytest.mark.parametrize(
    ("body", "is_archive"),
    [
        (_tar(), True),
        (gzip.compress(_tar(), mtime=0), True),
        (gzip.compress(b"a text", mtime=0), False),
        (b"\x1f\x8b\x08" + b"\xff" * 20, False),
        (b"Rar!\x1a\x07\0", True),
        (b"7z\xbc\xaf\x27\x1c\0", True),
        (b"\xfd7zXZ\0\0", True),
        (b"BZh91AY&SY", True),
        (b"BZh is a word", False),
        (b"PK\x03\x04", False),
        (b"a text", False),
    ],
)
def test_archives(body: bytes, is_archive: bool) -> None:
    assert files.archive(_reply(body)) is is_archive


def test_packed_dumps() -> None:
    dump = b"-- MySQL dump 10\nCREATE TABLE `a` (x);\n"
    assert files.gz_sqldump(_reply(gzip.compress(dump)))
    assert not files.gz_sqldump(_reply(dump))
    assert files.hprof(_reply(gzip.compress(b"JAVA PROFILE 1.0.2\0")))
    assert not files.hprof(_reply(gzip.compress(b"JAVA")))


@pytest.mark.parametrize(
    ("body", "path", "is_history"),
    [
        (b"#1700000000\nls\n#1700000001\ncd /\n", "/.bash_history", True),
        (b": 1700000000:0;ls\n: 1700000001:0;cd\n: 1:0;x\n", "/.zsh_history", True),
        (b"show databases;\nselect 1;\nuse a;\n", "/.mysql_history", True),
        (b"show databases;\nselect 1;\nuse a;\n", "/x", False),
        (b"ls\n", "/.bash_history", False),
    ],
)
def test_histories(body: bytes, path: str, is_history: bool) -> None:
    assert files.history(_reply(body, path)) is is_history


@pytest.mark.parametrize(
    ("parser", "body", "accept"),
    [
        ("keystore", b"\xce\xce\xce\xce\0\0\0\2\0\0\0\1", True),
        ("keystore", b"\xfe\xed\xfe\xed\0\0\0\x09\0\0\0\1", False),
        ("keystore", b"\x30\x82\x10\0\x02\x01\x03\x30\x82\1\1\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", True),
        ("keystore", b"\x30\x03\x02\x01\x03" + b"\0" * 30, False),
        ("keystore", b"\x30", False),
        ("keepass", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", True),
        ("keepass", b"\x03\xd9\xa2\x9a....", False),
        ("core_dump", b"MDMP\x93\xa7", True),
        ("core_dump", b"\x7fELF\2\2" + b"\0" * 10 + b"\0\4", True),
        ("core_dump", b"\x7fELF\2\1" + b"\0" * 10 + b"\2\0", False),
        ("core_dump", b"\x7fELF", False),
        ("access_db", b"TAPE\0\0\3\0", True),
        ("access_db", b"a text", False),
        ("git_index", b"DIRC", False),
        ("dav", b"", False),
    ],
)  # fmt: skip
def test_other_stores(parser: str, body: bytes, accept: bool) -> None:
    assert entry.PARSERS[parser](_reply(body)) is accept


def _page(title: str, rest: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body>{rest}".encode()


DATE = "2026-01-02 10:00"


@pytest.mark.parametrize(
    ("path", "body", "is_listing"),
    [
        ("/", _page("Index of /", f"<h1>Index of /</h1><a href='?C=N;O=D'>Name</a> {DATE}"), True),
        ("/a b/", _page("Index of /a b", f"<a href='../'>../</a> {DATE}"), True),
        ("/a/?x=1", _page("Index of /a/", f"Parent Directory {DATE}"), True),
        ("/a/", _page("A page", f"<h1>Directory: /a/</h1><a href='../'>..</a> {DATE}"), True),
        ("/a/", _page("Directory listing for /a/", "<ul><li><a href='b'>b</a></li>"), True),
        ("/a/", _page("Directory listing for /b/", "<ul><li><a href='b'>b</a></li>"), False),
        ("/a/", _page("Index of /a", "<a href='../'>../</a> no date"), False),
        ("/a/", _page("Guide to /a", f"<a href='../'>../</a> {DATE}"), False),
        ("/a/", _page("a.example - /a/", "<pre>[To Parent Directory] 1/15/2026  9:41 AM  &lt;dir&gt;"), False),
        ("/", _page(":", f"<a href='../'>../</a> {DATE}"), False),
        ("/", _page("", f"<a href='../'>../</a> {DATE}"), False),
        ("/", _page("Agency", f"<a href='?sort=date'>News</a> {DATE}"), False),
    ],
)  # fmt: skip
def test_listings(path: str, body: bytes, is_listing: bool) -> None:
    assert pages.dirlist(_reply(body, path)) is is_listing


def test_names_in_a_listing() -> None:
    text = "<a href='../'>up</a><a href='?C=N'>n</a><a href='b.sql'>b</a><a href='/a/c/'>c</a><a href='http://x/y'>"
    assert pages.listed(text) == ("b.sql", "c")


@pytest.mark.parametrize(
    ("status", "fields", "accept"),
    [
        (200, {"dav": "1", "allow": "GET, PUT"}, True),
        (200, {"dav": "1", "public": "PROPFIND"}, True),
        (200, {"ms-author-via": "DAV"}, True),
        (200, {"dav": "1", "allow": "GET"}, False),
        (200, {"allow": "PUT"}, False),
        (405, {"dav": "1", "allow": "PUT"}, False),
    ],
)
def test_webdav(status: int, fields: dict[str, str], accept: bool) -> None:
    assert pages.dav(Reply(status, b"", fields=fields)) is accept


@pytest.mark.parametrize(
    ("body", "accept"),
    [
        (b"<cross-domain-policy><allow-access-from domain='*'/></cross-domain-policy>", True),
        (b'<access-policy><domain uri="*"/></access-policy>', True),
        (
            b"<cross-domain-policy><!-- <allow-access-from domain='*'/> --></cross-domain-policy>",
            False,
        ),
        (b"<cross-domain-policy><allow-access-from domain='*.a.example'/>", False),
    ],
)
def test_policies(body: bytes, accept: bool) -> None:
    assert pages.wildcard_policy(_reply(body)) is accept


@pytest.mark.parametrize(
    "line",
    [
        "[2026-11-24 10:00:00] production.ERROR: x",
        '192.0.2.1 - - [24/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
        "2026/11/24 10:00:00 [error] 1#1: x",
        "12 verbose cli x",
        "2026-11-24 10:00:00,123 ERROR x",
        "I, [2026-11-24T10:00:00.1 #7]  INFO -- : x",
        "#Software: Microsoft Internet Information Services 10.0",
        "Nov 24 10:00:00 host sshd[1]: x",
    ],
)  # fmt: skip
def test_log_lines(line: str) -> None:
    assert stores.log_lines(_reply(f"{line}\n".encode()))
    assert stores.log_prefix(line)


def test_a_word_is_no_log_line() -> None:
    assert not stores.log_lines(_reply(b"An error log was written.\n"))
    assert stores.log_prefix("nothing") == ""


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        (b'{"a": 1, "b": {"c": [1, 2', {"a": 1, "b": {"c": [1]}}),
        (b'{"a": "x,{', {}),
        (b'{"paths": {', {"paths": {}}),
        (b'[{"a": 1}, {"b"', [{"a": 1}, {}]),
        (b'{"a": "\\"}", "b": tr', {"a": '"}'}),
        (b'{"a": 1}}} , x', {"a": 1}),
    ],
)
def test_a_cut_document_keeps_its_complete_members(cut: bytes, whole: Any) -> None:
    import json  # noqa: PLC0415

    if cut.endswith(b"x"):
        assert completed(cut)
        return
    assert json.loads(completed(cut)) == whole
    assert Reply(200, cut, is_cut=True).json == (whole or None)
    assert Reply(200, cut).json is None


def test_what_is_nested_too_deeply_is_no_json() -> None:
    assert Reply(200, b"[" * 100_000, is_cut=True).json is not None
    assert Reply(200, b'{"a": "\xff"}').json == {"a": "\ufffd"}
    assert Reply(200, b"text").json is None


def test_values_at_dotted_keys() -> None:
    document = {"a": {"b": 1, "c": None}, "d.e": 2}
    assert at(document, "a.b") == 1
    assert at(document, "a.c") is None
    assert at(document, "d.e") == 2
    assert at(document, "x.y") is None
    assert at([], "a") is None


@given(st.binary(max_size=400))
def test_any_bytes_can_be_looked_at(body: bytes) -> None:
    reply = _reply(body)
    for parser in entry.PARSERS.values():
        assert parser(reply) in {True, False}
    assert reply.json is None or reply.json is not None


@given(st.text(alphabet='{}[],:"\\a1 ', max_size=80))
def test_any_cut_is_completed_or_nothing(text: str) -> None:
    Reply(200, text.encode(), is_cut=True).json  # noqa: B018 - it must not raise
