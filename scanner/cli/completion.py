"""``govscan completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "fish", "zsh")


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    Examples:
      govscan completion bash >> ~/.bashrc
      govscan completion fish > ~/.config/fish/completions/govscan.fish
    """
    made = get_completion_class(shell)
    if made is None:
        message = f"there is no completion for {shell}"
        raise click.ClickException(message)
    root = context.find_root().command
    click.echo(made(root, {}, "govscan", "_GOVSCAN_COMPLETE").source())
