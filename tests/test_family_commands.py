"""One domain and one family on the terminal: the same engine and exit codes as a scan."""

from __future__ import annotations

import json

import pytest

from scanner.demo.range import Range
from tests.conftest import AUTHORISED, Govscan, reaching

pytestmark = pytest.mark.xdist_group("families")


@pytest.mark.parametrize(
    ("family", "host", "code", "said"),
    [
        ("tls", "health.example", 0, "tls-1-0"),
        ("web", "https://education.example", 1, "https-enforcement"),
        ("dns", "transport.example", 1, "dangling-cname"),
        ("mail", "police.example", 1, "mail-spoofing"),
        ("exposure", "https://land.example/", 1, "environment-file"),
    ],
)
def test_a_family_is_shown_with_what_is_wrong(
    government: Range, govscan: Govscan, family: str, host: str, code: int, said: str
) -> None:
    ran = govscan(family, host, *reaching(government), "--authorised-by", AUTHORISED)
    assert said in ran.out
    assert f"Exit code {ran.code}" in ran.out
    assert ran.code == code or (family == "tls" and ran.code in {0, 1})
    assert not list((govscan.folder / "data").glob("*.db"))


def test_json_is_the_document_of_a_run_with_that_family_alone(
    government: Range, govscan: Govscan
) -> None:
    ran = govscan("dns", "transport.example", *reaching(government), "--json")
    document = json.loads(ran.out)
    assert ran.code == 1
    (target,) = document["targets"]
    assert target["host"] == "transport.example"
    assert {"dangling-cname"} <= {one["check"] for one in target["findings"]}
    assert not {"hsts-max-age"} & {one["check"] for one in target["findings"]}


def test_json_goes_into_a_file_beside_the_text(government: Range, govscan: Govscan) -> None:
    ran = govscan("dns", "transport.example", *reaching(government), "--output", "one.json")
    assert "dangling-cname" in ran.out
    assert json.loads((govscan.folder / "one.json").read_bytes())["targets"]


def test_it_is_kept_where_the_store_says(government: Range, govscan: Govscan) -> None:
    store = f"sqlite:///{govscan.folder}/kept.db"
    assert govscan("dns", "transport.example", *reaching(government), "--store", store).code == 1
    assert "dns transport.example" in govscan("runs", "list", "--store", store).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("web", "https://agency.example:8443/"), "examined on its ports 80 and 443"),
        (("dns", "https://"), "a host name or a URL was expected"),
        (("mail", "agency.example:notaport"), "HOST"),
        (("tls", "*.agency.example"), "is a wildcard"),
    ],
)
def test_what_is_no_host_is_refused(
    govscan: Govscan, arguments: tuple[str, ...], said: str
) -> None:
    ran = govscan(*arguments)
    assert ran.code == 2
    assert said in ran.err


def test_lists_are_listed_and_strange_files_refused(govscan: Govscan) -> None:
    assert govscan("data", "list").code == 0
    (govscan.folder / "x.json").write_text("{}")
    ran = govscan("data", "import", "x.json")
    assert ran.code == 2
    assert "none of the lists can read it" in ran.err
    assert govscan("data", "forget", "nothing").code == 2
