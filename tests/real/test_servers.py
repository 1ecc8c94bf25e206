"""Servers that others wrote: nginx, Knot and Unbound, Postfix, each started and stopped here."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.authority import Authority
from tests.conftest import Govscan, needs_program

pytestmark = pytest.mark.xdist_group("real")

NAME = "agency.example"
ADDRESS = "127.85.0.1"


def _free_port(address: str = ADDRESS) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], address: str, port: int, folder: Path) -> Iterator[None]:
    """A server in the foreground, from when it takes connections to the end of the block."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        until = time.monotonic() + 15
        while True:
            try:
                socket.create_connection((address, port), 1).close()
                break
            except OSError:
                said = (folder / "server.log").read_text(errors="replace")[-2000:]
                assert process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(15)


def _scan(govscan: Govscan, *arguments: str) -> dict[str, Any]:
    ran = govscan(
        "scan",
        NAME,
        *arguments,
        *("--allow-network", "127.0.0.0/8", "--output", "report", "--quiet", "--seconds", "5"),
    )
    assert ran.code in {0, 1, 3}, ran.err
    document: dict[str, Any] = json.loads((govscan.folder / "report" / "run.json").read_bytes())
    target: dict[str, Any] = document["targets"][0]
    return target


def _outcomes(target: dict[str, Any], subject: str) -> dict[str, str]:
    return {one["check"]: one["outcome"] for one in target["findings"] if one["subject"] == subject}


NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen {address}:{http}; return 301 https://$host$request_uri; }}
  server {{
    listen {address}:{https} ssl; server_name {name} www.{name};
    ssl_certificate {pem}; ssl_certificate_key {pem};
    ssl_protocols TLSv1.2 TLSv1.3; gzip on; gzip_types text/html;
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
    add_header X-Content-Type-Options nosniff always;
    location / {{ default_type text/html; return 200 "<!DOCTYPE html><title>A</title>"; }}
    location /.git/ {{ return 404; }}
  }}
}}
"""


def test_nginx(govscan: Govscan, tmp_path: Path) -> None:
    program = needs_program("nginx", "nginx-light")
    http, https = _free_port(), _free_port()
    authority = Authority(tmp_path)
    pem = authority.issue((NAME, f"www.{NAME}"))
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        NGINX.format(folder=tmp_path, address=ADDRESS, http=http, https=https, name=NAME, pem=pem)
    )
    (tmp_path / "hosts").write_text(f"{ADDRESS} {NAME} www.{NAME}\n")
    command = [program, "-p", str(tmp_path), "-c", str(configuration)]
    with _running(command, ADDRESS, https, tmp_path):
        target = _scan(
            govscan,
            *("--hosts", "hosts", "--trust-store", str(authority.roots)),
            *("--connect-to", f":80::{http}", "--connect-to", f":443::{https}"),
            *("--family", "tls", "--family", "web"),
        )
    secure = _outcomes(target, f"web:{NAME}:443")
    assert {secure[name] for name in ("tls-1-0", "tls-1-1", "tls-1-3", "tls-sslv3")} == {"pass"}
    assert secure["certificate-trust"] == secure["certificate-chain"] == "pass"
    assert secure["hsts-presence"] == secure["hsts-subdomains"] == "pass"
    assert secure["server-version-disclosure"] == "fail"
    assert secure["csp-presence"] == secure["framing-protection"] == "fail"
    assert _outcomes(target, f"host:{NAME}")["https-enforcement"] == "pass"
    assert _outcomes(target, f"web:{NAME}:80")["redirect-permanence"] == "pass"


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
  - domain: {name}
    file: "{folder}/zone"
"""
ZONE = """
$ORIGIN {name}.
$TTL 60
@ SOA ns1 hostmaster 1 7200 3600 1209600 60
@ NS ns1
@ NS ns2
ns1 A {address}
ns2 A {address}
@ A {address}
www CNAME gone
@ MX 0 .
@ TXT "v=spf1 " "-all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:a@{name}"
@ CAA 0 issue "ca.example"
"""
NO_RECORD_ABOVE = 'local-zone: "_dmarc.example." always_nxdomain'
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
    {local}
remote-control:
    control-enable: no
"""
STUB = """
stub-zone:
    name: "{name}"
    stub-addr: {address}@{behind}
