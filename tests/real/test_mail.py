"""A government's mail in zones of Knot behind Unbound, with mail servers that misbehave.

Each row is one situation of the specification, with the outcomes that it must have.
"""

# ruff: noqa: E501, ISC004 - a table of zones

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scanner.formats.mail_examples import BIG, MIDDLING, SMALL
from tests.conftest import Govscan, needs_program

pytestmark = pytest.mark.xdist_group("real")

ADDRESS = "127.85.0.9"
KEY = f'TXT ( "v=DKIM1; p={BIG[:200]}" "{BIG[200:]}" )'
REJECT = '_dmarc TXT "v=DMARC1; p=reject; rua=mailto:r@{name}"'
SENDER = 'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 mx -all"'
# Name below gov.pk: what stands in the zone, and what must come of it.
ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "police": (
        'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 +all"',
        {"mail-spoofing": "fail", "spf-all": "fail", "dmarc-presence": "fail", "dkim-keys": "fail"},
    ),
    "exemplary": (
        f"{SENDER}\n{REJECT}\nselector1._domainkey {KEY}",
        {
            "mail-spoofing": "pass",
            "spf-all": "pass",
            "spf-lookups": "pass",
            "dmarc-policy": "pass",
            "dmarc-syntax": "pass",
            "dkim-keys": "pass",
            "dkim-key-strength": "pass",
            "dkim-wildcard": "pass",
            "mx-target": "pass",
        },
    ),
    "parked": (
        'MX 0 .\nTXT "v=spf1 -all"\n_dmarc TXT "v=DMARC1; p=reject"',
        {"parked-domain": "pass", "mail-spoofing": "pass", "null-mx": "pass", "dkim-keys": "not-applicable"},
    ),
    "parked-open": ("MX 0 .", {"parked-domain": "fail", "mail-spoofing": "fail"}),
    "null-sends": (f'MX 0 .\nTXT "v=spf1 ip4:9.9.9.9 -all"\n{REJECT}', {"parked-domain": "fail"}),
    "null-beside": (f'MX 0 .\nMX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 mx -all"\n{REJECT}', {"null-mx": "fail"}),
    "monitor": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=none; rua=mailto:r@monitor.gov.pk"',
        {"dmarc-policy": "fail", "dmarc-presence": "pass", "mail-spoofing": "fail"},
    ),
    "holes": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject; sp=none; np=reject"',
        {
            "dmarc-policy": "pass",
            "dmarc-subdomain-policy": "fail",
            "dmarc-nonexistent-policy": "pass",
            "dmarc-report-address": "fail",
            "mail-spoofing": "fail",
        },
    ),
    "testing": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject; t=y"',
        {"dmarc-test-mode": "fail", "mail-spoofing": "fail", "dmarc-policy": "pass"},
    ),
    "percent": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject; pct=20"',
        {"dmarc-test-mode": "fail", "mail-spoofing": "fail", "dmarc-policy": "pass"},
    ),
    "doubled": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject"\n_dmarc TXT "v=DMARC1; p=none"',
        {"dmarc-syntax": "fail", "dmarc-presence": "fail", "mail-spoofing": "fail"},
    ),
    "discarded": (
        f'{SENDER}\n_dmarc TXT "v=dmarc1; p=reject"',
        {"dmarc-syntax": "fail", "dmarc-presence": "fail"},
    ),
    "away": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject; rua=mailto:r@reports.com"',
        {"dmarc-report-authorisation": "fail"},
    ),
    "agreed": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject; rua=mailto:r@agreed.com"',
        {"dmarc-report-authorisation": "pass"},
    ),
    "lapsed": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 include:spf.lapsed-provider.com -all"\n{REJECT}',
        {"spf-syntax": "fail", "mail-spoofing": "fail"},
    ),
    "lapsed-harmless": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 ?include:spf.lapsed-provider.com -all"\n{REJECT}',
        {"spf-syntax": "fail", "mail-spoofing": "pass"},
    ),
    "lapsed-alias": ("CNAME agency.lapsed-provider.com.", {"mail-spoofing": "fail"}),
    "lapsed-policy": (
        f"{SENDER}\n_dmarc CNAME dmarc.lapsed-provider.com.",
        {"dmarc-presence": "fail", "mail-spoofing": "fail"},
    ),
    "never-reached": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 include:spf.gone.gov.pk +all"\n{REJECT}',
        {"spf-all": "fail", "spf-syntax": "fail", "mail-spoofing": "pass"},
    ),
    "dead-gov": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 include:spf.gone.gov.pk -all"\n{REJECT}',
        {"spf-syntax": "fail", "mail-spoofing": "pass"},
    ),
    "many": (
        "MX 10 mx\nmx A 127.85.1.1\nTXT ( "
        + " ".join(f'"{"v=spf1 " if not n else ""}a:mx.many.gov.pk "' for n in range(11))
        + ' "-all" )\n'
        + REJECT,
        {"spf-lookups": "fail", "spf-unreachable-terms": "fail"},
    ),
    "void": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 a:a.void.gov.pk a:b.void.gov.pk a:c.void.gov.pk -all"\n{REJECT}',
        {"spf-void-lookups": "fail", "spf-unreachable-terms": "fail"},
    ),
    "loop": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 include:loop.gov.pk -all"\n{REJECT}',
        {"spf-syntax": "fail"},
    ),
    "wide": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 ptr ?all"\n{REJECT}',
        {"spf-breadth": "fail", "spf-ptr": "fail", "spf-all": "fail", "mail-spoofing": "fail"},
    ),
    "private": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 ip4:10.0.0.0/8 -all"\n{REJECT}',
        {"spf-breadth": "pass", "spf-unreachable-terms": "fail", "mail-spoofing": "pass"},
    ),
    "neutral-include": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 include:_spf.neutral-include.gov.pk -all"\n'
        f'_spf TXT "v=spf1 ip4:9.9.9.9 ?all"\n{REJECT}',
        {"spf-all": "pass", "mail-spoofing": "pass"},
    ),
    "open-include": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 include:_spf.open-include.gov.pk -all"\n'
        f'_spf TXT "v=spf1 +all"\n{REJECT}',
        {"spf-all": "fail", "mail-spoofing": "fail"},
    ),
    "two-spf": (
        f'MX 10 mx\nmx A 127.85.1.1\nTXT "v=spf1 -all"\nTXT "v=spf1 mx -all"\n{REJECT}',
        {"spf-presence": "fail", "spf-syntax": "fail", "mail-spoofing": "pass"},
    ),
    "weak-key": (
        f'{SENDER}\n{REJECT}\ns1._domainkey TXT "p={SMALL}"',
        {"dkim-keys": "pass", "dkim-key-strength": "fail", "mail-spoofing": "fail"},
    ),
    "old-key": (
        f'{SENDER}\n{REJECT}\ndefault._domainkey TXT "v=DKIM1; t=y; p={MIDDLING}"',
        {"dkim-key-strength": "fail", "dkim-test-mode": "fail", "mail-spoofing": "pass"},
    ),
    "bad-key": (
        f'{SENDER}\n{REJECT}\ngoogle._domainkey TXT "v=DKIM1; p=%%%"',
        {"dkim-record-syntax": "fail", "dkim-keys": "inconclusive"},
    ),
    "revoked": (
        f'{SENDER}\n{REJECT}\ngoogle._domainkey TXT "v=DKIM1; p="',
        {"dkim-record-syntax": "informational", "dkim-keys": "inconclusive"},
    ),
    "odd-selector": (
        f"{SENDER}\n{REJECT}\nx2026q4._domainkey {KEY}",
        {"dkim-keys": "inconclusive"},
    ),
    "wild-key": (
        f"{SENDER}\n{REJECT}\n*._domainkey {KEY}",
        {"dkim-wildcard": "fail", "dkim-keys": "inconclusive"},
    ),
    "wild": (
        f'{SENDER}\n{REJECT}\n* TXT "v=spf1 -all"\n* A 127.85.1.1',
        {"dkim-keys": "inconclusive", "mail-spoofing": "pass"},
    ),
    "wild-open": (f'{SENDER}\n{REJECT}\n* TXT "v=spf1 +all"', {"mail-spoofing": "fail"}),
    "relaxed": (f"{SENDER}\n{REJECT}", {"mail-spoofing": "fail"}),
    "news.relaxed": (
        'TXT "v=spf1 +all"',
        {"mail-spoofing": "fail", "spf-all": "fail", "dmarc-presence": "pass"},
    ),
    "strict": (
        f'{SENDER}\n_dmarc TXT "v=DMARC1; p=reject; aspf=s; rua=mailto:r@strict.gov.pk"',
        {"mail-spoofing": "fail"},
    ),
    "news.strict": ('TXT "v=spf1 +all"', {"mail-spoofing": "fail"}),
    "refused": (
        SENDER,
        {"spf-presence": "inconclusive", "dmarc-presence": "inconclusive", "mail-spoofing": "inconclusive"},
    ),
    "mx-alias": (
        f'MX 10 mail\nmail CNAME host\nhost A 127.85.1.1\nTXT "v=spf1 mx -all"\n{REJECT}',
        {"mx-target": "fail"},
    ),
    "mx-gone": (f'MX 10 gone\nTXT "v=spf1 mx -all"\n{REJECT}', {"mx-target": "fail"}),
    "mx-address": (f'MX 10 9.9.9.9.\nTXT "v=spf1 -all"\n{REJECT}', {"mx-target": "fail"}),
    "implicit": (f'A 127.85.1.1\nTXT "v=spf1 a -all"\n{REJECT}', {"implicit-mx": "fail"}),
    "site": (f'A 127.85.1.77\nTXT "v=spf1 -all"\n{REJECT}', {"implicit-mx": "informational", "parked-domain": "informational"}),
    "plain": (f'MX 10 mx\nmx A 127.85.1.2\nTXT "v=spf1 mx -all"\n{REJECT}', {"starttls-offered": "fail"}),
    "withdrawn": (f'MX 10 mx\nmx A 127.85.1.3\nTXT "v=spf1 mx -all"\n{REJECT}', {"starttls-works": "fail"}),
    "busy": (f'MX 10 mx\nmx A 127.85.1.4\nTXT "v=spf1 mx -all"\n{REJECT}', {"starttls-offered": "inconclusive"}),
    "grey": (f'MX 10 mx\nmx A 127.85.1.5\nTXT "v=spf1 mx -all"\n{REJECT}', {"starttls-offered": "inconclusive"}),
    "banned": (f'MX 10 mx\nmx A 127.85.1.6\nTXT "v=spf1 mx -all"\n{REJECT}', {"starttls-offered": "inconclusive"}),
    "closed": (f'MX 10 mx\nmx A 127.85.1.7\nTXT "v=spf1 mx -all"\n{REJECT}', {"starttls-offered": "inconclusive"}),
    "no-sts": (f"{SENDER}\n{REJECT}", {"mta-sts-record": "fail", "tls-rpt-record": "fail"}),
    "two-sts": (
        f'{SENDER}\n{REJECT}\n_mta-sts TXT "v=STSv1; id=1"\n_mta-sts TXT "v=STSv1; id=2"\n'
        '_smtp._tls TXT "v=TLSRPTv1; rua=mailto:t@two-sts.gov.pk"',
        {"mta-sts-record": "fail", "tls-rpt-record": "pass"},
    ),
    "sts-gone": (
        f'{SENDER}\n{REJECT}\n_mta-sts TXT "v=STSv1; id=1"',
        {"mta-sts-record": "pass", "mta-sts-policy": "fail"},
    ),
}  # fmt: skip
HELLO = b"220 mx ESMTP\r\n"
SCRIPTS: dict[str, tuple[bytes, ...]] = {
    "127.85.1.1": (HELLO, b"250-mx\r\n250 STARTTLS\r\n", b"454 no\r\n"),
    "127.85.1.2": (HELLO, b"250-mx\r\n250 SIZE 10\r\n", b"221 bye\r\n"),
    "127.85.1.3": (HELLO, b"250-mx\r\n250 STARTTLS\r\n", b"454 TLS not available\r\n"),
    "127.85.1.4": (b"421 too busy\r\n",),
    "127.85.1.5": (HELLO, b"450 4.7.1 greylisted, try later\r\n"),
    "127.85.1.6": (b"554 your address is listed\r\n",),
    "127.85.1.7": (),
}


