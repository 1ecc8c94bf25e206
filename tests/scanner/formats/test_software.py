"""Versions that answers name, and what the data says of them on a day."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import software as subject
from scanner.formats import technology
from scanner.formats.software import Software, Support
from scanner.observation.mark import Mark
from scanner.observation.technology import SiteSoftware

KNOWN = subject.read_cycles(Path("scanner/data/exposure/release-cycles.json").read_bytes())
TODAY = date(2026, 11, 25)
TECHNOLOGIES = technology.read.read(Path("scanner/data/exposure/technologies.json").read_bytes())


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("Server", "nginx/1.18.0 (Ubuntu)", {"nginx": "1.18.0"}),
        ("Server", "nginx", {}),
        ("Server", "openresty/1.19.9.1", {}),
        (
            "Server",
            "Apache/2.2.15 (CentOS) OpenSSL/1.0.1e-fips PHP/5.3.3",
            {"apache-http-server": "2.2.15", "openssl": "1.0.1e-fips", "php": "5.3.3"},
        ),
        ("Server", "Apache-Coyote/1.1", {}),
        ("Server", "Microsoft-IIS/8.5", {"windows-server": "2012-r2"}),
        ("Server", "Microsoft-IIS/10.0", {}),
        ("Server", "Jetty(9.4.31.v20200723)", {"eclipse-jetty": "9.4.31.v20200723"}),
        ("X-Generator", "Drupal 9 (https://www.drupal.org)", {"drupal": "9"}),
        ("x-powered-by", "PHP/7.4.33", {"php": "7.4.33"}),
        ("X-Jenkins", "2.387.3", {"jenkins": "2.387.3"}),
        ("X-Jenkins", "none", {}),
        ("MicrosoftSharePointTeamServices", "15.0.0.4420", {"sharepoint": "2013"}),
        ("MicrosoftSharePointTeamServices", "16.0.0.4351", {}),
        ("MicrosoftSharePointTeamServices", "16.0.4351.1000", {"sharepoint": "2016"}),
        ("MicrosoftSharePointTeamServices", "16.0.10337.2", {"sharepoint": "2019"}),
        ("MicrosoftSharePointTeamServices", "x", {}),
        ("Via", "1.1 squid/2.7", {}),
    ],
)
def test_what_a_field_names(field: str, value: str, found: dict[str, str]) -> None:
    assert {one.product: one.version for one in subject.seen([(field, value)])} == found


@pytest.mark.parametrize(
    ("generator", "found"),
    [
        ("WordPress 6.1.1", {"wordpress": "6.1.1"}),
        ("Joomla! 1.5 - Open Source Content Management", {"joomla": "1.5"}),
        ("Joomla! - Open Source Content Management", {}),
        ("TYPO3 4.5 CMS", {"typo3": "4.5"}),
        ("concrete5 - 8.5.4", {"concrete-cms": "8.5.4"}),
        ("Hugo 0.92.0", {}),
    ],
)
def test_what_a_generator_names(generator: str, found: dict[str, str]) -> None:
    assert {one.product: one.version for one in subject.seen((), generator)} == found


@pytest.mark.parametrize(
    ("product", "version", "support"),
    [
        ("php", "7.1.33", Support.ENDED),
        ("php", "8.4.1", Support.SUPPORTED),
        ("php", "9.9.9", Support.UNKNOWN),
        ("php", "8.40", Support.UNKNOWN),
        ("nginx", "1.18.0", Support.ENDED),
        ("openssl", "1.1.1w", Support.ENDED),
        ("openssl", "1.0.2k-fips", Support.ENDED),
        ("apache-http-server", "2.4.52", Support.SUPPORTED),
        ("drupal", "9", Support.ENDED),
        ("drupal", "11", Support.SUPPORTED),
        ("drupal", "7.98", Support.ENDED),
        ("windows-server", "2012-r2", Support.ENDED),
        ("wordpress", "6.1.1", Support.SUPPORTED),
        ("wordpress", "4.6.1", Support.ENDED),
        ("nobody", "1", Support.UNKNOWN),
    ],
)
def test_standings(product: str, version: str, support: Support) -> None:
    assert subject.standing(Software(product, version, "x"), KNOWN, TODAY).support is support


def test_the_bundled_list_is_read_whole() -> None:
    assert KNOWN.dated == "2026-08-22"
    assert len(KNOWN.products) > 50
    assert set(subject.PRODUCTS.values()) <= {one.id for one in KNOWN.products} | {"tomcat"}


def test_distributions_mend_what_they_mark_or_ship() -> None:
    assert Software("nginx", "1.18.2", "Server: nginx/1.18.2 (Ubuntu)").is_marked
    assert not Software("nginx", "1.18.2", "Server: nginx/1.18.2").is_marked
    assert Software("nginx", "1.18.0", "Server: nginx/1.18.0").is_packaged
    assert not Software("nginx", "1.17.0", "Server: nginx/1.17.0").is_packaged
    assert not Software("squid", "1.17.0", "Server: squid/1.17.0").is_packaged


def test_what_is_outdated() -> None:
    for version, expected in {"2.4.1": True, "2.4.68": False, "2.4": False}.items():
        one = Software("apache-http-server", version, "x")
        assert subject.is_outdated(one, subject.standing(one, KNOWN, TODAY)) is expected
    windows = Software("windows-server", "2012", "x")
    assert not subject.is_outdated(windows, subject.standing(windows, KNOWN, TODAY))


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_text_names_something_or_nothing(value: str, generator: str) -> None:
    for name in (*subject.FIELDS, "X-Jenkins", "MicrosoftSharePointTeamServices"):
        for one in subject.seen([(name, value)], generator):
            at = subject.standing(one, KNOWN, TODAY)
            subject.is_outdated(one, at)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_list_or_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="no list of release"):
        subject.read_cycles(data)


@pytest.mark.parametrize(
    "change",
    [
        {"list": "x"},
        {"dated": "soon"},
        {"products": [{"id": "a", "title": "A", "cycles": [{"cycle": "1", "eol": "never"}]}]},
    ],
)
def test_lists_that_are_none(change: dict[str, object]) -> None:
    good = {"list": "release-cycles", "dated": "2026-01-01", "source": "x", "products": []}
    with pytest.raises(ValueError, match=r"it is the list|isoformat|Invalid"):
        subject.read_cycles(msgspec.json.encode(good | change))


@pytest.mark.parametrize(
    ("build", "product"),
    [
        ("15.2.2562.46", "subscription"),
        ("15.2.1544.36", "2019"),
        ("15.1.2507", "2016"),
        ("15.0.1497.48", "2013"),
        ("14.3.513.0", "2010"),
        ("8.3.517.0", "2007"),
        ("6.5.7654.4", ""),
        ("15.2", ""),
        ("", ""),
    ],
)
def test_which_exchange_a_build_is(build: str, product: str) -> None:
    assert subject.exchange(build) == product


def test_what_a_site_runs_is_told_from_all_its_answers() -> None:
    site = SiteSoftware(
        marks=(
            Mark("exchange", "15.1.2507.61", "header", "X-OWA-Version: 15.1.2507.61"),
            Mark("exchange", "", "icon", "favicon.ico"),
            Mark("jquery", "1.4.2", "script", "script: /jquery-1.4.2.js"),
            Mark("koha", "", "path", "path: /opac-tmpl/"),
            Mark("tomcat", "8.5.39", "error", "error: <h3>Apache Tomcat/8.5.39</h3>"),
        ),
        fields=(("Server", "Apache/2.2.15 (CentOS)"), ("X-Powered-By", "PHP/5.3.3")),
        generators=("Drupal 7 (http://drupal.org)",),
    )
    found = {one.product: (one.version, one.where) for one in subject.of_site(site, TECHNOLOGIES)}
    assert found == {
        "apache-http-server": ("2.2.15", "Server: Apache/2.2.15 (CentOS)"),
        "php": ("5.3.3", "X-Powered-By: PHP/5.3.3"),
        "drupal": ("7", "generator: Drupal 7 (http://drupal.org)"),
        "msexchange": ("2016", "X-OWA-Version: 15.1.2507.61"),
        "tomcat": ("8.5.39", "error: <h3>Apache Tomcat/8.5.39</h3>"),
    }


@pytest.mark.parametrize(
    ("product", "version", "is_packaged"),
    [
        ("python", "3.9.2", True),
        ("python", "3.9.1", False),
        ("python", "3.6.8", True),
        ("tomcat", "7.0.76", True),
        ("tomcat", "7.0.70", False),
        ("eclipse-jetty", "9.4.50.v20221201", True),
        ("eclipse-jetty", "9.4.43.v20210629", False),
    ],
)
def test_what_distributions_ship_under_the_maker_s_number(
    product: str, version: str, is_packaged: bool
) -> None:
    assert Software(product, version, "").is_packaged is is_packaged
