"""``groundplan schema``: the published form of a file."""

import click

from groundplan import brief, report
from groundplan.cli.surface import as_json, result

__all__ = ["command"]

_SCHEMAS = {"brief": brief.schema, "decision": report.decision_schema}


@click.command("schema")
@click.argument("name", type=click.Choice(list(_SCHEMAS)))
def command(name: str) -> None:
    """Print the JSON Schema of a file format.

    Editors that know TOML schemas check and complete a brief with it.
    """
    result(as_json(_SCHEMAS[name]()))
