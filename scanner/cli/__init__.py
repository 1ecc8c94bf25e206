"""The command line: thin, one file per group of commands."""

from scanner.cli.main import main

__all__ = ["main"]
