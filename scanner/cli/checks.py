"""``govscan checks`` and ``govscan profiles``: the rules, explained."""

from __future__ import annotations

import io
import textwrap
from typing import Any

import click
import msgspec
from ruamel.yaml import YAML

from scanner import registry
from scanner.check import Check
from scanner.cli import plan as planning
from scanner.cli.options import option
from scanner.control.profile import BASELINE, rfc_baseline


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


@click.group("profiles", short_help="List and show the profiles.")
def profiles_group() -> None:
    """List and show the profiles: what a norm asks for, mapped to checks."""


@profiles_group.command("list")
def list_profiles() -> None:
    """List every profile.

    \b
    Example:
      govscan profiles list
    """
    made = rfc_baseline(registry.load().checks.values(), version=planning.tool_version())
    click.echo(f"{made.id:<16} {made.version:<10} {made.title} ({len(made.controls)} controls)")


@profiles_group.command("show")
@click.argument("profile_id", metavar="ID", default=BASELINE)
def show_profile(profile_id: str) -> None:
    """Show a profile as YAML.

    \b
    Example:
      govscan profiles show rfc-baseline
    """
    found = registry.load()
    made = planning.profile((profile_id,), found.checks)
    yaml = YAML()
    yaml.default_flow_style = False
    held = io.StringIO()
    yaml.dump(msgspec.to_builtins(made), held)
    click.echo(held.getvalue(), nl=False)
