"""Whose a dead name is, which services hand names out, and what SPF records point to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import lists
from scanner.formats import takeover
from scanner.formats.takeover import Proof, is_open, is_page_of, matching, spf_targets, verdict
from scanner.formats.takeover_examples import TABLE, target
from scanner.observation.takeover import Pointer, Service, TakeoverServices, TargetState

BUNDLED: TakeoverServices = takeover.read.read(lists.bundled(takeover.read))


def test_the_bundled_table() -> None:
    assert len(BUNDLED.services) == 76
    assert BUNDLED.dated
    assert sum(one.detected_by_nxdomain for one in BUNDLED.services) == 4


@pytest.mark.parametrize("data", [b"", b"{}", b'{"services": []}', b'{"services": 1}'])
def test_what_is_no_table(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"service|table"):
        takeover.read.read(data)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("agency.com", True),
        ("agency.co.uk", True),
        ("old.gov.pk", False),
        ("old.mil", False),
        ("university.edu", False),
        ("x.test", False),
        ("x.example", False),
        ("x.notatld", False),
        ("com", False),
        ("", False),
    ],
)
def test_below_which_endings_strangers_register(domain: str, expected: bool) -> None:
    assert is_open(domain) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shop.azurewebsites.net", "Microsoft Azure"),
        ("azurewebsites.net", "Microsoft Azure"),
        ("notazurewebsites.net", ""),
        ("bucket.s3.amazonaws.com", "AWS/S3"),
        ("bucket.s3.eu-west-1.amazonaws.com", "AWS/S3"),
        ("bucket.s3-website-us-east-1.amazonaws.com", "AWS/S3"),
        ("bucket.s3-website.eu-central-1.amazonaws.com", "AWS/S3"),
        ("lb.elb.amazonaws.com", "AWS/Load Balancer (ELB)"),
        ("www.agency.example", ""),
    ],
)
def test_a_service_is_known_by_its_suffix_on_a_label_boundary(name: str, expected: str) -> None:
    found = matching(name, BUNDLED)
    assert (found[0].service if found else "") == expected


def test_a_load_balancer_with_a_random_name_is_no_takeover() -> None:
    dead = target(
        Pointer.CNAME, "x.elb.amazonaws.com", registrable="amazonaws.com", is_registered=True
    )
    assert verdict(dead, BUNDLED).proof is Proof.DEAD


@pytest.mark.parametrize("state", [TargetState.NODATA, TargetState.EXISTS])
def test_what_proves_nothing(state: TargetState) -> None:
    assert verdict(target(Pointer.CNAME, state=state), TABLE).proof is Proof.SOUND


def test_a_dead_name_whose_domains_state_is_unknown_is_unknown() -> None:
    assert verdict(target(Pointer.MX, is_registered=None), TABLE).proof is Proof.UNKNOWN


def test_pages_of_unclaimed_names() -> None:
    both = Service("x", "Vulnerable", page_markers=("one", "two"))
    assert is_page_of(both, "one and two")
    assert not is_page_of(both, "one alone")
    pattern = Service("x", "Vulnerable", page_regex=r"Tunnel .*\.x\.io not found")
    assert is_page_of(pattern, "Tunnel a.x.io not found")
    assert not is_page_of(pattern, "nothing")
    assert not is_page_of(Service("x", "Vulnerable", page_regex="("), "(")
    assert not is_page_of(Service("x", "Vulnerable"), "anything")


def test_providers_where_anyone_creates_zones() -> None:
    assert takeover.provider_of("ns1.digitalocean.com") == "digitalocean.com"
    assert takeover.provider_of("ns1.agency.example") == ""


def test_what_an_spf_record_points_to() -> None:
    text = (
        "v=spf1 a mx include:_spf.x.test ?a:h.x.test/24 mx:m.x.test//64 exists:e.x.test "
        "exists:%{i}.x.test ip4:192.0.2.0/24 ptr:p.test -all redirect=r.x.test"
    )
    assert [(one.target, one.rdtype) for one in spf_targets(text)] == [
        ("_spf.x.test", "TXT"),
        ("h.x.test", "A"),
        ("m.x.test", "MX"),
        ("e.x.test", "A"),
        ("r.x.test", "TXT"),
    ]


@given(st.text(max_size=200))
def test_any_text_points_somewhere_or_nowhere(text: str) -> None:
    for one in spf_targets(text):
        assert one.target
        assert "%" not in one.target
