"""csp_evaluator's and Observatory's own test inputs, judged by our engine, each deviation named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.web.content_type_sniffing import content_type_sniffing
from checks.web.cross_origin_isolation import cross_origin_isolation
from checks.web.csp_bypass_host import csp_bypass_host
from checks.web.csp_insecure_scheme import csp_insecure_scheme
from checks.web.framing_protection import framing_protection
from checks.web.referrer_policy import referrer_policy
from checks.web.sri_presence import sri_presence
from scanner.finding import Judgement, Outcome
from scanner.formats import csp, html
from scanner.formats.csp import capability
from scanner.formats.web_lists import script_hosts
from scanner.lists import bundled
from scanner.observation.web import HttpExchange, Page
from tests.scanner.formats.peers import array, blocks, package, strings

URL = "https://www.agency.example/"


@pytest.fixture(scope="session")
def evaluator() -> Path:
    return package("csp_evaluator")


@pytest.fixture(scope="session")
def observatory() -> Path:
    return package("@mdn/mdn-http-observatory") / "test"


def _allowed(policy: str, *questions: capability.Question) -> bool:
    found = csp.policies([policy])
    return any(csp.ask(found, one).is_allowed for one in questions)


def _page(*lines: str) -> Page:
    return Page.from_text("Content-Type: text/html", *lines)


def _fails(said: Judgement) -> bool:
    return said.outcome is Outcome.FAIL


def _policy(text: str) -> Page:
    return _page(f"{csp.ENFORCED}: {text}")


def _bypass(policy: str) -> bool:
    return _fails(csp_bypass_host.judge(_policy(policy), script_hosts.read(bundled(script_hosts))))


def _lacks(policy: str) -> bool:
    """A script or object list is missing, or a base beside a nonce or strict-dynamic."""
    (found,) = csp.policies([policy])
    missing = any(found.governing(one) is None for one in (csp.SCRIPT, csp.OBJECT))
    tokens = csp.sources(found.governing(csp.SCRIPT) or ())
    nonce = any(one.kind is csp.Kind.NONCE for one in tokens)
    strict = nonce or bool(capability.keyword(tokens, "'strict-dynamic'"))
    return missing or (strict and found.governing(csp.BASE) is None)


def _written_wrongly(policy: str) -> bool:
    return any(csp.problems(one) for one in csp.policies([policy]))


def _short_nonce(policy: str) -> bool:
    tokens = [
        one
        for found in csp.policies([policy])
        for one in csp.sources(found.directives["script-src"])
    ]
    return any(
        one.kind is csp.Kind.JUNK or len(one.word) < 8 for one in tokens if "nonce" in one.text
    )


OPEN = (capability.FOREIGN_SCRIPT, capability.DATA_SCRIPT, capability.OBJECT, capability.BASE)
INLINE = (capability.INLINE_SCRIPT, capability.INLINE_HANDLER)


def _has_open(policy: str) -> bool:
    """Whether a list that is written lets strangers in; a missing one is another test's matter."""
    found = csp.policies([policy])
    answers = [csp.ask(found, one) for one in OPEN]
    return any(one.is_allowed and one.hole.directive for one in answers)


# What each of csp_evaluator's checks asks, asked of our engine.
EVALUATOR: dict[str, Callable[[str], bool]] = {
    "checkScriptUnsafeInline": lambda policy: _allowed(policy, *INLINE),
    "checkScriptUnsafeEval": lambda policy: _allowed(policy, capability.EVAL),
    "checkPlainUrlSchemes": _has_open,
    "checkWildcards": _has_open,
    "checkMissingDirectives": _lacks,
    "checkScriptAllowlistBypass": _bypass,
    "checkSrcHttp": lambda policy: _fails(csp_insecure_scheme.judge(_policy(policy))),
    "checkInvalidKeyword": _written_wrongly,
    "checkMissingSemicolon": _written_wrongly,
    "checkUnknownDirective": _written_wrongly,
    "checkNonceLength": _short_nonce,
}
EVALUATOR_DEVIATIONS = {
    # A hash with 'unsafe-hashes' lets one known text run, no other: nothing for an attacker.
    "CheckScriptUnsafeHashesInScriptSrc",
    # 'none' beside a host has no effect (CSP3 6.7.2.3): the host is let in, and said so.
    "checkScriptAllowlistBypassWithNoneAndJSONPBypass",
    # It warns of every host, its own origin included; we name those that are known to be used.
    "checkScriptAllowlistBypassNoBypassWarningOnly",
    "checkScriptAllowlistBypassNoBypassSelfWarningOnly",
    # object-src missing beside an own list is a hole of its own check, not one of syntax.
    "CheckMissingDirectivesObjectSrcSelf",
}


