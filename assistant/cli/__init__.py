"""The command `sourcier`."""

from assistant.cli.command import main

__all__ = ["main"]