def _zone() -> str:
    lines = ["$ORIGIN gov.pk.", "$TTL 60", "@ SOA ns h 1 7200 3600 1209600 60", "@ NS ns"]
    lines.append(f"ns A {ADDRESS}")
    for name, (text, _) in ROWS.items():
        lines.append(f"$ORIGIN {name}.gov.pk.")
        for line in text.format(name=f"{name}.gov.pk").splitlines():
            first = line.split(" ", 1)[0]
            own = first in {"MX", "TXT", "A", "CNAME"}
            lines.append(f"@ {line}" if own else line)
    return "\n".join(lines) + "\n"


COM = f"""
$ORIGIN com.
$TTL 60
@ SOA ns h 1 7200 3600 1209600 60
@ NS ns
ns A {ADDRESS}
reports A 127.85.1.1
agreed A 127.85.1.1
*._report._dmarc.agreed TXT "v=DMARC1"
"""
KNOT = """
server:
    rundir: "{folder}/run"
    listen: {address}@{port}
database:
    storage: "{folder}/db"
log:
  - target: stderr
    any: info
zone:
  - domain: gov.pk
    file: "{folder}/gov.pk"
  - domain: com
    file: "{folder}/com"
"""
UNBOUND = """
server:
    interface: {address}@{port}
    directory: "{folder}"
    pidfile: "{folder}/unbound.pid"
    username: ""
    chroot: ""
    use-syslog: no
    do-daemonize: no
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    module-config: "iterator"
    local-zone: "." static
    local-zone: "gov.pk." transparent
    local-zone: "com." transparent
    local-zone: "refused.gov.pk." always_refuse
remote-control:
    control-enable: no
stub-zone:
    name: "gov.pk"
    stub-addr: {address}@{behind}
stub-zone:
    name: "com"
    stub-addr: {address}@{behind}
"""