def test_the_evaluator_s_tests(evaluator: Path) -> None:
    seen = 0
    wrong: list[str] = []
    for path in ("security_checks_test.ts", "parser_checks_test.ts"):
        for block in blocks(evaluator / "checks" / path):
            asked = re.search(r"(?:securityChecks|parserChecks)\.(\w+)", block.text)
            expected = [
                int(one) for one in re.findall(r"violations\.length\)\.toBe\((\d+)\)", block.text)
            ]
            policy = next(strings(block.text.partition("const test")[2]), "")
            if not asked or asked[1] not in EVALUATOR or not expected or not policy:
                continue
            seen += 1
            ours = EVALUATOR[asked[1]](policy)
            if ours != (expected[-1] > 0) and block.name not in EVALUATOR_DEVIATIONS:
                wrong.append(f"{block.name}: {policy!r} peer {expected[-1]}, ours {ours}")
    assert not wrong, "\n".join(wrong)
    assert seen >= 35


def test_the_evaluator_s_parser(evaluator: Path) -> None:
    block = next(one for one in blocks(evaluator / "parser_test.ts") if one.name == "CspParser")
    policy = next(strings(block.text.partition("validCsp =")[2]))
    (found,) = csp.policies([policy])
    listed = re.search(r"expectedDirectives = \[(.*?)\]", block.text, re.DOTALL)
    assert listed
    assert set(found.directives) == set(strings(listed[1]))
    assert found.directives["child-src"] == ("*.example.com:9090",)
    assert len(found.directives["script-src"]) == 7


UNSAFE = (
    capability.INLINE_SCRIPT,
    capability.FOREIGN_SCRIPT,
    capability.DATA_SCRIPT,
    capability.OBJECT,
)
OBSERVATORY: dict[str, Callable[[str], bool]] = {
    "unsafe inline": lambda policy: _allowed(policy, *UNSAFE),
    "insecure scheme broad and unsafe": lambda policy: _allowed(policy, *UNSAFE),
    "insecure scheme": lambda policy: _fails(csp_insecure_scheme.judge(_policy(policy))),
    "insecure scheme in passive content only": lambda policy: _fails(
        csp_insecure_scheme.judge(_policy(policy))
    ),
    "unsafe inline in style src only": lambda policy: not _allowed(policy, *UNSAFE),
    "no unsafe": lambda policy: not _allowed(policy, *UNSAFE, capability.INLINE_STYLE),
    "no unsafe default src none": lambda policy: not _allowed(policy, *UNSAFE),
}
OBSERVATORY_DEVIATIONS = {
    # Browsers load nothing by ftp any more: nobody can serve what it matches.
    "default-src 'none'; script-src ftp://mozilla.org",
    "default-src 'self'; img-src ftp:",
    # Two hashes without a space between them are none: 'unsafe-inline' is in force.
    (
        "object-src 'none'; style-src 'self'; script-src 'unsafe-inline' "
        "'sha256-hqBEA/HXB3aJU2FgOnYN8rkAgEVgyfi3Vs1j2/XMPBA='"
        "'sha256-hqBEA/HXB3aJU2FgOnYN8rkAgEVgyfi3Vs1j2/XMPBB='"
    ),
}


def test_observatory_s_policies(observatory: Path) -> None:
    seen = 0
    wrong: list[str] = []
    for block in blocks(observatory / "csp.test.js"):
        for policy in array(block.text):
            if block.name not in OBSERVATORY or policy in OBSERVATORY_DEVIATIONS:
                continue
            seen += 1
            if not OBSERVATORY[block.name](policy):
                wrong.append(f"{block.name}: {policy!r}")
    assert not wrong, "\n".join(wrong)
    assert seen >= 40


def test_observatory_calls_invalid_what_browsers_obey(observatory: Path) -> None:
    """Its *header invalid*: a second directive is ignored, strict-dynamic alone is very strict."""
    text = (observatory / "csp.test.js").read_text(encoding="utf-8")
    values = array(text)
    obeyed = [one for one in values if _governs(one)]
    assert "default-src 'none'; default-src 'none'" in obeyed
    assert all(not _allowed(one, capability.FOREIGN_SCRIPT) for one in obeyed)