"""


def test_knot_behind_unbound(govscan: Govscan, tmp_path: Path) -> None:
    knotd, unbound = needs_program("knotd", "knot"), needs_program("unbound")
    behind, port = _free_port(), _free_port()
    for folder in ("run", "db"):
        (tmp_path / folder).mkdir()
    (tmp_path / "zone").write_text(ZONE.format(name=NAME, address=ADDRESS))
    (tmp_path / "knot.conf").write_text(
        KNOT.format(folder=tmp_path, address=ADDRESS, port=behind, name=NAME)
    )
    (tmp_path / "unbound.conf").write_text(
        UNBOUND.format(folder=tmp_path, address=ADDRESS, port=port, local=NO_RECORD_ABOVE)
        + STUB.format(name=NAME, address=ADDRESS, behind=behind)
    )
    with (
        _running([knotd, "-c", str(tmp_path / "knot.conf")], ADDRESS, behind, tmp_path),
        _running([unbound, "-c", str(tmp_path / "unbound.conf")], ADDRESS, port, tmp_path),
    ):
        target = _scan(
            govscan,
            *("--resolver", f"{ADDRESS}:{port}", "--connect-to", f":53::{behind}"),
            *("--family", "dns", "--family", "mail"),
        )
    domain = _outcomes(target, f"domain:{NAME}")
    assert domain["spf-presence"] == domain["dmarc-policy"] == domain["parked-domain"] == "pass"
    assert domain["mail-spoofing"] == "pass"
    assert domain["ns-count"] == "fail"  # two names, one address
    host = _outcomes(target, f"host:www.{NAME}")
    assert host["dangling-cname"] == "fail"
    server = _outcomes(target, f"name-server:ns1.{NAME}")
    assert server.pop("ns-zone-transfer") == "inconclusive"  # asked for only with leave
    assert set(server.values()) == {"pass", "informational"}


MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.{name}
mydestination =
inet_interfaces = all
inet_protocols = ipv4
smtpd_tls_security_level = may
smtpd_tls_chain_files = {pem}
smtpd_tls_protocols = >=TLSv1.2
maillog_file = /dev/stdout
maillog_file_prefixes = /dev
alias_maps =
"""
MASTER = """
{address}:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
cleanup unix n - n - 0 cleanup
"""
DAEMONS = ("/usr/lib/postfix/sbin", "/usr/libexec/postfix")


def test_postfix(govscan: Govscan) -> None:
    program = needs_program("postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix is started as root only")
    owner = pwd.getpwnam("postfix")
    port = _free_port()
    folder = Path(tempfile.mkdtemp(prefix="govscan-postfix-"))
    folder.chmod(0o755)
    for name in ("queue", "data", "etc"):
        (folder / name).mkdir()
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    authority = Authority(folder)
    pem = authority.issue((f"mail.{NAME}",))
    daemons = next(one for one in DAEMONS if Path(one).is_dir())
    (folder / "etc" / "main.cf").write_text(
        MAIN.format(folder=folder, daemons=daemons, name=NAME, pem=pem)
    )
    (folder / "etc" / "master.cf").write_text(MASTER.format(address=ADDRESS, port=port))
    resolver = _free_port()
    unbound = needs_program("unbound")
    local = (
        f'local-zone: "example." static\n    local-data: "{NAME}. MX 10 mail.{NAME}."\n'
        f'    local-data: "mail.{NAME}. A {ADDRESS}"\n    local-data: "{NAME}. A {ADDRESS}"'
    )
    (folder / "unbound.conf").write_text(
        UNBOUND.format(folder=folder, address=ADDRESS, port=resolver, local=local)
    )
    command = [program, "-c", str(folder / "etc"), "start-fg"]
    try:
        with (
            _running(command, ADDRESS, port, folder),
            _running([unbound, "-c", str(folder / "unbound.conf")], ADDRESS, resolver, folder),
        ):
            target = _scan(
                govscan,
                *("--resolver", f"{ADDRESS}:{resolver}", "--connect-to", f":25::{port}"),
                *("--check", "starttls-offered", "--check", "starttls-works"),
                *("--check", "mx-tls-version", "--trust-store", str(authority.roots)),
            )
    finally:
        subprocess.run([program, "-c", str(folder / "etc"), "stop"], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    outcomes = _outcomes(target, f"mail:mail.{NAME}:25")
    assert outcomes == {
        "starttls-offered": "pass",
        "starttls-works": "pass",
        "mx-tls-version": "pass",
    }
