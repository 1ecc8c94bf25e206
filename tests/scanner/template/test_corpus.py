# ruff: noqa: E501 - a template is read best in one piece
"""A corpus of templates of our own that holds every construct of the public grammar."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.template.load import load
from scanner.template.model import Refusal, Template
from scanner.template.run import Run
from scanner.template.values import Answer, all_headers, dictionary, of_target

HEAD = "id: a-b_1\ninfo:\n  name: A name\n  author: me,you\n  severity: high\n"


def _load(rest: str, head: str = HEAD) -> Template | Refusal:
    return load((head + rest).encode())


def run(rest: str, *answers: Answer, target: str = "https://www.agency.example/app/") -> Run:
    """Drive a template; the last answer stands for all that follow."""
    made = _load(rest)
    assert isinstance(made, Template), made
    running = Run(made, target)
    going = running.go()
    number = 0
    try:
        next(going)
        while True:
            going.send([answers[min(number, len(answers) - 1)]])
            number += 1
    except StopIteration:
        return running


OK = Answer(
    200, (("Content-Type", "text/html"), ("Set-Cookie", "Sid=9; Path=/")), b"x <title>Hi</title>"
)

ACCEPTED = {
    "the old name": "requests:\n  - path: ['{{BaseURL}}/a']\n    matchers: [{type: word, words: [x]}]",
    "one matcher that is no list": "http:\n  - path: '{{BaseURL}}/a'\n    matchers:\n      - {type: status, status: 200}",
    "scalars are text": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: word, words: [1.10, yes, 0x1F, 2024-01-01, x]}]",
    "raw": "http:\n  - raw:\n      - |\n        GET /a HTTP/1.1\n        Host: {{Hostname}}\n        Accept: */*\n\n    matchers: [{type: word, words: [x]}]",
    "all ignored keys": "http:\n  - path: ['{{BaseURL}}']\n    id: one\n    threads: 10\n    req-condition: true\n    read-all: true\n    skip-secret-file: true\n    cookie-reuse: true\n    max-size: 1000\n    matchers: [{type: word, words: [x], match-all: true}]",
    "redirects with their scheme": "http:\n  - path: ['{{BaseURL}}']\n    host-redirects: true\n    protocol-redirects: true\n    max-redirects: 2\n    matchers: [{type: word, words: [x]}]",
    "a flow": "flow: http(1) && http(2)\nhttp:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: word, words: [x], internal: true}]\n  - path: ['{{BaseURL}}/b']\n    matchers: [{type: word, words: [x]}]",
    "a trailing digest": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: word, words: [x]}]\n# digest: 4a0a:922",
    "xpath": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: xpath, xpath: ['//title[contains(text(), \"Hi\")]']}]",
    "random word": "http:\n  - path: ['{{BaseURL}}/{{randstr}}']\n    matchers: [{type: word, words: [x, '{{randstr}}']}]",
    "variables": "variables:\n  a: '{{to_lower(\"X\")}}'\n  b: '{{a}}'\nconstants:\n  c: k\nhttp:\n  - path: ['{{BaseURL}}/{{a}}{{c}}']\n    matchers: [{type: word, words: ['{{b}}']}]",
    "anchors": "variables: &v\n  a: x\nconstants: *v\nhttp:\n  - path: ['{{BaseURL}}/{{a}}']\n    matchers: [{type: word, words: [x]}]",
    "numbered": "http:\n  - path: ['{{BaseURL}}/a', '{{BaseURL}}/b']\n    matchers: [{type: word, part: body_2, words: [x]}]",
    "cookie by name": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: dsl, dsl: ['sid == \"9\"']}]",
    "all parts": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: word, part: all, words: ['text/html']}]",
    "size": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: size, part: body, size: [19]}]",
    "binary": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: binary, binary: ['78203c'], encoding: hex}]",
    "an empty body": "http:\n  - path: ['{{BaseURL}}']\n    body: ''\n    matchers: [{type: word, words: [x]}]",
    "switched off": "self-contained: false\nhttp:\n  - path: ['{{BaseURL}}']\n    global-matchers: false\n    unsafe: false\n    matchers: [{type: word, words: [x]}]",
    "Go's named groups": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: regex, regex: ['<(?<tag>title)>']}]",
    "escapes in dsl": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: dsl, dsl: [\"contains(hex_encode(body), '7820') || contains(body, '\\\\0@\\\\0')\"]}]",
    "status with a condition": "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: status, status: [200, 206], condition: or}]",
    "a path in a raw line": "http:\n  - raw: [\"GET {{p}} HTTP/1.1\\nHost: {{Hostname}}\\nReferer: {{BaseURL}}\\n\\n\"]\n    payloads: {p: [/index, '/a#/b']}\n    matchers: [{type: word, words: [x]}]",
    "the target in parts": "http:\n  - path: ['{{Scheme}}://{{Hostname}}/z', '{{RootURL}}/{{Hostname}}.sql']\n    matchers: [{type: word, words: [x]}]",
    "and": "http:\n  - path: ['{{BaseURL}}']\n    matchers-condition: and\n    matchers: [{type: status, status: [200]}, {type: regex, regex: ['T.tle', 'title'], condition: or}]",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_the_public_grammar_allows_matches(name: str) -> None:
    assert run(ACCEPTED[name], OK).matches


BLOCK = "http:\n  - path: ['{{BaseURL}}/a']\n    matchers: [{type: word, words: [x]}]\n"


def _with(line: str) -> str:
    return BLOCK + f"    {line}\n"


REFUSED = {
    "protocol": "dns:\n  - name: x\n" + BLOCK,
    "unsafe-method": _with("method: DELETE"),
    "request-body": _with("body: a=1"),
    "raw-annotation": 'http:\n  - raw: ["@timeout: 10s\\nGET / HTTP/1.1\\n\\n"]\n    matchers: [{type: word, words: [x]}]',
    "raw-socket": _with("unsafe: true"),
    "payload-combination": _with("iterate-all: true"),
    "payload-file": _with("payloads: {p: words.txt}"),
    "payload-too-long": _with(
        "payloads: {p: [" + ", ".join(f"a{one}" for one in range(101)) + "]}"
    ),
    "flow": "flow: http(2) && http(1)\n" + BLOCK,
    "fuzzing": _with("fuzzing: [{part: query}]"),
    "out-of-band": BLOCK.replace("/a", "/{{interactsh-url}}"),
    "self-contained": BLOCK.replace("{{BaseURL}}", "https://other.example"),
    "signature": _with("digest-username: a"),
    "credentials": _with("headers: {Authorization: Basic YTpi}"),
    "intrusive-path": BLOCK.replace("/a", "/a?cmd=id"),
    "invalid-yaml": "http: [\n",
    "invalid-template": "variables: {}\n",
    "invalid-request": _with("unknown-key: 1"),
    "invalid-matcher": BLOCK.replace("words: [x]", "wörds: [x]"),
    "invalid-regex": BLOCK.replace("word, words: [x]", "regex, regex: ['(?=x)']"),
    "unknown-function": BLOCK.replace("word, words: [x]", "dsl, dsl: ['whois(host) == 1']"),
    "unresolved-variable": BLOCK.replace("/a", "/{{nothing}}"),
}
MORE = [
    ("invalid-yaml", "id: b\n" + BLOCK),
    ("invalid-yaml", "odd: 1\n" + BLOCK),
    ("invalid-yaml", BLOCK + "a: &a [*a]\n"),
    ("invalid-yaml", "--- a\n--- b\n"),
    ("invalid-template", "http: []\n"),
    ("invalid-request", "http: [text]\n"),
    ("invalid-request", "http:\n  - matchers: [{type: word, words: [x]}]\n"),
    ("invalid-request", _with("matchers-condition: xor")),
    ("invalid-request", _with("redirects: true\n    host-redirects: true")),
    ("invalid-request", _with("protocol-redirects: true")),
    ("invalid-request", _with("max-size: many")),
    ("invalid-request", _with("stop-at-first-match: maybe")),
    ("invalid-request", _with("payloads: {p: {a: b}}")),
    ("invalid-request", "http:\n  - raw: [GET]\n"),
    ("invalid-request", "variables: {a: '{{1 +}}'}\n" + BLOCK),
    ("unknown-function", "variables: {a: '{{odd()}}'}\n" + BLOCK),
    ("invalid-matcher", BLOCK.replace("{type: word, words: [x]}", "text")),
    ("invalid-matcher", BLOCK.replace("type: word", "type: odd")),
    ("invalid-matcher", BLOCK.replace("words: [x]", "words: []")),
    ("invalid-matcher", BLOCK.replace("words: [x]", "words: [x], condition: xor")),
    ("invalid-matcher", BLOCK.replace("words: [x]", "words: [x], encoding: base64")),
    (
        "invalid-matcher",
        BLOCK.replace("word, words: [x]", "regex, regex: [x], case-insensitive: true"),
    ),
    ("invalid-matcher", BLOCK.replace("word, words: [x]", "binary, binary: [zz]")),
    ("invalid-matcher", BLOCK.replace("word, words: [x]", "status, status: [ok]")),
    ("invalid-matcher", BLOCK.replace("word, words: [x]", "dsl, dsl: ['1 +']")),
    ("invalid-matcher", _with("extractors: [text]")),
    ("invalid-matcher", _with("extractors: [{type: odd}]")),
    ("invalid-matcher", _with("extractors: [{type: kval, regex: [a]}]")),
    ("invalid-matcher", _with("extractors: [{type: kval}]")),
    ("payload-combination", _with("payloads: {p: [a], q: [b]}")),
    ("payload-combination", _with("attack: clusterbomb\n    payloads: {p: [a]}")),
    ("payload-combination", _with("headers: {X: '{{p}}'}\n    payloads: {p: [a]}")),
    ("raw-socket", _with("race: true")),
    ("fuzzing", _with("pre-condition: [{type: dsl}]")),
    ("self-contained", _with("self-contained: true")),
    ("self-contained", "self-contained: true\n" + BLOCK),
    ("signature", "signature: AWS\n" + BLOCK),
    ("credentials", _with("headers: {Cookie: a=b}")),
    ("request-body", 'http:\n  - raw: ["GET / HTTP/1.1\\nHost: a\\n\\nx=1"]\n'),
    ("unsafe-method", 'http:\n  - raw: ["PROPFIND / HTTP/1.1\\n\\n"]\n'),
    ("self-contained", 'http:\n  - raw: ["GET http://other/ HTTP/1.1\\n\\n"]\n'),
    ("flow", "flow: |\n  for (let a of b) { http(1) }\n" + BLOCK),
    ("flow", "flow: http(1) && http(2)\n" + BLOCK),
    ("protocol", "javascript: [{code: x}]\n"),
    ("protocol", "headless: [{steps: []}]\n"),
]


def _code(made: Template | Refusal) -> str:
    refusal = made if isinstance(made, Refusal) else made.aside
    assert refusal
    return str(refusal.code)


@pytest.mark.parametrize("code", REFUSED)
def test_every_reason_is_given(code: str) -> None:
    assert _code(_load(REFUSED[code])) == code


@pytest.mark.parametrize(("code", "rest"), MORE)
def test_what_is_refused_says_why(code: str, rest: str) -> None:
    assert _code(_load(rest)) == code


@pytest.mark.parametrize("tag", ["rce", "sqli", "intrusive", "default-login", "lfi", "fuzz"])
def test_a_harmful_template_is_set_aside_by_its_tag(tag: str) -> None:
    made = _load(BLOCK, HEAD + f"  tags: exposure,{tag}\n")
    assert _code(made) in {"intrusive-tag", "credentials"}


@pytest.mark.parametrize(
    "path", ["/../etc", "/a%0d%0aX", "/<script>", "/a'b", "/${jndi}", "/a`id`"]
)
def test_a_harmful_template_is_set_aside_by_its_path(path: str) -> None:
    made = _load(
        f'http:\n  - path: ["{{{{BaseURL}}}}{path}"]\n    matchers: [{{type: status, status: [200]}}]'
    )
    assert _code(made) == "intrusive-path"


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("info: {name: a, author: b}\n", "invalid-template"),
        ("id: a b\ninfo: {name: a, author: b}\n", "invalid-template"),
        ("id: a\ninfo: {author: b}\n", "invalid-template"),
        ("id: a\ninfo: {name: b}\n", "invalid-template"),
        ("id: a\ninfo: text\n", "invalid-template"),
    ],
)
def test_what_every_template_must_say(head: str, code: str) -> None:
    assert _code(_load(BLOCK, head)) == code


def test_an_odd_severity_is_read_as_info_and_said() -> None:
    made = _load(BLOCK, "id: a\ninfo: {name: b, author: [c], severity: dire}\n")
    assert isinstance(made, Template)
    assert made.severity == "info"
    assert made.warnings
    other = _load(BLOCK, "id: a\ninfo: {name: b, author: c, severity: unknown}\n")
    assert isinstance(other, Template)
    assert not other.warnings


def test_info_is_kept_for_the_report() -> None:
    more = "  remediation: Close it.\n  reference: [https://a.example, text]\n  classification: {cwe-id: cwe-200}\n"
    made = _load(BLOCK, HEAD + more)
    assert isinstance(made, Template)
    assert (made.remedy, made.references, made.cwe) == (
        "Close it.",
        ("https://a.example",),
        "CWE-200",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/actuator/heapdump",
        "/heapdump?live=true",
        "/actuator/refresh",
        "/wp-cron.php",
        "/debug/pprof/profile?seconds=5",
        "/jolokia/exec/java.lang:type=Memory/gc",
    ],
)
def test_what_makes_the_server_work_is_set_aside(path: str) -> None:
    assert _code(_load(BLOCK.replace("/a", path))) == "intrusive-path"


@pytest.mark.parametrize("path", ["/heapdump.hprof", "/debug/pprof/", "/jolokia/list", "/actuator"])
def test_what_only_lies_there_is_asked_for(path: str) -> None:
    made = _load(BLOCK.replace("/a", path))
    assert isinstance(made, Template)
    assert made.aside is None


OWN_VALUE = """http:
  - path: ['{{BaseURL}}/manage.py', '{{BaseURL}}/{{app}}/settings.py']
    matchers: [{type: word, words: [KEY]}]
    extractors: [{type: regex, internal: true, name: app, group: 1, regex: ['M=(\\w+)']}]
