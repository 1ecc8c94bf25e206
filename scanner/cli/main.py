"""``govscan``: the group of all commands, its configuration file, its habits."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from scanner import config
from scanner.cli.checks import checks_group
from scanner.cli.completion import completion_command
from scanner.cli.csp import csp_command
from scanner.cli.data import data_group
from scanner.cli.demo import demo_command
from scanner.cli.diff import diff_command
from scanner.cli.doctor import doctor_command
from scanner.cli.explain import explain_command
from scanner.cli.family.commands import family_commands
from scanner.cli.init import init_command
from scanner.cli.options import FOLDER, option
from scanner.cli.plan import tool_version
from scanner.cli.profiles import profiles_group
from scanner.cli.rejudge import rejudge_command
from scanner.cli.report import export_command, report_command
from scanner.cli.runs import evidence_command, runs_group
from scanner.cli.scan import scan_command
from scanner.cli.spf import spf_command
from scanner.cli.templates import templates_group
from scanner.control.gate import Exit
from scanner.registry import RegistryError
from scanner.store import SchemaError

LOG = logging.getLogger(__name__)
BROKEN_PIPE = 141  # what a shell says of a process that SIGPIPE ended
COMMANDS: tuple[click.Command, ...] = (
    init_command,
    doctor_command,
    scan_command,
    *family_commands,
    spf_command,
    report_command,
    export_command,
    rejudge_command,
    explain_command,
    diff_command,
    runs_group,
    evidence_command,
    csp_command,
    checks_group,
    profiles_group,
    templates_group,
    data_group,
    demo_command,
    completion_command,
)
CONFIGURED = ("scan", "report", "export", "doctor")


class _Group(click.Group):
    """Commands in the order in which one needs them; known failures in a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order given."""
        del ctx
        return [one.name or "" for one in COMMANDS]

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; a broken installation or store is said without a traceback."""
        try:
            return super().invoke(ctx)
        except (RegistryError, SchemaError) as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(5)


@click.group(
    cls=_Group,
    commands={one.name or "": one for one in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(tool_version(), prog_name="govscan")
@option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A configuration file; govscan.toml of this folder by default",
    example="--config audit.toml",
)
@option(
    "--data-dir",
    type=FOLDER,
    help="Where runs and locks are kept; the user's data directory by default",
    example="--data-dir /srv/govscan",
)
@click.pass_context
def main(context: click.Context, config_file: Path | None, data_dir: Path | None) -> None:
    """Scan government web sites and mail domains, and report with evidence what to mend.

    Options beat variables (GOVSCAN_CONTACT for --contact), these beat govscan.toml.

    \b
    Begin with:
      govscan demo                    a report of a practice government
      govscan init                    a configuration and a target file
      govscan doctor                  does this machine have what a scan needs
      govscan scan targets.txt --output report
    """
    del data_dir
    if os.environ.get("NO_COLOR"):
        context.color = False
    path = config_file or Path("govscan.toml")
    if config_file or path.is_file():
        context.default_map = _defaults(path)


def run() -> None:
    """The program: a bug is exit code 5 and never 1, which says that something fails."""
    try:
        code = main.main(prog_name="govscan", standalone_mode=False) or Exit.COMPLIANT
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted", err=True)
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    except Exception:
        LOG.exception("govscan broke")
        code = Exit.BROKEN
    sys.exit(code)


def _defaults(path: Path) -> dict[str, Any]:
    known = {
        one.name or "": tuple(
            (parameter.name or "").replace("_", "-")
            for parameter in one.params
            if isinstance(parameter, click.Option)
        )
        for one in COMMANDS
        if one.name in CONFIGURED
    }
    try:
        return dict(config.read(path, known))
    except config.ConfigError as error:
        raise click.UsageError(str(error)) from None