def _free_port(address: str = ADDRESS) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection((ADDRESS, port), 1).close()
                break
            except OSError:
                said = (folder / "server.log").read_text(errors="replace")[-2000:]
                assert process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _mail_servers(port: int) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    servers: list[asyncio.Server] = []

    async def one(address: str, replies: tuple[bytes, ...]) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                for reply in replies:
                    writer.write(reply)
                    await writer.drain()
                    if not await reader.readline():
                        break
            except OSError:
                pass
            finally:
                writer.close()

        servers.append(await asyncio.start_server(talk, address, port))

    def work() -> None:
        asyncio.set_event_loop(loop)
        for address, replies in SCRIPTS.items():
            loop.run_until_complete(one(address, replies))
        ready.set()
        loop.run_forever()
        for server in servers:
            server.close()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(30)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    knotd, unbound = needs_program("knotd", "knot"), needs_program("unbound")
    folder = tmp_path_factory.mktemp("mail")
    behind, port, smtp = _free_port(), _free_port(), _free_port("127.85.1.1")
    for name in ("run", "db"):
        (folder / name).mkdir()
    (folder / "gov.pk").write_text(_zone())
    (folder / "com").write_text(COM)
    words = {"folder": folder, "address": ADDRESS, "port": port, "behind": behind}
    (folder / "knot.conf").write_text(KNOT.format(**{**words, "port": behind}))
    (folder / "unbound.conf").write_text(UNBOUND.format(**words))
    (folder / "targets.txt").write_text("".join(f"{name}.gov.pk\n" for name in ROWS))
    govscan = Govscan(folder)
    with (
        _running([knotd, "-c", str(folder / "knot.conf")], behind, folder),
        _running([unbound, "-c", str(folder / "unbound.conf")], port, folder),
        _mail_servers(smtp),
    ):
        ran = govscan(
            "scan",
            "targets.txt",
            *("--resolver", f"{ADDRESS}:{port}", "--connect-to", f":25::{smtp}"),
            *("--allow-network", "127.0.0.0/8", "--family", "mail", "--seconds", "10"),
            *("--output", "report", "--quiet"),
        )
    assert ran.code in {0, 1, 3}, ran.err
    document = json.loads((folder / "report" / "run.json").read_bytes())
    return {one["host"]: one["findings"] for one in document["targets"]}