def _governs(policy: str) -> bool:
    return any(one.governing(csp.SCRIPT) is not None for one in csp.policies([policy]))


@pytest.mark.parametrize(
    ("name", "policies"),
    [
        ("test_parse_http_equiv_headers_csp1.html", 1),
        ("test_parse_http_equiv_headers_csp2.html", 1),
        # Observatory counts four; one has blanks around its name, which no browser forgives.
        ("test_parse_http_equiv_headers_csp_multiple_http_equiv1.html", 3),
    ],
)
def test_observatory_s_pages_with_policies(observatory: Path, name: str, policies: int) -> None:
    made = html.read((observatory / "files" / name).read_bytes())
    assert len(csp.meta_policies(made.policies)) == policies


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("no_scripts", Outcome.NOT_APPLICABLE),
        ("sameorigin1", Outcome.NOT_APPLICABLE),
        ("sameorigin2", Outcome.NOT_APPLICABLE),
        ("impl_sameorigin", Outcome.NOT_APPLICABLE),
        ("impl_external_https1", Outcome.PASS),
        ("impl_external_https2", Outcome.PASS),
        ("notimpl_external_https", Outcome.FAIL),
        ("notimpl_external_http", Outcome.FAIL),
        ("notimpl_external_noproto", Outcome.FAIL),
        # Observatory fails it for its missing scheme; on a secure page that is https.
        ("impl_external_noproto", Outcome.PASS),
        # Mixed content is a check of its own: the checksum is there.
        ("impl_external_http", Outcome.PASS),
    ],
)
def test_observatory_s_pages_with_scripts(observatory: Path, name: str, outcome: Outcome) -> None:
    body = (observatory / "files" / f"test_content_sri_{name}.html").read_bytes()
    page = Page(HttpExchange("GET", "https://mozilla.org/", 200), html.read(body))
    assert sri_presence.judge(page).outcome is outcome


# Values that Observatory fails and we do not, with the reason.
HEADER_DEVIATIONS = {
    # Unknown words leave the default of browsers in force (Referrer Policy 8.1).
    "whimsy",
    "whimsy, whimsy1, whimsy2",
    # The first item decides (Fetch); a second one changes nothing.
    "nosniff, nosniff",
}


@pytest.mark.parametrize(
    ("name", "field", "judge"),
    [
        ("referrer-policy", "Referrer-Policy", referrer_policy.judge),
        ("x-content-type-options", "X-Content-Type-Options", content_type_sniffing.judge),
        (
            "cross-origin-resource-policy",
            "Cross-Origin-Resource-Policy",
            cross_origin_isolation.judge,
        ),
    ],
)
def test_observatory_s_headers(
    observatory: Path, name: str, field: str, judge: Callable[[Page], Judgement]
) -> None:
    seen = 0
    for block in blocks(observatory / f"{name}.test.js"):
        arrays = re.findall(r"const (\w+) = \[", block.text)
        passes = "assert.isTrue(result.pass)" in block.text
        for value in (one for each in arrays for one in array(block.text, each)):
            if value in HEADER_DEVIATIONS and field != "Cross-Origin-Resource-Policy":
                continue
            seen += 1
            assert (not _fails(judge(_page(f"{field}: {value}")))) is passes, value
    assert seen >= 2


@pytest.mark.parametrize(
    ("lines", "protects"),
    [
        (("X-Frame-Options: whimsy",), False),
        # Observatory calls it invalid; browsers take the same word twice for one.
        (("X-Frame-Options: SAMEORIGIN, SAMEORIGIN",), True),
        # Observatory passes it; no browser has obeyed it for years.
        (("X-Frame-Options: ALLOW-FROM https://mozilla.org",), False),
        (("X-Frame-Options: DENY ",), True),
        (("X-Frame-Options: DENY", f"{csp.ENFORCED}: frame-ancestors https://mozilla.org"), True),
    ],
)
def test_observatory_s_frames(observatory: Path, lines: tuple[str, ...], protects: bool) -> None:
    text = (observatory / "x-frame-options.test.js").read_text(encoding="utf-8")
    assert lines[0].partition(": ")[2] in text
    assert _fails(framing_protection.judge(_page(*lines))) is not protects
