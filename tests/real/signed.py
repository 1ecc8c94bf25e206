"""A private signed root and zones below it, each with one fault made on purpose.

Signed by BIND's tools, served by Knot, resolved and validated by Unbound, all on loopback.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

ADDRESS = "127.85.7.1"
PAST = ("20240101000000", "20240201000000")
FUTURE = ("20350101000000", "20350201000000")
NOW = ("now-3600", "now+2592000")

TEXT = """$TTL 300
@ SOA ns.example. hostmaster.example. 1 7200 3600 1209600 300
@ NS ns.example.
@ A 192.0.2.1
@ AAAA 2001:db8::1
@ MX 10 mail
@ TXT "v=spf1 -all"
@ CAA 0 issue "ca.example"
www A 192.0.2.2
mail A 192.0.2.3
deep.empty A 192.0.2.4
_25._tcp.mail TLSA 3 1 1 {digest}
"""
DIGEST = "ab" * 32
Edit = Callable[[str], str]


class Fault(NamedTuple):
    """How a zone is made: what stands in it, how it is signed, what is spoilt afterwards."""

    zone: str
    extra: str = ""
    algorithm: str = "ECDSAP256SHA256"
    times: tuple[str, str] = NOW
    nsec3: tuple[str, ...] = ()
    signed: bool = True
    after: Edit = str
    ds: Edit = str
    parent: str = "example"


def _drop(pattern: str) -> Edit:
    return lambda text: re.sub(pattern, "", text, flags=re.MULTILINE)


def _swap(pattern: str, by: str) -> Edit:
    return lambda text: re.sub(pattern, by, text, flags=re.MULTILINE)


def _spoil(text: str) -> str:
    """Another first letter of the signature over the MX."""
    return re.sub(
        r"(RRSIG\s+MX\s.*\.\s)(\S)",
        lambda found: found[1] + ("B" if found[2] == "A" else "A"),
        text,
    )


ALIASES = """
to-www CNAME www
to-plain CNAME www.plain.example.
to-expired CNAME www.expired.example.
to-nothing CNAME nothing.nsec3.example.
to-nodata CNAME mail.nsec3.example.
to-island CNAME www.island.example.
tree DNAME nsec3.example.
gone DNAME expired.example.
*.wild A 192.0.2.9
*.wild TXT "wild"
sub.wild.deep A 192.0.2.10
"""
FAULTS = (
    Fault("secure.example", ALIASES),
    Fault("nsec3.example", ALIASES, nsec3=("-3", "-")),
    Fault("salted.example", nsec3=("-3", "ABCD", "-H", "10")),
    Fault("optout.example", "unsigned NS ns.example.\n", nsec3=("-3", "-", "-A")),
    Fault("many.example", nsec3=("-3", "-", "-H", "5")),
    Fault("rsa.example", algorithm="RSASHA256"),
    Fault("sha1.example", algorithm="NSEC3RSASHA1", nsec3=("-3", "-")),
    Fault("ed.example", algorithm="ED25519"),
    Fault("plain.example", signed=False),
    Fault("island.example", ds=lambda _: ""),
    Fault("expired.example", times=PAST),
    Fault("future.example", times=FUTURE),
    Fault("no-signature.example", after=_drop(r"^.*\sRRSIG\s+MX .*\n")),
    Fault("bad-signature.example", after=_spoil),
    Fault("no-keys.example", after=_drop(r"^.*\s(RRSIG|DNSKEY|NSEC)\s.*\n")),
    Fault("no-nsec.example", after=_drop(r"^.*\s(NSEC|RRSIG\s+NSEC)\s.*\n")),
    Fault(
        "no-nsec3.example",
        nsec3=("-3", "-"),
        after=_drop(r"^.*\s(NSEC3|NSEC3PARAM|RRSIG\s+NSEC3|RRSIG\s+NSEC3PARAM)\s.*\n"),
    ),
    Fault(
        "half-nsec.example",
        "*.wild A 192.0.2.9\n",
        after=_drop(r"^(mail|\*\.wild|wild)\.half-nsec\.example\..*\s(NSEC|RRSIG\s+NSEC)\s.*\n"),
    ),
    Fault("wrong-digest.example", ds=_swap(r"[0-9A-F]{6}$", "ABCDEF")),
    Fault("wrong-tag.example", ds=_swap(r"DS (\d+)", "DS 1")),
    Fault("wrong-algorithm.example", ds=_swap(r"(DS \d+) 13", r"\1 8")),
    Fault("unknown-algorithm.example", ds=_swap(r"(DS \d+) 13", r"\1 250")),
    Fault("unknown-digest.example", ds=_swap(r"(DS \d+ 13) 2", r"\1 200")),
    Fault("standby.example", ds=lambda text: text + STANDBY),
    Fault("child-without.nsec3.example", signed=False, parent="nsec3.example"),
    Fault("child.secure.example", parent="secure.example"),
    Fault("unsigned.optout.example", signed=False, parent="optout.example"),
    Fault("signed.optout.example", parent="optout.example"),
    Fault("below.expired.example", parent="expired.example"),
    Fault("below.island.example", parent="island.example"),
)
STANDBY = f"standby.example. IN DS 4711 13 2 {'CD' * 32}\n"
NAMES = (
    "",
    "www",
    "mail",
    "nothing",
    "a.b.nothing",
    "empty",
    "deep.empty",
    "x.wild",
    "y.x.wild",
    "*.wild",
    "sub.wild.deep",
    "to-www",
    "to-plain",
    "to-expired",
    "to-nothing",
    "to-nodata",
    "to-island",
    "www.tree",
    "nothing.tree",
    "www.gone",
    "_25._tcp.mail",
    "unsigned",
    "x.unsigned",
)
PROGRAMS = ("knotd", "unbound")
TYPES = ("A", "MX", "TXT", "TLSA", "DS", "DNSKEY", "SOA")


class World(NamedTuple):
    """Where the servers are, and what they were made of."""

    resolver: tuple[str, int]
    servers: tuple[str, int]
    anchor: Path
    zones: tuple[str, ...]
    folder: Path


def free_port(address: str = ADDRESS) -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], address: str, port: int, folder: Path) -> Iterator[None]:
    """A server in the foreground, from when it takes connections to the end of the block."""
    log_file = folder / f"{Path(command[0]).name}.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection((address, port), 1).close()
                break
            except OSError:
                said = log_file.read_text(errors="replace")[-2000:]
                assert process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(15)


def run(*command: str, cwd: Path) -> str:
    """The output of a program that must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def _build(fault: Fault, folder: Path, delegations: str) -> tuple[str, str]:
    """The zone's text as it is served, and the records at its parent."""
    zone = fault.zone
    origin = f"{zone}." if zone else "."
    text = TEXT.format(digest=DIGEST) + fault.extra + delegations
    if zone == "example":
        text += f"ns A {ADDRESS}\n"
    path = folder / (zone or "root")
    path.write_text(f"$ORIGIN {origin}\n{text}")
    above = f"{origin} NS ns.example.\n"
    if not fault.signed:
        return path.read_text(), above
    sizes = ["-b", "2048"] if "RSA" in fault.algorithm else []
    run("dnssec-keygen", "-a", fault.algorithm, *sizes, "-f", "KSK", origin, cwd=folder)
    run("dnssec-keygen", "-a", fault.algorithm, *sizes, origin, cwd=folder)
    begin, end = fault.times
    run(
        "dnssec-signzone",
        *("-S", "-P", "-O", "full", "-o", origin, "-s", begin, "-e", end),
        *fault.nsec3,
        *("-f", f"{path.name}.signed", path.name),
        cwd=folder,
    )
    signed = fault.after((folder / f"{path.name}.signed").read_text())
    dsset = (folder / f"dsset-{origin}").read_text()
    joined = re.sub(r"([0-9A-F]{56}) ([0-9A-F]+)", r"\1\2", dsset)
    lines = re.sub(r"^(\S+)\s+IN DS", r"\1 IN DS", joined, flags=re.MULTILINE)
    return signed, above + fault.ds(lines)


