"""How a header line is shown as evidence: which hop, which line, what stood there; and a remedy."""

from __future__ import annotations

from html import escape

from scanner.observation.web import HttpExchange

LONGEST = 600


def seen(exchange: HttpExchange, *names: str) -> tuple[str, ...]:
    """The lines of these fields: ``line 4 of https://www.agency.example/ (200): Name: value``."""
    wanted = {one.lower() for one in names}
    return tuple(
        f"line {number} of {exchange.url[:200]} ({exchange.status}): {line[:LONGEST]}"
        for number, line in enumerate(exchange.header_lines, start=1)
        if line.partition(":")[0].strip().lower() in wanted
    )


def expected(text: str) -> str:
    """The value that would pass."""
    return f"expected: {text}"


def header_snippets(name: str, value: str) -> dict[str, str]:
    """How nginx, Apache and IIS send a field, on error pages too."""
    quoted = value.replace('"', '\\"')
    iis = f'<add name="{name}" value="{escape(value, quote=True)}" />'
    return {
        "nginx": f'add_header {name} "{quoted}" always;',
        "apache": f'Header always set {name} "{quoted}"',
        "iis": f"<system.webServer><httpProtocol><customHeaders>\n  {iis}\n"
        "</customHeaders></httpProtocol></system.webServer>",
    }