@pytest.mark.parametrize("name", ROWS)
def test_situation(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    findings = found[f"{name}.gov.pk"]
    expected = ROWS[name][1]
    seen: dict[str, set[str]] = {}
    for one in findings:
        seen.setdefault(one["check"], set()).add(one["outcome"])
    assert {check: sorted(seen[check]) for check in expected} == {
        check: [outcome] for check, outcome in expected.items()
    }, [(one["check"], one["outcome"], one["text"]) for one in findings if one["check"] in expected]
    assert "error" not in {outcome for outcomes in seen.values() for outcome in outcomes}


def _answer(found: dict[str, list[dict[str, Any]]], name: str) -> str:
    (one,) = [one for one in found[f"{name}.gov.pk"] if one["check"] == "mail-spoofing"]
    text: str = one["text"]
    return text


def test_the_answer_is_said_in_plain_words(found: dict[str, list[dict[str, Any]]]) -> None:
    assert _answer(found, "police").startswith("Yes, a stranger can send as @police.gov.pk: ")
    assert _answer(found, "exemplary").startswith("No, a stranger cannot send as @exemplary.gov.pk")
    assert "anyone may register lapsed-provider.com" in _answer(found, "lapsed")
    assert "news.relaxed.gov.pk" in _answer(found, "relaxed")
    assert _answer(found, "strict").startswith("Partly")
    assert "@news.strict.gov.pk" in _answer(found, "strict")