"""


def test_a_later_request_of_a_block_uses_what_an_earlier_one_gave() -> None:
    made = run(OWN_VALUE, Answer(200, (), b"M=shop"), Answer(200, (), b"KEY"))
    assert [one.url for one in made.matches] == ["https://www.agency.example/app/shop/settings.py"]
    assert run(OWN_VALUE, Answer(404, (), b"")).skipped
    alone = OWN_VALUE.replace("'{{BaseURL}}/manage.py', ", "")
    assert _code(_load(alone)) == "unresolved-variable"


def test_another_port_is_left_out_and_the_rest_is_asked() -> None:
    rest = BLOCK.replace("['{{BaseURL}}/a']", "['{{BaseURL}}:8000/a', '{{BaseURL}}/b']")
    made = run(rest, OK, target="https://www.agency.example")
    assert [one.url for one in made.matches] == ["https://www.agency.example/b"]
    assert made.skipped


def test_a_flow_ends_at_the_first_block_without_a_match() -> None:
    flow = ACCEPTED["a flow"].replace("words: [x], internal", "words: [no], internal")
    assert run(flow, OK).matches == []


def test_a_flow_goes_on_after_an_internal_extractor() -> None:
    rest = (
        "flow: http(1)&&http(2)\nhttp:\n  - path: ['{{BaseURL}}']\n    extractors:\n"
        "      - {type: regex, name: t, internal: true, group: 1, regex: ['<title>(\\w+)']}\n"
        "  - path: ['{{BaseURL}}/{{t}}']\n    matchers: [{type: word, words: [x]}]"
    )
    (found,) = run(rest, OK).matches
    assert found.url == "https://www.agency.example/app/Hi"


def test_a_flow_without_operators_goes_on() -> None:
    rest = "flow: http(1) && http(2)\nhttp:\n  - path: ['{{BaseURL}}']\n  - path: ['{{BaseURL}}/b']\n    matchers: [{type: word, words: [x]}]"
    assert run(rest, OK).matches


def test_the_template_s_own_stop_ends_it() -> None:
    rest = "stop-at-first-match: true\n" + BLOCK + BLOCK.removeprefix("http:\n")
    assert len(run(rest, OK).matches) == 1


def test_extractors_of_every_type() -> None:
    body = b'{"a": {"b": [1, {"c": "x"}], "d": "e"}}'
    answer = Answer(200, (("X-Version", "V9"), ("Content-Type", "application/json")), body)
    rest = (
        "http:\n  - path: ['{{BaseURL}}']\n    extractors:\n"
        "      - {type: json, json: ['.a.b[1].c', '.a.b[0]', '.a[]', '.none', '.a | length', '.']}\n"
        "      - {type: kval, kval: [x_version], case-insensitive: true}\n"
        "      - {type: dsl, dsl: ['len(body)', 'odd_name']}\n"
        "      - {type: regex, part: none, regex: [a]}\n"
        "      - {type: regex, group: 9, regex: [a]}\n"
        "      - {type: regex, name: two, regex: ['\"([a-e])\"']}\n"
    )
    (found,) = run(rest, answer).matches
    assert {"x", "1", "v9", str(len(body)), "e", '"a"'} <= set(found.values)
    assert found.name == "two"


def test_xpath_extracts_text_and_attributes() -> None:
    body = b"<html><a href='/x'>one</a></html>"
    rest = (
        "http:\n  - path: ['{{BaseURL}}']\n    extractors:\n      - {type: xpath, xpath: ['//a']}\n"
        "      - {type: xpath, attribute: href, xpath: ['//a']}\n      - {type: xpath, xpath: ['//a[']}\n"
    )
    (found,) = run(rest, Answer(200, (), body)).matches
    assert set(found.values) == {"one", "/x"}
    xml = Answer(200, (), b"<?xml version='1.0'?><r><a href='/x'>one</a></r>")
    assert run(rest, xml).matches
    assert run(rest, Answer(200, (), b"")).matches == []


def test_values_of_a_hole_outside_of_a_text_are_never_true() -> None:
    rest = BLOCK.replace("word, words: [x]", "dsl, dsl: ['{{Hostname}} == \"a\"', 'true']")
    assert run(rest, OK).matches
    alone = BLOCK.replace("word, words: [x]", "dsl, dsl: ['{{Hostname}} == \"a\"']")
    assert run(alone, OK).matches == []


def test_a_word_whose_hole_has_no_value_ends_an_and() -> None:
    either = BLOCK.replace("[x]", "['{{none}}', x]")
    both = BLOCK.replace("[x]", "['{{none}}', x], condition: and")
    assert run(either, OK).matches
    assert run(both, OK).matches == []


def test_a_pattern_may_hold_values() -> None:
    rest = BLOCK.replace("word, words: [x]", "regex, regex: ['{{to_lower(\"X\")}} <', '{{none}}']")
    assert run(rest, OK).matches


def test_what_would_leave_the_target_is_skipped() -> None:
    for path in ("{{BaseURL}}:8080/x", "http://{{Hostname}}/x", "{{Hostname}}.other.example/"):
        rest = f"http:\n  - path: ['{path}']\n    matchers: [{{type: status, status: [200]}}]"
        made = run(rest, OK, target="https://www.agency.example")
        assert made.matches == []
        assert made.skipped
    rest = 'http:\n  - raw: ["GET / HTTP/1.1\\nHost: other.example\\n\\n"]\n    matchers: [{type: status, status: [200]}]'
    assert run(rest, OK).skipped


def test_headers_of_a_template_are_sent_apart_from_ours() -> None:
    rest = BLOCK + "    headers: {User-Agent: Mozilla, X-A: '{{Hostname}}', Host: '{{Hostname}}'}\n"
    made = _load(rest)
    assert isinstance(made, Template)
    wish = next(Run(made, "http://agency.example").go())
    assert wish.headers == (("X-A", "agency.example"),)


def test_variables_of_a_target() -> None:
    known = of_target("https://portal.city.gov.pk:8443/app/index.php?a=1")
    assert known["BaseURL"] == "https://portal.city.gov.pk:8443/app/index.php"
    assert (known["RootURL"], known["Hostname"]) == (
        "https://portal.city.gov.pk:8443",
        "portal.city.gov.pk:8443",
    )
    assert (known["Path"], known["File"], known["Port"], known["Query"]) == (
        "/app",
        "index.php",
        "8443",
        "a=1",
    )
    assert (known["FQDN"], known["RDN"], known["DN"], known["TLD"], known["SD"]) == (
        "portal.city.gov.pk", "city.gov.pk", "city", "gov.pk", "portal",
    )  # fmt: skip


def test_headers_are_written_as_the_public_engine_does() -> None:
    made = Answer(299, (("x-b", "1"), ("content-length", "3"), ("ETag", "e")), b"abc")
    assert all_headers(made) == "HTTP/1.1 299\r\nContent-Length: 3\r\nEtag: e\r\nX-B: 1\r\n\r\n"
    assert dictionary(made)["content_length"] == 3


@pytest.mark.parametrize("charset", ["gbk", "gb2312", "windows-1251"])
def test_some_charsets_are_converted(charset: str) -> None:
    word = "привет" if charset == "windows-1251" else "中文"
    made = Answer(200, (("Content-Type", f"text/html; charset={charset}"),), word.encode(charset))
    assert dictionary(made)["body"] == word.encode()


def test_a_payload_is_typed_before_it_is_text() -> None:
    rest = (
        BLOCK.replace("/a", "/{{p}}") + "    payloads: {p: [1.10, yes, 0x10, '1.10', no, 1e3, .]}\n"
    )
    made = _load(rest)
    assert isinstance(made, Template)
    assert made.blocks[0].payloads == ("1.1", "true", "16", "1.10", "false", "1000", ".")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_template_or_a_refusal(data: bytes) -> None:
    assert isinstance(load(data), Template | Refusal)


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["words", "regex", "dsl", "xpath", "binary", "kval"]))
def test_any_text_in_an_operator_is_read_or_refused(text: str, key: str) -> None:
    import json  # noqa: PLC0415

    kind = "word" if key == "words" else key
    block: dict[str, Any] = {"path": ["{{BaseURL}}"], "matchers": [{"type": kind, key: [text]}]}
    info = {"name": "a", "author": "b", "severity": "low"}
    made = load(json.dumps({"id": "a", "info": info, "http": [block]}).encode())
    if isinstance(made, Template):
        going = Run(made, "http://agency.example").go()
        next(going, None)
        with contextlib.suppress(StopIteration):
            while going.send([OK]):
                continue


@settings(deadline=None, max_examples=40)
@given(st.integers(100, 599), st.binary(max_size=200), st.text(max_size=30))
def test_any_answer_can_be_judged(status: int, body: bytes, value: str) -> None:
    answer = Answer(status, (("Content-Type", value), ("Set-Cookie", value)), body)
    for rest in ACCEPTED.values():
        run(rest, answer)
