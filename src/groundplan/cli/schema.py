"""``groundplan schema``: the published form of a file."""

from importlib import import_module

import click

from groundplan.cli.surface import as_json, result

__all__ = ["command"]

_SCHEMAS = {
    "brief": ("groundplan.brief", "schema"),
    "decision": ("groundplan.report.decision_json", "decision_schema"),
    "ledger": ("groundplan.report.what_if_json", "ledger_schema"),
    "versus": ("groundplan.report.what_if_json", "versus_schema"),
    "comparison": ("groundplan.report.what_if_json", "comparison_schema"),
}
"""Format -> room and function that gives its schema; only the one that is asked for is loaded."""


@click.command("schema")
@click.argument("name", type=click.Choice(list(_SCHEMAS)))
def command(name: str) -> None:
    """Print the JSON Schema of a file format.

    Editors that know TOML schemas check and complete a brief with it. The
    others describe what decide tells with --format json: the decision, and
    with --ledger, --versus and --compare.
    """
    room, function = _SCHEMAS[name]
    result(as_json(getattr(import_module(room), function)()))
