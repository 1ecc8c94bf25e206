"""End to end: the whole product scans real servers whose faults are known, and says just those."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from scanner import registry
from scanner.demo.government import AGENCIES, CANARY
from tests.conftest import Scanned

pytestmark = pytest.mark.xdist_group("practice")

# What the range itself lacks, everywhere: it has no IPv6.
EVERYWHERE = {"mx-ipv6", "ns-ipv6", "web-ipv6"}
# What an agency that is not exemplary lacks besides its own faults.
# Those that answer over HTTPS at all, and do not ask for a place on the preload list.
UNLISTED = {"hsts-preload-eligibility", "hsts-preload-listing"}
SILENT = EVERYWHERE | {
    "dane-smtp-presence",
    "dkim-keys",
    "mta-sts-record",
    "tls-rpt-record",
    "post-quantum-key-exchange",
    "security-txt",
    "vdp-page",
}
USUAL = SILENT | UNLISTED | {"domain-canonicalisation", "error-page-headers"}
# Without a content security policy an attacker may do all that one could forbid him.
NO_POLICY = {
    "csp-base-uri",
    "csp-data-script",
    "csp-eval",
    "csp-exfiltration",
    "csp-form-action",
    "csp-frame-source",
    "csp-inline-handler",
    "csp-inline-script",
    "csp-inline-style",
    "csp-object",
    "csp-presence",
    "csp-script-source",
}
TRUTH: Mapping[str, set[str]] = {
    "standards.example": EVERYWHERE | {"post-quantum-key-exchange"},
    "police.example": USUAL
    | {
        "dmarc-policy",
        "dmarc-presence",
        "hsts-max-age",
        "hsts-subdomains",
        "mail-spoofing",
        "spf-all",
    },
    "revenue.example": USUAL
    | {
        "hsts-presence",
        "certificate-expiry",
        "certificate-trust",
        "https-availability",
        "dmarc-policy",
        "mail-spoofing",
    },
    "health.example": (USUAL - {"error-page-headers", "post-quantum-key-exchange"})
    | {
        "cipher-anonymous",
        "cipher-order",
        "content-type-sniffing",
        *NO_POLICY,
        "framing-protection",
        "server-version-disclosure",
        "signature-hash",
        "starttls-offered",
        "tls-1-0",
        "tls-1-1",
        "tls-1-3",
        "tls-suites",
        "tls-versions",
    },
    "education.example": USUAL
    | {
        "caa-presence",
        "hsts-presence",
        "https-enforcement",
        "mixed-content-blockable",
        "redirect-first-hop",
    },
    "land.example": USUAL
    | {"environment-file", "error-page-disclosure", "spf-presence", "version-control-metadata"},
    "transport.example": SILENT
    | UNLISTED
    | {
        "cors-credentials",
        "cors-null-origin",
        "cors-vary",
        "csp-base-uri",
        "csp-bypass-host",
        "csp-form-action",
        "csp-inline-handler",
        "csp-inline-script",
        "csp-syntax",
        "dangling-cname",
        "error-page-headers",
        "library-end-of-life",
        "library-vulnerable",
        "page-version-disclosure",
        "sri-presence",
        "web-spam",
    },
    "archives.example": (SILENT - {"dane-smtp-presence", "security-txt", "vdp-page"})
    | {"dnssec-chain"},
    "customs.example": {"dnssec-chain", "dnssec-rrset-validity"},
    "weather.example": (EVERYWHERE - {"mx-ipv6"}) | {"dmarc-report-address"},
    "courts.example": SILENT
    | UNLISTED
    | {
        "hsts-presence",
        "certificate-self-signed",
        "certificate-trust",
        "https-availability",
        "ns-authority",
        "redirect-loop",
    },
    "post.example": (USUAL - {"mta-sts-record", "tls-rpt-record"})
    | {
        "certificate-chain",
        "hsts-presence",
        "certificate-trust",
        "mta-sts-policy",
        "starttls-works",
    },
    "elections.example": (USUAL - {"vdp-page"})  # it answers any path
    | {
        "hsts-presence",
        "cache-control-sensitive",
        "certificate-hostname",
        "certificate-trust",
        "cookie-httponly",
        "cookie-samesite",
        "cookie-secure",
        "https-availability",
        "ns-recursion",
    },
    "tourism.example": set(),
}


@pytest.fixture(scope="session")
def run(scanned: Scanned) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((scanned.output / "run.json").read_bytes())
    return document


def _findings(run: Mapping[str, Any], host: str) -> list[dict[str, Any]]:
    return next(one["findings"] for one in run["targets"] if one["host"] == host)


def _outcome(run: Mapping[str, Any], host: str, check: str, subject: str) -> str:
    return next(
        one["outcome"]
        for one in _findings(run, host)
        if (one["check"], one["subject"]) == (check, subject)
    )


def test_every_agency_has_its_truth() -> None:
    assert set(TRUTH) == {agency.domain for agency in AGENCIES}


@pytest.mark.parametrize("host", TRUTH)
def test_what_fails_is_what_is_wrong(run: Mapping[str, Any], host: str) -> None:
    failing = {one["check"] for one in _findings(run, host) if one["outcome"] == "fail"}
    assert failing == TRUTH[host]


def test_nothing_is_an_error(run: Mapping[str, Any], scanned: Scanned) -> None:
    outcomes = {one["outcome"] for each in run["targets"] for one in each["findings"]}
    assert "error" not in outcomes
    assert scanned.code == 1, scanned.said


@pytest.mark.parametrize("host", ["archives.example", "weather.example"])
def test_a_silent_site_is_unknown_and_not_judged(run: Mapping[str, Any], host: str) -> None:
    every = (one for one in _findings(run, host) if one["subject"].startswith("web:"))
    web = [one for one in every if one["outcome"] != "not-applicable"]
    assert web
    assert {one["outcome"] for one in web} == {"inconclusive"}
    assert {one["reason"] for one in web} <= {"timeout", "refused"}


def test_a_name_that_does_not_exist_is_unknown_or_does_not_apply(run: Mapping[str, Any]) -> None:
    outcomes = {one["outcome"] for one in _findings(run, "tourism.example")}
    assert outcomes == {"inconclusive", "not-applicable"}


def test_a_site_that_answers_everything_proves_nothing(run: Mapping[str, Any]) -> None:
    subject = "web:elections.example:443"
    assert _outcome(run, "elections.example", "environment-file", subject) == "pass"


def test_what_lies_open_is_shown_by_its_names_alone(run: Mapping[str, Any]) -> None:
    open_ones = [
        one
        for one in _findings(run, "land.example")
        if one["check"] in {"environment-file", "version-control-metadata"}
        and one["outcome"] == "fail"
    ]
    assert {one["item"] for one in open_ones} == {"/.env", "/.git/HEAD"}
    evidence = " ".join(line for one in open_ones for line in one["evidence"])
    assert "DB_PASSWORD=***" in evidence
    assert "its content is not stored" in evidence
    assert CANARY not in evidence


def test_the_name_servers_are_told_apart(run: Mapping[str, Any]) -> None:
    host = "courts.example"
    assert _outcome(run, host, "ns-authority", "name-server:ns1.courts.example") == "pass"
    assert _outcome(run, host, "ns-authority", "name-server:ns2.courts.example") == "fail"


def test_every_finding_can_be_defended(run: Mapping[str, Any]) -> None:
    for each in run["targets"]:
        for one in each["findings"]:
            assert one["text"].endswith(".")
            assert one["fingerprint"]
            if one["outcome"] == "fail":
                assert one.get("at"), one
                assert one.get("sources"), one


def test_every_failure_has_a_command_that_shows_it(run: Mapping[str, Any]) -> None:
    fails = [one for each in run["targets"] for one in each["findings"] if one["outcome"] == "fail"]
    assert {one["check"] for one in fails if not one.get("command")} <= {
        "ns-recursion",  # its own command names the server, where one could be named
    }


def test_fingerprints_are_unique(run: Mapping[str, Any]) -> None:
    every = [one["fingerprint"] for each in run["targets"] for one in each["findings"]]
    assert len(every) == len(set(every))


def test_facts_are_kept_for_profiles(run: Mapping[str, Any]) -> None:
    facts = {
        (one["name"], one["subject"]): one.get("value")
        for each in run["targets"]
        for one in each["facts"]
    }
    assert facts["tls.versions", "web:health.example:443"] == ["TLSv1.0", "TLSv1.1", "TLSv1.2"]
    assert facts["hsts.max_age", "web:police.example:443"] == 86400
    assert facts["dmarc.effective_p", "domain:revenue.example"] == "none"
    assert facts["https.enforces", "host:standards.example"] is True


def test_no_secret_is_kept_anywhere(run: Mapping[str, Any], scanned: Scanned) -> None:
    assert run["targets"]
    for path in scanned.output.rglob("*"):
        kept = path.read_bytes() if path.is_file() else b""
        assert (CANARY.encode() in kept) is False, path
    store = next((scanned.govscan.folder / "data").glob("*.db"))
    for line in sqlite3.connect(store).iterdump():
        assert CANARY not in line


def _pages(scanned: Scanned) -> list[Path]:
    return [scanned.output / "index.html", *(scanned.output / "agency").glob("*.html")]


def test_pages_load_nothing_from_elsewhere(scanned: Scanned) -> None:
    pages = _pages(scanned)
    assert len(pages) == len(AGENCIES) + 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(script|img|iframe|link|object|embed)\b", text)
        assert not re.search(r"<[^>]*\s(src|action)=", text)
        assert all(not one.startswith("http") for one in re.findall(r'href="([^"]*)"', text))
        assert "default-src 'none'" in text


def test_links_and_anchors_hold(scanned: Scanned) -> None:
    for page in _pages(scanned):
        text = page.read_text(encoding="utf-8")
        ids = re.findall(r'\bid="([^"]*)"', text)
        assert len(ids) == len(set(ids)), page
        for link in re.findall(r'href="([^"]*)"', text):
            if link.startswith("#"):
                assert link[1:] in ids
            else:
                assert (page.parent / link).exists()


def test_every_finding_but_what_does_not_apply_is_on_its_page(
    run: Mapping[str, Any], scanned: Scanned
) -> None:
    for each in run["targets"]:
        page = scanned.output / "agency" / f"{each['agency']}.html"
        text = page.read_text(encoding="utf-8")
        for one in each["findings"]:
            if one["outcome"] != "not-applicable":
                assert f'id="f-{one["fingerprint"]}"' in text


def test_the_report_says_who_when_and_with_which_rules(scanned: Scanned) -> None:
    text = (scanned.output / "index.html").read_text(encoding="utf-8")
    assert registry.load().rule_set in text
    assert "mailto:demo@standards.example" in text
    assert "the practice government itself" in text


def test_the_same_run_gives_the_same_report(scanned: Scanned) -> None:
    before = {path.name: path.read_bytes() for path in _pages(scanned)}
    ran = scanned.govscan("report", "latest", "--output", "again")
    assert ran.code == 0, ran.err
    for path in (scanned.govscan.folder / "again").rglob("*.html"):
        assert path.read_bytes() == before[path.name]


def test_export_and_evidence(scanned: Scanned) -> None:
    table = scanned.govscan("export", "latest", "--format", "csv", "--output", "-")
    assert table.code == 0
    assert table.out.splitlines()[0].startswith("agency,domain,subject")
    assert any("environment-file" in line for line in table.out.splitlines())
    whole = scanned.govscan("export", "latest")
    assert json.loads(whole.out)["schema_version"] == 1
    seen = scanned.govscan("evidence", "latest", "land.example")
    kinds = {one["kind"] for one in json.loads(seen.out)["observations"]}
    assert {"HttpsAnswer", "CertificateChain", "PathProbes", "DmarcRecords"} <= kinds
    assert scanned.govscan("evidence", "latest", "nowhere.example").code == 2


def test_runs_are_listed_and_shown(scanned: Scanned) -> None:
    assert "finished" in scanned.govscan("runs", "list").out
    shown = scanned.govscan("runs", "show", "latest").out
    assert "practice-government.txt" in shown
    assert json.loads(scanned.govscan("runs", "show", "--json").out)["status"] == "finished"


def test_a_finished_run_is_not_resumed(scanned: Scanned) -> None:
    ran = scanned.govscan("scan", "--resume", "latest")
    assert ran.code == 2
    assert "finished" in ran.err


def test_the_document_keeps_its_schema(run: Mapping[str, Any]) -> None:
    path = Path(__file__).parents[1] / "docs" / "schema" / "run.schema.json"
    schema = json.loads(path.read_bytes())
    jsonschema_rs.validate(schema, run)
    kinds = {one["kind"]: one for each in run["targets"] for one in each["observations"]}
    for name, one in kinds.items():
        if "value" in one:
            wanted = {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
            jsonschema_rs.validate(wanted, one["value"])


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        (
            "police.example",
            "Yes, a stranger can send as @police.example: the SPF record of police.example",
        ),
        (
            "standards.example",
            "No, a stranger cannot send as @standards.example: the DMARC policy of",
        ),
    ],
)
def test_who_can_forge_the_mail_of_an_agency_is_said_in_one_sentence(
    run: Mapping[str, Any], scanned: Scanned, host: str, sentence: str
) -> None:
    (found,) = [one for one in _findings(run, host) if one["check"] == "mail-spoofing"]
    assert found["text"].startswith(sentence)
    assert found["text"].count(".") == found["text"].count(host) + 1
    pages = [page.read_text(encoding="utf-8") for page in scanned.output.rglob("*.html")]
    assert any(sentence.partition(":")[0] in re.sub(r"<[^>]+>", "", page) for page in pages)
