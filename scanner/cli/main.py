"""``govscan``: the group of all commands, its configuration file, its habits."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from scanner import config
from scanner.cli.options import FOLDER, option
from scanner.control.gate import Exit
from scanner.damage import DamagedError

LOG = logging.getLogger(__name__)
BROKEN_PIPE = 141  # what a shell says of a process that SIGPIPE ended
# Where each command lies, in the order in which one needs them; read when it is called.
COMMANDS: Mapping[str, str] = {
    "init": "scanner.cli.init:init_command",
    "doctor": "scanner.cli.doctor:doctor_command",
    "scan": "scanner.cli.scan:scan_command",
    "tls": "scanner.cli.family.commands:tls_command",
    "web": "scanner.cli.family.commands:web_command",
    "dns": "scanner.cli.family.commands:dns_command",
    "mail": "scanner.cli.family.commands:mail_command",
    "exposure": "scanner.cli.family.commands:exposure_command",
    "spf": "scanner.cli.spf:spf_command",
    "report": "scanner.cli.report:report_command",
    "export": "scanner.cli.report:export_command",
    "rejudge": "scanner.cli.rejudge:rejudge_command",
    "explain": "scanner.cli.explain:explain_command",
    "diff": "scanner.cli.diff:diff_command",
    "runs": "scanner.cli.runs:runs_group",
    "evidence": "scanner.cli.runs:evidence_command",
    "csp": "scanner.cli.csp:csp_command",
    "checks": "scanner.cli.checks:checks_group",
    "profiles": "scanner.cli.profiles:profiles_group",
    "templates": "scanner.cli.templates:templates_group",
    "data": "scanner.cli.data:data_group",
    "demo": "scanner.cli.demo:demo_command",
    "completion": "scanner.cli.completion:completion_command",
}
CONFIGURED = ("scan", "report", "export", "doctor")


def command(name: str) -> click.Command:
    """A command by its name."""
    module, _, attribute = COMMANDS[name].partition(":")
    found: click.Command = getattr(import_module(module), attribute)
    return found


class _Group(click.Group):
    """Commands in the order in which one needs them; known failures in a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order given."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Only what is called is read: a completion is asked for at every stroke."""
        del ctx
        return command(cmd_name) if cmd_name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; a broken installation or store is said without a traceback."""
        try:
            return super().invoke(ctx)
        except DamagedError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(5)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="govscan", prog_name="govscan")
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
        name: tuple(
            (parameter.name or "").replace("_", "-")
            for parameter in command(name).params
            if isinstance(parameter, click.Option)
        )
        for name in CONFIGURED
    }
    try:
        return dict(config.read(path, known))
    except config.ConfigError as error:
        raise click.UsageError(str(error)) from None
