"""``python -m bench.web_sites``: cost of the web family, and its verdicts beside those of two peers.

CPU and requests a site, peak memory over hostile answers, and each known case judged by govscan,
MDN HTTP Observatory (npm) and drheader (PyPI) on the same loopback sites in one run. The peers are
installed into a folder of their own; ``--no-peers`` leaves them out.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.web_cases import CASES, HOSTILE
from bench.web_range import Range, Say, answer, page, running
from bench.web_range import moved as moved_to

OBSERVATORY, DRHEADER = "@mdn/mdn-http-observatory@1.4.8", "drheader==2.0.0"
TYPICAL = 20
TESTS = {
    "hsts-presence": ("strict-transport-security", "Strict-Transport-Security"),
    "hsts-max-age": ("strict-transport-security", "Strict-Transport-Security"),
    "redirect-first-hop": ("redirection", ""),
    "https-enforcement": ("redirection", ""),
    "csp-inline-script": ("content-security-policy", "Content-Security-Policy"),
    "csp-script-source": ("content-security-policy", "Content-Security-Policy"),
    "csp-presence": ("content-security-policy", "Content-Security-Policy"),
    "framing-protection": ("x-frame-options", "X-Frame-Options"),
    "content-type-sniffing": ("x-content-type-options", "X-Content-Type-Options"),
    "referrer-policy": ("referrer-policy", "Referrer-Policy"),
    "cookie-secure": ("cookies", "Set-Cookie"),
    "cookie-rejected": ("cookies", "Set-Cookie"),
    "cors-credentials": ("cross-origin-resource-sharing", ""),
}


def _typical(path: str, is_tls: bool, asked: dict[str, str]) -> list[bytes]:
    if not is_tls:
        return moved_to(asked["host"], path)
    if path.endswith(".js"):
        return answer("200 OK", "Content-Type: text/javascript", body="'use strict';\n" * 500)
    if path != "/":
        return answer(
            "404 Not Found", "Content-Type: text/html", body="<title>No such page</title>"
        )
    if asked["host"].startswith("www."):
        return moved_to(asked["host"].removeprefix("www."), path)
    scripts = "".join(f"<script src='/{n}.js'></script>" for n in range(4))
    text = "<p>The office is open from nine to five. <a href='/news'>News</a></p>" * 300
    head = "<!doctype html><html lang=en><title>Office</title>"
    return page(
        "Strict-Transport-Security: max-age=31536000",
        "Content-Security-Policy: default-src 'self'",
        "Set-Cookie: sid=1a2b3c; Secure; HttpOnly; SameSite=Lax",
        text=head + scripts + text,
    )


def scan(
    folder: Path, names: list[str], at: Range, *, has_report: bool = False
) -> tuple[dict[str, Any], Any, float]:
    """Scan the names with the web family: the run, what the process used, seconds."""
    targets, hosts = folder / "targets.txt", folder / "hosts"
    targets.write_text("\n".join(names), encoding="utf-8")
    lines = [f"127.0.0.1 {one} www.{one}" for one in names]
    hosts.write_text("\n".join(lines), encoding="utf-8")
    output = tempfile.mkdtemp(dir=folder)
    began = time.monotonic()
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "scanner", "scan", str(targets), "--family", "web"),
            *("--hosts", str(hosts), "--allow-network", "127.0.0.0/8", "--rate", "0"),
            *("--connect-to", f":80::{at.http}", "--connect-to", f":443::{at.https}"),
            *("--per-address", "64", "--trust-store", str(at.root), "--quiet"),
            *("--resolver", "127.0.0.1:9"),
            *(("--output", output) if has_report else ()),
            *("--store", f"sqlite:///{output}/bench.db"),
        ],
        env={**os.environ, "GOVSCAN_DATA_DIR": output},
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in {0, 1, 3}:
        message = f"the scan ended with {child.returncode}"
        raise SystemExit(message)
    run = json.loads((Path(output) / "run.json").read_bytes()) if has_report else {}
    return run, usage, time.monotonic() - began


def cost(folder: Path) -> None:
    """CPU and requests of a typical site; memory and time of hostile ones."""
    names = [f"typical-{number}.example" for number in range(TYPICAL + 1)]
    sites: dict[str, Say] = dict.fromkeys(names, _typical)
    with running(folder, sites) as at:
        _, one, _ = scan(folder, names[:1], at)
        at.asked.clear()
        _, many, _ = scan(folder, names[1:], at)
        requests = sum(at.asked.values()) / TYPICAL
    cpu = (many.ru_utime + many.ru_stime - one.ru_utime - one.ru_stime) / (TYPICAL - 1)
    print(f"CPU of a site: {1000 * cpu:.1f} ms (at most 60); requests: {requests:.1f} of 80")
    print("  (a name and its www, which redirects; every check of the family)")
    hostile: dict[str, Say] = {f"{name}.example": say for name, say in HOSTILE}
    with running(folder, hostile) as at:
        _, usage, seconds = scan(folder, list(hostile), at)
        most = max(at.asked.values())
    growth = (usage.ru_maxrss - one.ru_maxrss) / 1024
    print(
        f"{len(hostile)} hostile sites at once: {growth:.1f} MiB more than one good site (at most 64)"
    )
    print(
        f"  {seconds:.1f} s (at most 120 a host), at most {most} requests to one name (at most 40)"
    )


def compare(folder: Path, peers: Path | None) -> None:
    """Each case by all three."""
    sites = {f"{one.name}.example": one.say for one in CASES}
    with running(folder, sites) as at:
        run, _, _ = scan(folder, list(sites), at, has_report=True)
        ours = {one["host"]: one["findings"] for one in run["targets"]}
        right = [0, 0, 0]
        print(f"{'case':20} {'question':24} {'truth':8} {'govscan':9} {'Observatory':12} drheader")
        for case in CASES:
            said = (
                _ours(ours[f"{case.name}.example"], case.check, f"{case.name}.example"),
                *_peers(peers, at, case.name, case.check),
            )
            right = [n + (one == _word(case.truth)) for n, one in zip(right, said, strict=True)]
            print(
                f"{case.name:20} {case.check:24} {_word(case.truth):8} {said[0]:9} {said[1]:12} {said[2]}"
            )
    print(f"right of {len(CASES)}: govscan {right[0]}, Observatory {right[1]}, drheader {right[2]}")


def _word(truth: bool | None) -> str:
    return {True: "pass", False: "fail", None: "unknown"}[truth]


def _ours(findings: list[dict[str, Any]], check: str, host: str) -> str:
    outcomes = {
        one["outcome"]
        for one in findings
        if one["check"] == check and one["subject"].split(":")[1] == host
    }
    for word in ("fail", "pass"):
        if word in outcomes:
            return word
    return "unknown"


def _peers(peers: Path | None, at: Range, name: str, check: str) -> tuple[str, str]:
    if peers is None:
        return "-", "-"
    test, header = TESTS[check]
    return _observatory(peers, at, name, test), _drheader(peers, at, name, header)


def _observatory(peers: Path, at: Range, name: str, test: str) -> str:
    script = f"""
      const {{ scan }} = await import('@mdn/mdn-http-observatory');
      try {{ const r = await scan('{name}.example'); const t = r.tests['{test}'];
        console.log(t ? (t.pass ? 'pass' : 'fail') : 'none'); }}
      catch (e) {{ console.log(/down|unexpected/.test(e.message) ? 'down' : 'crash'); }}
      process.exit(0);
    """
    environment = {
        **os.environ,
        "NODE_EXTRA_CA_CERTS": str(at.root),
        "NODE_OPTIONS": f"--require {peers / 'ports.cjs'}",
        "BENCH_PORTS": f"{at.http},{at.https}",
    }
    command = ["node", "--input-type=module", "-e", script]
    return _last(command, peers, environment)


def _drheader(peers: Path, at: Range, name: str, header: str) -> str:
    if not header:
        return "-"
    script = f"""
