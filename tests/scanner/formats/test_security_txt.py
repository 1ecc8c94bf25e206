"""security.txt by its clauses: the vectors, what is cut, what is hostile."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from checks.exposure.security_txt import security_txt
from checks.exposure.security_txt_expires import security_txt_expires
from checks.exposure.security_txt_syntax import security_txt_syntax
from scanner.finding import Judgement, Outcome
from scanner.formats import robots
from scanner.formats import security_txt as subject
from scanner.formats.security_txt import Code
from scanner.observation import Observed
from scanner.observation.exposure import SecurityTxt
from scanner.observation.web import HttpExchange

DATA = Path(__file__).parents[2] / "data" / "exposure" / "security_txt_vectors.yaml"
DOCUMENT = YAML(typ="safe").load(DATA.read_text(encoding="utf-8"))
NOW = datetime(2026, 7, 1, tzinfo=UTC)
CONTACT = "Contact: mailto:a@agency.example\nExpires: 2027-01-01T00:00:00Z\n"
PLACE = "https://agency.example/.well-known/security.txt"


def _seen(vector: dict[str, Any]) -> SecurityTxt:
    given = {**DOCUMENT["defaults"], **vector}
    head = f"HTTP/1.1 {given['status']} x\nContent-Type: {given['type']}"
    body = given["body"] if given["status"] == 200 else ""
    text = body if subject.is_security_txt(body) else ""
    return SecurityTxt(HttpExchange.from_text(head, given["url"]), text, given["url"])


def _outcome(judged: Judgement | list[Judgement]) -> str:
    outcomes = {one.outcome for one in (judged if isinstance(judged, list) else [judged])}
    return str(Outcome.FAIL if Outcome.FAIL in outcomes else min(outcomes, key=list(Outcome).index))


def _codes(seen: SecurityTxt) -> set[str]:
    if not seen.text:
        return {"missing"} if subject.is_absence(seen.exchange.status, seen.text) else set()
    file = subject.read(seen.text)
    found: set[Code | None] = {subject.contact_fault(file), subject.expiry(file, NOW)[0]}
    if "/.well-known/" not in seen.exchange.url:
        found.add(Code.LEGACY_LOCATION)
    kind, urls = seen.exchange.first("Content-Type") or "", (seen.first, seen.exchange.url)
    found |= {one.code for one in subject.syntax(file, content_type=kind, urls=urls, is_utf8=True)}
    return {str(one) for one in found if one}


@pytest.mark.parametrize("vector", DOCUMENT["vectors"], ids=lambda one: one["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    seen = _seen(vector)
    judged = {
        "security-txt": _outcome(security_txt.judge(seen)),  # type: ignore[arg-type]
        "security-txt-expires": _outcome(security_txt_expires.judge(Observed(seen, NOW))),  # type: ignore[arg-type]
        "security-txt-syntax": _outcome(security_txt_syntax.judge(seen)),  # type: ignore[arg-type]
    }
    expected = dict(vector["expect"])
    assert _codes(seen) == set(expected.pop("codes"))
    assert {name: judged[name] for name in expected} == expected


def _defects(text: str, **more: Any) -> set[str]:
    given = {"content_type": "text/plain; charset=utf-8", "urls": (PLACE,), "is_utf8": True} | more
    return {str(one.code) for one in subject.syntax(subject.read(text), **given)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Contact : mailto:a@b.example\n", "space-before-colon"),
        ("Contact:\n", "empty-value"),
        ("hello\n", "invalid-line"),
        ("Preferred-Languages: english!\n", "invalid-language"),
        ("Policy: no uri\n", "not-uri"),
        ("x\n-----BEGIN PGP SIGNED MESSAGE-----\n\n", "signed-format"),
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n", "signed-format"),
    ],
)
def test_lines_that_are_wrong(text: str, code: str) -> None:
    assert code in _defects(CONTACT + text if not text.startswith("---") else text + CONTACT)


def test_transport() -> None:
    assert _defects(CONTACT, content_type="text/plain; charset=latin-1") == {"charset-not-utf-8"}
    assert _defects(CONTACT, content_type='text/plain;charset="UTF-8"') == set()
    assert _defects(CONTACT, is_utf8=False) == {"not-utf-8"}


def test_signatures() -> None:
    head, tail = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n",
        ("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"),
    )
    assert _defects(head + CONTACT + tail) == {"signature-not-verified", "signed-without-canonical"}
    assert "data-after-signature" in _defects(head + CONTACT + tail + "Contact: x:y\n")
    inside = subject.read(head + CONTACT + tail + "Contact: mailto:evil@x.example\n")
    assert inside.values("contact") == ("mailto:a@agency.example",)


@pytest.mark.parametrize(
    ("status", "absent"),
    [(404, True), (410, True), (400, True), (403, False), (429, False), (500, False), (301, False)],
)
def test_what_is_absence(status: int, absent: bool) -> None:
    assert subject.is_absence(status, "") is absent
    assert subject.is_absence(200, "<html>") is True
    assert subject.is_absence(200, CONTACT) is False


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    found = subject.read(text)
    assert len(found.defects) <= subject.MOST_DEFECTS
    list(subject.syntax(found, content_type=text, urls=(), is_utf8=True))
    subject.expiry(found, NOW)
    subject.is_security_txt(text)


@given(st.text(max_size=300))
def test_any_robots_txt_is_read(text: str) -> None:
    robots.is_robots_txt(text)
    assert set(robots.telling(text)) <= set(robots.disallowed(text))


@pytest.mark.parametrize(
    ("path", "telling"),
    [
        ("/backup-2024/", True),
        ("/old/site.sql", True),
        ("/phpMyAdmin", True),
        ("/internal", True),
        ("/wp-admin/", False),
        ("/images/", False),
        ("/testimonials/", False),
        ("/history/", False),
        ("/*?sort=", False),
    ],
)
def test_what_robots_txt_tells(path: str, telling: bool) -> None:
    text = f"user-agent: *\nDISALLOW: {path} # a remark\nDisallow:\n"
    assert robots.is_robots_txt(text)
    assert robots.telling(text) == ((path,) if telling else ())