def build(folder: Path, faults: tuple[Fault, ...]) -> dict[str, str]:
    """Every zone's text, children before their parents."""
    texts: dict[str, str] = {}
    above: dict[str, str] = {}
    every = (*faults, Fault("example", parent=""), Fault("", parent="-"))
    for fault in sorted(every, key=lambda one: -(one.zone.count(".") + bool(one.zone))):
        text, records = _build(fault, folder, above.get(fault.zone, ""))
        texts[fault.zone] = text
        above[fault.parent] = above.get(fault.parent, "") + records
    return texts


KNOT = """
server:
    rundir: "{folder}/run"
    listen: {address}@{port}
database:
    storage: "{folder}/db"
log:
  - target: stderr
    any: warning
template:
  - id: default
    semantic-checks: off
zone:
{zones}
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
    num-threads: 1
    incoming-num-tcp: 200
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    module-config: "validator iterator"
    trust-anchor-file: "{anchor}"
    qname-minimisation: no
    aggressive-nsec: no
    ede: yes
    val-bogus-ttl: 1
    infra-keep-probing: yes
remote-control:
    control-enable: no
"""
STUB = """
stub-zone:
    name: "{zone}."
    stub-addr: {address}@{port}
"""


@contextmanager
def world(folder: Path, faults: tuple[Fault, ...] = FAULTS) -> Iterator[World]:
    """The servers, up until the end of the block."""
    texts = build(folder, faults)
    for name in ("run", "db"):
        (folder / name).mkdir()
    for zone, text in texts.items():
        (folder / f"{zone or 'root'}.zone").write_text(text)
    behind, port = free_port(), free_port()
    zones = "\n".join(
        f'  - domain: {zone}.\n    file: "{folder}/{zone or "root"}.zone"' for zone in texts
    )
    (folder / "knot.conf").write_text(
        KNOT.format(folder=folder, address=ADDRESS, port=behind, zones=zones)
    )
    anchor = folder / "anchor"
    anchor.write_text((folder / "dsset-.").read_text())
    stubs = "".join(STUB.format(zone=zone, address=ADDRESS, port=behind) for zone in texts)
    (folder / "unbound.conf").write_text(
        UNBOUND.format(folder=folder, address=ADDRESS, port=port, anchor=anchor) + stubs
    )
    knotd, unbound = (
        shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("knotd", "unbound")
    )
    assert knotd
    assert unbound
    with ExitStack() as stack:
        for command, where in (
            ([knotd, "-c", str(folder / "knot.conf")], behind),
            ([unbound, "-c", str(folder / "unbound.conf")], port),
        ):
            stack.enter_context(running(command, ADDRESS, where, folder))
        yield World((ADDRESS, port), (ADDRESS, behind), anchor, tuple(texts), folder)