import ports
from drheader import Drheader
report = Drheader(url='https://{name}.example/', verify=False).analyze()
print('fail' if any(one['rule'].lower().startswith('{header.lower()}') for one in report) else 'pass')
"""
    environment = {**os.environ, "BENCH_PORTS": f"{at.http},{at.https}", "PYTHONPATH": str(peers)}
    return _last([str(peers / "venv/bin/python"), "-W", "ignore", "-c", script], peers, environment)


def _last(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    try:
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    lines = ran.stdout.decode(errors="replace").strip().splitlines()
    return lines[-1][:12] if lines else "crash"


PORTS_CJS = """
const net = require('net'), connect = net.Socket.prototype.connect;
const [http, https] = process.env.BENCH_PORTS.split(',').map(Number);
net.Socket.prototype.connect = function (...given) {
  const to = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (to && typeof to === 'object' && to.port) {
    to.port = Number(to.port) === 443 ? https : Number(to.port) === 80 ? http : to.port;
    to.host = '127.0.0.1';
  }
  return connect.apply(this, given);
};
"""
PORTS_PY = """
import os, socket
http, https = map(int, os.environ["BENCH_PORTS"].split(","))
look_up = socket.getaddrinfo
def here(host, port, *more, **named):
    return look_up("127.0.0.1", {80: http, 443: https}.get(port, port), *more, **named)
socket.getaddrinfo = here
"""


def install(folder: Path) -> Path:
    """The peers, in a folder of their own, without the scripts that fetch more."""
    folder.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run([*npm, "--omit=optional", OBSERVATORY], cwd=folder, check=True)
    data = folder / "node_modules/@mdn/mdn-http-observatory/conf"
    (data / "hsts-preload.json").write_text("{}", encoding="utf-8")
    (data / "tld-list.json").write_text("[]", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    pip = [str(folder / "venv/bin/pip"), "install", "--quiet", DRHEADER]
    subprocess.run(pip, check=True)
    (folder / "ports.cjs").write_text(PORTS_CJS, encoding="utf-8")
    (folder / "ports.py").write_text(PORTS_PY, encoding="utf-8")
    return folder


def main() -> None:
    """Measure, then compare."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # of sites whose visitor has gone
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        cost(folder)
        kept = os.environ.get("BENCH_PEERS")
        peers = None
        if "--no-peers" not in sys.argv:
            where = Path(kept) if kept else folder / "peers"
            peers = where if (where / "ports.py").exists() else install(where)
        compare(folder, peers)


if __name__ == "__main__":
    main()
