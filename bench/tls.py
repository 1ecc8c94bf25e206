"""``python -m bench.tls``: the examiner beside sslyze, sslscan and nmap, on the same servers.

Connections are counted by a proxy of the bench's own, direct and with 40 ms each way; CPU, wall and
peak memory are those of the tool's process. sslyze is installed from pip into an environment of its
own (``.bench-sslyze``); sslscan and nmap are Debian's. A tool that is not there is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.tls_servers import ADDRESS, SETTINGS, fleet_address

SSLYZE_ENVIRONMENT = Path(".bench-sslyze")
FLEET = 50
MOST_SECONDS = 600
SCRIPTS = "ssl-enum-ciphers,ssl-cert,ssl-dh-params,ssl-heartbleed,ssl-ccs-injection,ssl-poodle"


class Servers(NamedTuple):
    """The servers' process, and where they are."""

    process: subprocess.Popen[str]
    ports: dict[str, dict[str, list[int]]]

    def connections(self) -> int:
        """How many connections there were since it was last asked."""
        if not self.process.stdin or not self.process.stdout:
            return 0
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return sum(json.loads(self.process.stdout.readline()).values())


class Measured(NamedTuple):
    """One run of one tool."""

    connections: int
    cpu: float
    wall: float
    peak_mib: float


@contextmanager
def serving(folder: Path) -> Iterator[Servers]:
    """The servers, up from here to the end of the block."""
    command = [sys.executable, "-m", "bench.tls_servers", str(folder), str(FLEET)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        said = json.loads(process.stdout.readline()) if process.stdout else {}
        time.sleep(1)
        yield Servers(process, said["ports"])
        if process.stdin:
            process.stdin.close()


def measure(servers: Servers, command: list[str]) -> Measured:
    """Run a tool and wait for it."""
    servers.connections()
    began = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    wall = time.monotonic() - began
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(servers.connections(), cpu, wall, usage.ru_maxrss / 1024)


def sslyze() -> str:
    """Its program, installed the first time; empty where it cannot be."""
    program = SSLYZE_ENVIRONMENT / "bin" / "sslyze"
    if not program.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(SSLYZE_ENVIRONMENT)], check=False)
        if made.returncode == 0:
            pip = str(SSLYZE_ENVIRONMENT / "bin" / "pip")
            subprocess.run([pip, "install", "--quiet", "sslyze"], check=False)
    return str(program) if program.exists() else ""


def commands(folder: Path, kind: str, port: int) -> dict[str, list[str]]:
    """How each tool examines one server."""
    name, where = f"{kind}.example", f"{ADDRESS}:{port}"
    smtp = kind == "smtp"
    hosts = folder / "hosts"
    hosts.write_text(f"{ADDRESS} {name}\n")
    ours = [sys.executable, "-m", "scanner", "tls", f"{name}:{port}", "--hosts", str(hosts)]
    ours += ["--allow-network", "127.0.0.0/8", "--quiet"]
    ours += ["--starttls", "smtp"] if smtp else []
    tools = {"govscan": ours, "govscan, authorised": [*ours, "--authorised-by", "bench"]}
    if program := sslyze():
        target = f"{name}:{port}{{{ADDRESS}}}"
        tools["sslyze"] = [program, target, *(["--starttls=smtp"] if smtp else [])]
    if program := shutil.which("sslscan") or "":
        tools["sslscan"] = [program, f"--sni-name={name}", where]
        tools["sslscan"][1:1] = ["--starttls-smtp"] if smtp else []
    if program := shutil.which("nmap") or "":
        argument = f"tls.servername={name}"
        tools["nmap"] = [program, "-Pn", "-p", str(port), "--script", SCRIPTS]
        tools["nmap"] += ["--script-args", argument, ADDRESS]
        if smtp:
            tools["nmap"][1:1] = ["-sV"]
    return tools


def fleet(folder: Path, ports: list[int]) -> dict[str, list[str]]:
    """How a fleet is examined at once."""
    names = [f"s{number}.example" for number in range(len(ports))]
    addresses = [fleet_address(number) for number in range(len(ports))]
    pairs = zip(addresses, names, strict=True)
    (folder / "hosts").write_text("".join(f"{one} {name}\n" for one, name in pairs))
    ours = [sys.executable, "-m", "scanner", "scan", *names, "--hosts", str(folder / "hosts")]
    for name, address, port in zip(names, addresses, ports, strict=True):
        ours += ["--connect-to", f"{name}:443:{address}:{port}"]
    ours += ["--allow-network", "127.0.0.0/8", "--quiet"]
    ours += ["--resolver", f"{ADDRESS}:9", "--family", "tls", "--workers", "50"]
    ours += ["--output", str(folder / "report"), "--store", f"sqlite:///{folder}/fleet.db"]
    tools = {"govscan": ours}
    if program := sslyze():
        every = zip(names, addresses, ports, strict=True)
        targets = [f"{name}:{port}{{{address}}}" for name, address, port in every]
        tools["sslyze"] = [program, *targets]
    return tools


def show(server: str, tool: str, seen: Measured) -> None:
    """One row."""
    print(
        f"| {server} | {tool} | {seen.connections} | {seen.cpu:.2f} | {seen.wall:.1f}"
        f" | {seen.peak_mib:.0f} |",
        flush=True,
    )


def main() -> None:
    """Print every row."""
    print("| server | tool | connections | CPU s | wall s | peak MiB |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        with serving(folder) as servers:
            for line in ("direct", "delayed"):
                for kind in (*SETTINGS, "smtp"):
                    port = servers.ports[line][kind][0]
                    for tool, command in commands(folder, kind, port).items():
                        show(f"{kind}, {line}", tool, measure(servers, command))
            ports = servers.ports["delayed"]["intermediate"]
            for tool, command in fleet(folder, ports).items():
                show(f"{FLEET} at once, delayed", tool, measure(servers, command))


if __name__ == "__main__":
    main()
