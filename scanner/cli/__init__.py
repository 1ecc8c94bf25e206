"""The command line: thin, one file per group of commands."""

from scanner.cli.main import main, run

__all__ = ["main", "run"]
