"""The command line's habits: help that teaches, refusals before a packet is sent."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scanner.cli.main import COMMANDS, command, main
from scanner.cli.scan import scan_command
from tests.conftest import Govscan, Ran


class _Here(Govscan):
    """The same in this process: a hundred refusals need no hundred processes."""

    def __call__(self, *arguments: str, given: str = "") -> Ran:
        with chdir(self.folder):
            ran = CliRunner(env=self.environment).invoke(
                main, arguments, input=given, prog_name="govscan"
            )
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return Ran(ran.exit_code, ran.stdout, ran.stderr)


@pytest.fixture
def govscan(tmp_path: Path) -> Govscan:
    """The command line in an empty folder, without a process of its own."""
    return _Here(tmp_path)


def _options(command: click.Command) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option) and one.name != "help"]


@pytest.mark.parametrize("option", _options(scan_command), ids=lambda one: one.name)
def test_every_option_of_a_scan_shows_an_example(option: click.Option) -> None:
    assert option.help
    assert "Example: " in option.help
    example = option.help.partition("Example: ")[2]
    assert any(name in example for name in (*option.opts, *option.secondary_opts))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches(name: str) -> None:
    ran = CliRunner().invoke(main, [name, "--help"], prog_name="govscan")
    assert ran.exit_code == 0
    assert ran.stdout.startswith(f"Usage: govscan {name}")
    assert command(name).name == name
    assert command(name).help


def test_only_what_is_called_is_read() -> None:
    """A completion is asked for at every stroke: it must not wait for a store or a network."""
    script = (
        "import sys; from scanner.cli.main import command; command('csp');"
        "print(sorted({'sqlalchemy', 'aiohttp', 'dns'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert ran.stdout.decode().strip() == "[]"


def test_the_group_names_all_commands(govscan: Govscan) -> None:
    ran = govscan("--help")
    for name in COMMANDS:
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.txt",
            "agency.example\nhttps://x.example/\n",
            "a.txt:2:1: 'https://x.example/' is a URL",
        ),
        ("b.txt", "*.agency.example\n", "b.txt:1:1: '*.agency.example' is a wildcard"),
        ("c.csv", "domain,agency\na.example,A\n192.0.2.1,B\n", "c.csv:3:1: '192.0.2.1' is an IP"),
        ("d.txt", "", "names no domain"),
    ],
)
def test_bad_input_is_refused_with_its_place(
    govscan: Govscan, name: str, text: str, said: str
) -> None:
    (govscan.folder / name).write_text(text)
    ran = govscan("scan", name)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.txt",), "there is no such file"),
        ((), "say what to scan"),
        (("a.example", "--check", "no-such"), "there is no check 'no-such'"),
        (("a.example", "--skip", "no-such"), "there is no check 'no-such'"),
        (("a.example", "--resolver", "dns.example"), "ADDR or ADDR:PORT was expected"),
        (("a.example", "--connect-to", "x"), "HOST:PORT:ADDR:PORT was expected"),
        (("a.example", "--allow-network", "10"), "a range such as"),
        (("a.example", "--profile", "x"), "there is no profile 'x'"),
        (("a.example", "--gate", "rfc-baseline:x"), "is no level"),
        (("a.example", "--fail-on", "x"), "is not one of"),
        (("a.example", "--family", "tls", "--skip", "tls"), "every check was left out"),
        (("--resume", "latest"), "there is no run"),
    ],
)
def test_bad_options_are_refused(govscan: Govscan, arguments: tuple[str, ...], said: str) -> None:
    ran = govscan("scan", *arguments)
    assert ran.code == 2, ran.out
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[scan]\ncontact = \n", "govscan.toml:2:11"),
        ("[scan]\nnonsense = 1\n", "govscan.toml:2:1: 'nonsense' is unknown"),
        ("[scam]\ncontact = 'x'\n", "govscan.toml:1:1: 'scam' is unknown"),
    ],
)
def test_a_bad_configuration_is_refused_with_its_place(
    govscan: Govscan, text: str, said: str
) -> None:
    (govscan.folder / "govscan.toml").write_text(text)
    ran = govscan("checks", "list")
    assert ran.code == 2
    assert said in ran.err


def test_init_writes_once(govscan: Govscan) -> None:
    assert govscan("init", "audit").code == 0
    folder = govscan.folder / "audit"
    assert {path.name for path in folder.iterdir()} == {"govscan.toml", "targets.txt"}
    (folder / "targets.txt").write_text("mine\n")
    again = govscan("init", "audit")
    assert "left as it is" not in again.err
    assert "is there already" in again.out
    assert (folder / "targets.txt").read_text() == "mine\n"


def test_what_init_writes_can_be_read(govscan: Govscan) -> None:
    govscan("init")
    ran = govscan("scan", "targets.txt", "--resolver", "127.0.0.1:9")
    assert ran.code == 5, ran.err  # read without complaint; then there was no resolver


def test_checks_are_listed_and_explained(govscan: Govscan) -> None:
    listed = govscan("checks", "list")
    assert "hsts-max-age" in listed.out
    rows = json.loads(govscan("checks", "list", "--json").out)
    assert len(rows) >= 30
    assert {row["family"] for row in rows} == {"tls", "web", "dns", "mail", "exposure"}
    shown = govscan("checks", "show", "hsts-max-age")
    assert "RFC 6797 6.1.1" in shown.out
    assert govscan("checks", "show", "no-such").code == 2


def test_the_profile_is_shown_as_yaml(govscan: Govscan) -> None:
    assert "rfc-baseline" in govscan("profiles", "list").out
    shown = govscan("profiles", "show", "rfc-baseline").out
    assert "id: gb-hsts-max-age" in shown
    assert "level: required" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete(govscan: Govscan, shell: str) -> None:
    ran = govscan("completion", shell)
    assert ran.code == 0
    assert "_GOVSCAN_COMPLETE" in ran.out


def test_doctor_says_what_is_in_the_way(govscan: Govscan) -> None:
    ran = govscan("doctor", "--resolver", "127.0.0.1:9")
    assert ran.code == 5
    assert "broken   resolver" in ran.out
    assert "trust store" in ran.out


def test_the_example_inventory_is_read() -> None:
    from scanner.inventory import Input, read  # noqa: PLC0415

    path = Path(__file__).parents[1] / "targets.example.txt"
    made = read([Input(path.name, path.read_bytes())])
    assert len(made.agencies) >= 2


def test_a_bug_is_exit_code_5_and_not_1(tmp_path: Path) -> None:
    process = Govscan(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import scanner.registry as r\ndef load():\n    raise ValueError('a bug')\nr.load = load\n"
    )
    process.environment["PYTHONPATH"] = f"{broken}:{Path(__file__).parents[1]}"
    ran = process("checks", "list")
    assert ran.code == 5
    assert "a bug" in ran.err


def test_a_bad_store_is_refused(govscan: Govscan) -> None:
    ran = govscan("runs", "list", "--store", "nonsense")
    assert ran.code == 2
    assert "a URL such as" in ran.err


def test_a_reader_that_stops_listening_is_no_bug(govscan: Govscan) -> None:
    command = " ".join(govscan.command("checks", "list", "--json"))
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -c 10"],
        env=govscan.environment,
        cwd=govscan.folder,
        capture_output=True,
        check=False,
    )
    assert ran.returncode in {0, 141}
    assert b"Traceback" not in ran.stderr
