"""``govscan csp``: explain a content security policy, offline."""

from __future__ import annotations

import sys

import click
import msgspec

from scanner.cli.options import option
from scanner.formats.csp.explain import Explained, Explanation, explain

LARGEST = 1 << 20


@click.command("csp", short_help="Explain a content security policy, offline.")
@click.argument("policy", required=False)
@option(
    "--meta/--header",
    "is_meta",
    default=False,
    help="Read it as the content of a <meta> element, where some directives are void",
    example="--meta",
)
@option("--json/--no-json", "as_json", default=False, help="As JSON", example="--json")
def csp_command(policy: str | None, is_meta: bool, as_json: bool) -> None:  # noqa: FBT001 - click
    """Explain a policy: each word, what an attacker could still do, and a better policy.

    POLICY is the value of the header; without it (or with -) header lines are read from standard
    input, several policies together as browsers combine them. Nothing is sent anywhere.

    \b
    Examples:
      govscan csp "default-src 'self'; script-src 'self' 'unsafe-inline'"
      curl -sI https://www.agency.example/ | grep -i ^content-security-policy | govscan csp
    """
    text = sys.stdin.read(LARGEST) if policy in {None, "-"} else policy or ""
    found = explain(text.splitlines(), is_meta=is_meta)
    if not found.policies:
        message = "no directive was found: a policy such as \"default-src 'self'\" was expected"
        raise click.BadParameter(message, param_hint="POLICY")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)))
        return
    for number, one in enumerate(found.policies, start=1):
        _show(one, number, len(found.policies))
    _show_attacker(found)
    click.secho("\nA better policy", bold=True)
    click.echo("  " + _shown(found.policies[0].better).replace("; ", ";\n  "))
    if "{RANDOM}" in found.policies[0].better:
        click.echo("  ({RANDOM}: 16 random bytes in base64, new in every answer)")


def _show(one: Explained, number: int, many: int) -> None:
    title = f"Policy {number} of {many}" if many > 1 else "The policy"
    click.secho(f"{title} ({one.disposition})", bold=True)
    for line in one.lines:
        click.echo(f"  {_shown(line.name)} " + " ".join(_shown(word.text) for word in line.words))
        for word in line.words:
            if word.note:
                click.echo(f"      {_shown(word.text)}  ({word.note})")
    if one.problems:
        click.secho("\nWritten wrongly", bold=True)
    for defect in one.problems:
        mark = "note" if defect.is_minor else "wrong"
        click.echo(f"  {mark:<6} {_shown(defect.directive)}: {_shown(defect.text)}")
    click.echo()


def _show_attacker(found: Explanation) -> None:
    click.secho("An attacker who can write markup into the page could", bold=True)
    for one in found.attacker:
        word, colour = ("yes", "red") if one.is_allowed else ("no", "green")
        click.secho(f"  {word:<4}", fg=colour, nl=False)
        why = f": {_shown(one.why)}" if one.is_allowed else ""
        why += " (the one that only reports would refuse it)" if one.would_be_refused else ""
        click.echo(f"{one.what}{why}  [{one.check}]")


def _shown(text: str) -> str:
    """Text of the input without what a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)[:2000]
