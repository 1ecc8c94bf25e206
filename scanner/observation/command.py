"""The commands with which an administrator sees an observation for himself.

Only validated names, addresses, ports and paths of our own enter them: never a target's string.
"""

from __future__ import annotations

import shlex
from ipaddress import ip_address

from scanner.observation.base import Place, Role


def bracketed(address: str) -> str:
    """Write an address as it stands before a port: IPv6 in brackets (RFC 3986 3.2.2)."""
    return f"[{address}]" if ":" in address else address


def endpoint(address: str, port: int) -> str:
    """``192.0.2.7:443``, ``[2001:db8::7]:443`` (RFC 5952 6)."""
    return f"{bracketed(str(ip_address(address)))}:{port}"


def curl(place: Place, *, path: str = "/", flags: str = "-sI") -> str:
    """Ask a web service at the address of the finding, whatever DNS says today."""
    host, port = place.subject.host, place.subject.port or 443
    scheme = "http" if port == 80 else "https"  # noqa: PLR2004 - RFC 9110 4.2.1
    shown = "" if port in {80, 443} else f":{port}"
    pin = f"--resolve {host}:{port}:{bracketed(place.address)} " if place.address else ""
    trust = "-k " if scheme == "https" else ""
    return f"curl {flags} {trust}{pin}{shlex.quote(f'{scheme}://{host}{shown}{path}')}"


def openssl(place: Place, *flags: str) -> str:
    """Shake hands with a TLS service at the address of the finding."""
    host, port = place.subject.host, place.subject.port or 443
    where = endpoint(place.address, port) if place.address else f"{host}:{port}"
    parts = [
        f"openssl s_client -connect {where}",
        f"-servername {host}",
        *(["-starttls smtp"] if place.subject.role is Role.MAIL else []),
        *flags,
        "</dev/null",
    ]
    return " ".join(parts)


def dig(name: str, rdtype: str, *, server: str = "") -> str:
    """Ask DNS, the usual resolver or one server."""
    return f"dig {f'@{server} ' if server else ''}{shlex.quote(name)} {rdtype}"


def ssl_enum_ciphers(name: str, peer: str) -> str:
    """List versions and suites with nmap; nothing where the peer is not known."""
    address, _, port = peer.rpartition(":")
    if not address:
        return ""
    address = address.strip("[]")
    six = "-6 " if ":" in address else ""
    script = f"--script ssl-enum-ciphers --script-args tls.servername={name}"
    return f"nmap {six}-Pn -p {port} {script} {address}"


def handshake(name: str, peer: str, purpose: str, flags: str, typed: str = "") -> str:
    """One handshake of OpenSSL's client that shows one behaviour; nothing without the peer.

    ``typed`` is what is typed into it, after which it waits for what the server still sends.
    """
    address, _, port = peer.rpartition(":")
    if not address:
        return ""
    before = f"(echo {typed}; sleep 2) | " if typed else ""
    mail = " -starttls smtp" if purpose == "mail" else ""
    command = f"openssl s_client -connect {address}:{port} -servername {name}{mail} {flags}"
    return f"{before}{command}" if typed else f"{command} </dev/null"
