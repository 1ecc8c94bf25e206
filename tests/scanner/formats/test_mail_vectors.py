"""The specification's own examples, and where we agree with other scanners and where not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.formats import dmarc, spf, spf_static
from scanner.formats.error import FormatError
from scanner.formats.mail_examples import NAME, included
from scanner.formats.mail_examples import dmarc as walked
from scanner.formats.mail_examples import spf as seen
from scanner.observation.mail import DmarcRecords, PolicyRecord

FOLDER = Path(__file__).parents[2] / "data" / "mail"
OWN: dict[str, Any] = json.loads((FOLDER / "own_examples.json").read_bytes())
PEERS: dict[str, Any] = json.loads((FOLDER / "peer_verdict_vectors.json").read_bytes())


@pytest.mark.parametrize("example", OWN["dmarc_records"], ids=lambda one: one["record"])
def test_dmarc_record(example: dict[str, Any]) -> None:
    text = example["record"]
    found = dmarc.discover(walked(*filter(dmarc.is_candidate, (text,))))
    assert (found.effective is not None) is example["usable"]
    if found.effective is None:
        return
    expected = example["effective"]
    assert found.effective.policy == expected["domain"]
    assert found.effective.sub == expected["subdomain"]
    assert found.effective.nonexistent == expected["nonexistent_subdomain"]


@pytest.mark.parametrize("example", OWN["dmarc_tree_walk"], ids=lambda one: one["author"])
def test_dmarc_walk(example: dict[str, Any]) -> None:
    steps = []
    for name in dmarc.walk(example["author"]):
        text = example["records"].get(f"_dmarc.{name}")
        steps.append(PolicyRecord(name, (text,) if text else ()))
        if dmarc.has_suffix_tag(steps[-1].texts):
            break
    found = dmarc.discover(DmarcRecords(tuple(steps), exists=example["exists"]))
    assert found.organisation == example["org_domain"]
    assert (found.owner or None) == example["policy_from"]
    assert (found.effective.policy if found.effective else None) == example["policy"]


@pytest.mark.parametrize("example", OWN["spf_records"], ids=lambda one: one["record"])
def test_spf_record(example: dict[str, Any]) -> None:
    expected = example["expected"]
    if expected.get("result") == "none":
        assert not spf.is_record(example["record"])
        return
    if not expected["valid"]:
        with pytest.raises(FormatError):
            spf.parse(example["record"])
        return
    reading = spf_static.read(seen(example["record"]))
    assert reading.lookups == expected["lookups"]
    assert reading.all == ("" if "from redirect" in expected["all"] else expected["all"])


BELOW = (included("_spf.ok", "v=spf1 -all"), included("missing.example"))


@pytest.mark.parametrize("row", PEERS["spf"], ids=lambda one: one["record"][:40])
def test_internet_nl_is_repeated_from_our_facts_alone(row: dict[str, Any]) -> None:
    """Its verdict on SPF: an ``all`` of - or ~, and includes that are there."""
    record = row["record"]
    if record.endswith("\u2026"):
        record = "v=spf1 " + " ".join(f"a:h{n}.x.pk" for n in range(11)) + " -all"
    reading = spf_static.read(seen(record, below=BELOW))
    verdict = "valid" if reading.all in {"-", "~"} else "invalid_all"
    if reading.defect:
        verdict = "invalid_include"
    assert verdict == row["internetnl"]


STRICT = {  # it refuses what RFC 9989 ignores or reads as p=none
    "v=DMARC1; rua=mailto:d@x.pk",
    "v=DMARC1",
    "v=DMARC1; p=reject; rua=d@x.pk",
    "v=DMARC1; p=reject; foo=bar",
    "  v=DMARC1; p=reject",
}


@pytest.mark.parametrize("row", PEERS["dmarc"], ids=lambda one: one["record"])
def test_internet_nl_on_dmarc_and_where_it_is_stricter(row: dict[str, Any]) -> None:
    found = dmarc.discover(walked(*filter(dmarc.is_candidate, (row["record"],))))
    usable = found.effective is not None
    if row["record"] in STRICT:
        assert usable
        assert row["internetnl_own"] == "invalid_syntax"
        return
    enforced = found.effective is not None and found.effective.policy != "none"
    assert enforced is (row["internetnl_own"] == "valid")


@pytest.mark.parametrize("row", PEERS["bod1801_email"], ids=lambda one: one["case"])
def test_what_bod_18_01_asks_is_told_apart_by_our_facts(row: dict[str, Any]) -> None:
    """Reject, in full: the facts that the profile reads, for the cases that say a policy."""
    texts = {
        "2LD, SPF -all valid": "v=DMARC1; p=reject; rua=mailto:a@x.gov",
        "2LD with no MX": "v=DMARC1; p=reject; rua=mailto:a@x.gov",
        "2LD p=quarantine": "v=DMARC1; p=quarantine",
        "2LD p=none": "v=DMARC1; p=none",
        "2LD p=reject pct=50": "v=DMARC1; p=reject; pct=50",
        "subdomain own DMARC p=none": "v=DMARC1; p=none",
    }
    text = next((one for start, one in texts.items() if row["case"].startswith(start)), None)
    if text is None:
        return
    found = dmarc.discover(walked(text))
    assert found.effective
    whole = found.effective.policy == "reject" and found.effective.record.percent == 100
    assert whole is row["verdict"]["valid_dmarc_policy_of_reject"]
    assert found.owner == NAME
