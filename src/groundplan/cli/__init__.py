"""The command line: one thin module per command, loaded when it is used."""

from groundplan.cli.program import main

__all__ = ["main"]
