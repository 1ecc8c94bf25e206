"""The predicates over four endpoints, by the decision vectors."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import hsts
from scanner.formats.enforcement import Certificate, Endpoint, Site, settled, urls

CASES = json.loads(
    (Path(__file__).parents[2] / "data" / "web" / "https_endpoint_vectors.json").read_bytes()
)["cases"]
DOMAIN = "agency.example"


def _endpoint(url: str, said: dict[str, Any]) -> Endpoint:
    certificate = Certificate.VALID
    if said.get("certificate_name_mismatch"):
        certificate = Certificate.WRONG_NAME
    elif said.get("certificate_expired") or said.get("certificate_self_signed"):
        certificate = Certificate.REFUSED
    noted = hsts.effective(said.get("strict_transport_security"))
    moved = said.get("status_class") == "3xx"
    location = said.get("location")
    return Endpoint(
        url,
        live=said["live"],
        status=301 if moved else said.get("status", 0),
        immediate=location,
        eventual=said.get("eventual_url", location),
        certificate=certificate,
        policy=noted if certificate is Certificate.VALID else None,
        wants_certificate=said.get("client_certificate_required", False),
    )


def _site(case: dict[str, Any]) -> Site:
    return Site(*(_endpoint(url, case["endpoints"][url]) for url in urls(DOMAIN)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_vector(case: dict[str, Any]) -> None:
    site = _site(case)
    expected = case["reference"] | case.get("product_differs", {})
    policy = site.canonical.policy
    assert site.canonical_url == expected["canonical_url"]
    assert site.is_live is expected["live"]
    assert (site.https.live or site.https_www.live) is expected["https_live"]
    assert site.is_redirect_domain is expected["redirect_domain"]
    assert site.has_valid_https is expected["valid_https"]
    assert site.defaults_to_https is expected["defaults_to_https"]
    assert site.downgrades is expected["downgrades_https"]
    assert site.strictly_forces is expected["strictly_forces_https"]
    assert site.supports is expected["supports_https"]
    assert site.enforces is expected["enforces_https"]
    assert site.has_strong_hsts is bool(expected["strong_hsts"])
    assert (policy is not None) is bool(expected["hsts"])
    root = site.https.policy
    entire = root is not None and root.include_subdomains
    assert entire is bool(expected["hsts_entire_domain"])
    ready = entire and root is not None and root.preload and root.max_age >= 10_886_400
    assert ready is bool(expected["hsts_preload_token_ready_18_weeks"])
    m15 = expected["m15_13"]
    assert (site.uses_level, site.enforces_level) == (m15["uses"], m15["enforces"])
    assert site.hsts_level == m15["hsts"]
    assert site.meets_m_15_13 is m15["meets"]
    assert site.meets_bod_18_01() is expected["bod_18_01_web"]


GOOD = CASES[0]


def _known(case: dict[str, Any], *unknown: str) -> dict[str, Endpoint | None]:
    return {
        url: None if url in unknown else _endpoint(url, said)
        for url, said in case["endpoints"].items()
    }


def test_an_unknown_endpoint_settles_only_what_holds_whatever_it_is() -> None:
    plain, _, secure, _ = urls(DOMAIN)
    assert settled(DOMAIN, _known(GOOD), lambda site: site.enforces) is True
    assert settled(DOMAIN, _known(GOOD, plain), lambda site: site.enforces) is None
    assert settled(DOMAIN, _known(GOOD, plain), lambda site: site.is_live) is True
    shown = _known(CASES[3], secure)  # http shows content: strictly forced it is not
    assert settled(DOMAIN, shown, lambda site: site.strictly_forces) is False


def test_what_is_not_there_is_not_live() -> None:
    assert settled(DOMAIN, {}, lambda site: site.is_live) is False


def test_an_incomplete_chain_is_forgiven() -> None:
    plain, _, secure, _ = urls(DOMAIN)
    seen = {
        plain: Endpoint(plain, live=True, status=301, immediate=secure, eventual=secure),
        secure: Endpoint(secure, live=True, status=200, certificate=Certificate.INCOMPLETE),
    }
    assert settled(DOMAIN, seen, lambda site: site.uses_level) == 1
    assert settled(DOMAIN, seen, lambda site: site.enforces) is True
    assert settled(DOMAIN, seen, lambda site: site.meets_bod_18_01(is_preloaded=True)) is True


ENDPOINTS = st.builds(
    Endpoint,
    st.sampled_from(urls(DOMAIN)),
    live=st.booleans(),
    status=st.sampled_from([0, 200, 301, 404, 503]),
    immediate=st.sampled_from([None, "", *urls(DOMAIN), "https://other.test/"]),
    certificate=st.sampled_from(Certificate),
)


@given(st.lists(ENDPOINTS, min_size=4, max_size=4))
def test_any_four_endpoints_are_judged_without_contradiction(four: list[Endpoint]) -> None:
    site = Site(*four)
    assert not site.enforces or (site.supports and site.strictly_forces)
    assert not (site.supports and site.downgrades)
    assert 0 <= site.enforces_level <= 3
    assert not site.meets_m_15_13 or site.uses_level > 0
