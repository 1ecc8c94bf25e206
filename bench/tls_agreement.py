"""``python -m bench.tls_agreement``: versions, suites, groups, as govscan and as sslyze list them.

Prints what only one of them lists; nothing where they agree.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.tls import serving, sslyze
from bench.tls_engine import context
from bench.tls_servers import ADDRESS, SETTINGS
from scanner.gather.tls.examine import examine
from scanner.observation import Role, Subject

SCANS = {
    "ssl_2_0_cipher_suites": "SSLv2",
    "ssl_3_0_cipher_suites": "SSLv3",
    "tls_1_0_cipher_suites": "TLSv1.0",
    "tls_1_1_cipher_suites": "TLSv1.1",
    "tls_1_2_cipher_suites": "TLSv1.2",
    "tls_1_3_cipher_suites": "TLSv1.3",
}
NAMES = {"prime256v1": "secp256r1", "X25519": "x25519", "X448": "x448"}


def theirs(folder: Path, kind: str, port: int) -> dict[str, set[str]]:
    """What sslyze lists."""
    out = folder / "sslyze.json"
    target = f"{kind}.example:{port}{{{ADDRESS}}}"
    subprocess.run([sslyze(), target, "--json_out", str(out), "--quiet"], check=False)
    results: dict[str, Any] = json.loads(out.read_bytes())["server_scan_results"][0]["scan_result"]
    found = {
        version: {
            one["cipher_suite"]["name"] for one in results[scan]["result"]["accepted_cipher_suites"]
        }
        for scan, version in SCANS.items()
    }
    curves = results["elliptic_curves"]["result"]["supported_curves"] or []
    found["groups"] = {NAMES.get(one["name"], one["name"]) for one in curves}
    return found


def ours(kind: str, port: int) -> dict[str, set[str]]:
    """What govscan lists."""
    name = f"{kind}.example"
    seen = asyncio.run(examine(context(name), Subject(Role.WEB, name, port), ADDRESS)).server
    found = {one.version: set(one.suites) for one in seen.protocols}
    found["groups"] = set(seen.groups.names)
    return found


def main() -> None:
    """Print each difference."""
    with tempfile.TemporaryDirectory() as text, serving(Path(text)) as servers:
        for kind in SETTINGS:
            port = servers.ports["direct"][kind][0]
            mine, other = ours(kind, port), theirs(Path(text), kind, port)
            for what in mine:
                for tool, only in (
                    ("govscan", mine[what] - other[what]),
                    ("sslyze", other[what] - mine[what]),
                ):
                    if only:
                        print(f"{kind} {what}: only {tool}: {', '.join(sorted(only))}")
            print(f"{kind}: {sum(map(len, mine.values()))} listed by govscan")


if __name__ == "__main__":
    main()
