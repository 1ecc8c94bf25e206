"""``govscan profiles``: what a norm asks for, mapped to checks."""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from scanner import registry
from scanner.cli import judging as judged_by
from scanner.cli import plan as planning
from scanner.cli.options import FILE
from scanner.clock import SystemClock
from scanner.control.baseline import BASELINE
from scanner.control.library import File, linted, read
from scanner.control.lint import Known
from scanner.control.profile import ControlLevel, Coverage, Profile, to_plain
from scanner.control.strict_yaml import DocumentError


@click.group("profiles", short_help="List, show and test the profiles.")
def profiles_group() -> None:
    """List, show and test the profiles: what a norm asks for, mapped to checks."""


@profiles_group.command("list")
def list_profiles() -> None:
    """List every profile: its controls (required, recommended, informational), its text's mark.

    \b
    Example:
      govscan profiles list
    """
    known = judged_by.library(registry.load(), planning.tool_version())
    for one in known.values():
        counts = " / ".join(
            str(sum(one.level_of(control) is level for control in one.controls))
            for level in ControlLevel
        )
        seen = sum(control.coverage is not Coverage.NONE for control in one.controls)
        click.echo(
            f"{one.id:<21} {one.version:<12} {one.assertion:<14} {counts:<14} "
            f"{seen:>3} seen by a scan  {one.title}"
        )


@profiles_group.command("show")
@click.argument("profile_id", metavar="ID", default=BASELINE)
def show_profile(profile_id: str) -> None:
    """Show a profile as YAML: a shipped one as it stands in its file.

    \b
    Example:
      govscan profiles show bod-18-01
    """
    for file in registry.profile_files():
        made = read(File(*file))
        if made.profile.id == profile_id:
            click.echo(file[1].decode(), nl=False)
            return
    known = judged_by.library(registry.load(), planning.tool_version())
    if profile_id not in known:
        message = f"there is no profile {profile_id!r} (see: govscan profiles list)"
        raise click.BadParameter(message, param_hint="ID")
    click.echo(_yaml(known[profile_id]), nl=False)


def _yaml(one: Profile) -> str:
    text: str = yaml.safe_dump(to_plain(one), sort_keys=False, allow_unicode=True, width=100)
    return text


@profiles_group.command("lint")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.pass_context
def lint_profiles(context: click.Context, files: tuple[Path, ...]) -> None:
    """Test FILE: every error and warning with its line and column; exit code 2 on an error.

    \b
    Example:
      govscan profiles lint own.yaml
    """
    found = registry.load()
    known = judged_by.library(found, planning.tool_version())
    broken = False
    for path in files:
        try:
            made = read(File(str(path), path.read_bytes()))
        except DocumentError as error:
            click.echo(f"error: {error}".replace("\n", "\nerror: "))
            broken = True
            continue
        others = {**known, made.profile.id: made.profile}
        errors, warnings = linted(
            made, Known(found.checks, found.facts, others), SystemClock().now().date()
        )
        for one in errors:
            click.echo(f"error: {one}")
        for one in warnings:
            click.echo(f"warning: {one}")
        broken = broken or bool(errors)
        if not errors:
            click.echo(f"{path}: {len(made.profile.controls)} controls, no error")
    context.exit(2 if broken else 0)
