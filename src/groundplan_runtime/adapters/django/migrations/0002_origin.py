"""Where an event comes from: a column that may be null, so that a program of the version before goes on writing."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from groundplan_runtime.events import schema


def add(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the columns that the table lacks; a database made by this version has them already."""
    with editor.connection.cursor() as cursor:
        columns = [column.name for column in editor.connection.introspection.get_table_description(cursor, "event_log")]
    for statement in schema.additions(columns):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Add the column; going back leaves it, because the version before does not mind it."""

    dependencies: ClassVar = [("groundplan", "0001_events")]
    operations: ClassVar = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.AddField("LoggedEvent", "origin", models.CharField(max_length=160, null=True)),
    ]
