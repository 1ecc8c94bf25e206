"""What the operator says: options read into values, with what was expected where they are not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from scanner.gather.dialer import Route
from scanner.targets import normalised

DNS = 53
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class ConfigError(ValueError):
    """An option or a configuration file that cannot be used."""


def endpoint(text: str, port: int = DNS) -> tuple[str, int]:
    """``ADDR``, ``ADDR:PORT`` or ``[ADDR]:PORT``."""
    address, number = text, str(port)
    if found := re.fullmatch(r"\[([^\]]+)\](?::(\d+))?|([^:]+):(\d+)", text):
        address = found[1] or found[3]
        number = found[2] or found[4] or number
    try:
        return str(ip_address(address)), _port(number)
    except ValueError:
        message = (
            f"{text!r}: ADDR or ADDR:PORT was expected, such as 192.0.2.53 or [2001:db8::53]:53"
        )
        raise ConfigError(message) from None


def route(text: str) -> Route:
    """Curl's ``HOST1:PORT1:HOST2:PORT2``; an empty part stands for any, or for unchanged."""
    found = re.fullmatch(r"([^:\[\]]*):(\d*):(\[[^\]]*\]|[^:]*):(\d*)", text)
    if not found:
        message = f"{text!r}: HOST:PORT:ADDR:PORT was expected, such as :443:127.0.0.1:8443"
        raise ConfigError(message)
    to_host = found[3].strip("[]")
    try:
        if to_host:
            to_host = str(ip_address(to_host))
        return Route(
            normalised(found[1]) if found[1] else "",
            _port(found[2]) if found[2] else None,
            to_host or None,
            _port(found[4]) if found[4] else None,
        )
    except ValueError as error:
        message = f"{text!r}: {error}"
        raise ConfigError(message) from None


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 1 << 16:
        message = f"{text} is no port"
        raise ValueError(message)
    return number


def network(text: str) -> str:
    """An address range in CIDR form."""
    try:
        return str(ip_network(text, strict=False))
    except ValueError as error:
        message = f"{text!r}: a range such as 10.0.0.0/8 was expected ({error})"
        raise ConfigError(message) from None


def hosts_file(path: Path) -> Mapping[str, tuple[str, ...]]:
    """A file as hosts(5): an address and its names on a line."""
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            address = str(ip_address(words[0]))
            names = [normalised(name) for name in words[1:]]
        except ValueError as error:
            message = f"{path}:{number}:1: an address and names were expected ({error})"
            raise ConfigError(message) from None
        for name in names:
            found[name] = (*found.get(name, ()), address)
    return found


def read(path: Path, known: Mapping[str, Iterable[str]]) -> Mapping[str, dict[str, Any]]:
    """``govscan.toml``: a table for each command, its keys the names of the options.

    Raises ``ConfigError`` with file, line and column, also for a name that is no option.
    """
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = f"{place[1]}:{place[2]}" if place else "1:1"
        message = f"{path}:{where}: {_TOML_PLACE.sub('', str(error)).strip()}"
        raise ConfigError(message) from None
    found: dict[str, dict[str, Any]] = {}
    for table, values in tables.items():
        names = {_key(name): name for name in known.get(table, ())}
        if not isinstance(values, dict) or not names:
            raise ConfigError(_unknown(path, text, table, f"a table such as [{next(iter(known))}]"))
        for name in values:
            if _key(name) not in names:
                raise ConfigError(_unknown(path, text, name, f"an option of {table}"))
        found[table] = {_key(name): value for name, value in values.items()}
    return found


def _key(name: str) -> str:
    return name.replace("-", "_")


def _unknown(path: Path, text: str, name: str, expected: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[?\s*[\"']?{re.escape(name)}\b", line):
            return f"{path}:{number}:1: {name!r} is unknown; {expected} was expected"
    return f"{path}:1:1: {name!r} is unknown; {expected} was expected"


def user_agent(version: str, contact: str) -> str:
    """What every request says of us."""
    return f"govscan/{version} (+{contact})" if contact else f"govscan/{version}"


EXAMPLE_CONFIG = """\
# govscan.toml: what every scan from this folder says, unless the command line says otherwise.
# Each key is an option of `govscan scan`, without the dashes; see: govscan scan --help

[scan]
# Who is scanning. It is sent with every request and printed in every report.
contact = "mailto:security@agency.example"

# Leave to ask for what an administrator could take for an attack (exposed paths). Who gave it,
# and when; without it those checks are listed as not authorised.
# authorised-by = "Letter 12/2026 of the Ministry of Practice"

# The recursive resolver; without it the system's is used. One that validates DNSSEC is best.
# resolver = ["127.0.0.1"]

# How gentle to be: connections at once to one address, and in all.
# per-address = 4
# connections = 200

# From where a failure gives exit code 1: required, recommended, or a severity.
# fail-on = "required"
"""
