"""Reads inventories: plain text, CSV, and the public list of US .gov domains."""

from scanner.inventory.read import Input, read

__all__ = ["Input", "read"]
