"""``govscan checks``: the rules, explained."""

from __future__ import annotations

import textwrap
from typing import Any

import click
import msgspec

from scanner import registry
from scanner.check import Check
from scanner.cli.options import option


@click.group("checks", short_help="List and explain the checks.")
def checks_group() -> None:
    """List and explain the checks."""


@checks_group.command("list")
@option("--json/--no-json", "as_json", default=False, help="As JSON", example="--json")
def list_checks(as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """List every check by its family.

    \b
    Example:
      govscan checks list
    """
    found = registry.load().checks
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode([_row(one) for one in found.values()])))
        return
    for family in sorted({one.family for one in found.values()}):
        click.secho(family, bold=True)
        for one in found.values():
            if one.family == family:
                click.echo(f"  {one.id:<28} {one.severity:<9} {one.title}")


def _row(one: Check) -> dict[str, Any]:
    return {
        "id": one.id,
        "family": one.family,
        "title": one.title,
        "severity": one.severity,
        "effort": one.effort,
        "references": [reference.text for reference in one.references],
    }


@checks_group.command("show")
@click.argument("check_id", metavar="ID")
def show_check(check_id: str) -> None:
    """Explain one check: its reason, its rule, its remedy, its examples.

    \b
    Example:
      govscan checks show hsts-max-age
    """
    one = registry.load().checks.get(check_id)
    if one is None:
        message = f"there is no check {check_id!r} (see: govscan checks list)"
        raise click.BadParameter(message, param_hint="ID")
    click.echo(explained(one))


def explained(one: Check) -> str:
    """A check in words."""
    parts = [
        f"{one.title}  [{one.id}, {one.family}, {one.severity}]",
        textwrap.fill(one.reason.replace("\n", " "), 88),
        "What to do (takes " + one.effort + ")\n\n" + textwrap.indent(one.remediation, "    "),
    ]
    parts += [f"{name}:\n\n{textwrap.indent(text, '    ')}" for name, text in one.snippets.items()]
    parts.append("Rests on: " + "; ".join(reference.text for reference in one.references))
    if one.records:
        parts.append("Records: " + ", ".join(fact.name for fact in one.records))
    if one.reads:
        parts.append("Compares all targets by: " + ", ".join(fact.name for fact in one.reads))
    for word, examples in (("Met", one.passes), ("Not met", one.fails), ("Else", one.others)):
        if examples:
            parts.append(f"{word}: " + "; ".join(examples))
    return "\n\n".join(parts)
