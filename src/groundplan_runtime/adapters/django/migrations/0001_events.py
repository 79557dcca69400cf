"""The tables of events, made by the statements that projects without Django use too."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from groundplan_runtime.events import schema


def make(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the tables in whichever database Django migrates, its test database included."""
    for statement in schema.statements(schema.dialect_of(editor.connection.vendor)):
        editor.execute(statement, params=None)


def drop(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the tables away again."""
    for statement in schema.drop_statements(schema.dialect_of(editor.connection.vendor)):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Make the tables; Django's own state of the models comes along, unmanaged."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.RunPython(make, drop),
        migrations.CreateModel(
            name="ChannelHead",
            fields=[
                ("channel", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=32)),
                ("seq", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=36, null=True)),
            ],
            options={"db_table": "channel_head", "managed": False},
        ),
        migrations.CreateModel(
            name="LoggedEvent",
            fields=[
                ("event_id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=100)),
                ("seq", models.BigIntegerField()),
                ("epoch", models.CharField(max_length=32)),
                ("type", models.CharField(max_length=100)),
                ("version", models.IntegerField()),
                ("key", models.CharField(max_length=200, null=True)),
                ("payload", models.TextField()),
                ("created_at", models.CharField(max_length=27)),
            ],
            options={"db_table": "event_log", "ordering": ["channel", "seq"], "managed": False},
        ),
        migrations.CreateModel(
            name="OutboxPending",
            fields=[
                ("pk", models.CompositePrimaryKey("channel", "seq", blank=True, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=100)),
                ("seq", models.BigIntegerField()),
                ("shard", models.IntegerField()),
                ("attempts", models.IntegerField(default=0)),
                ("last_error", models.TextField(null=True)),
                ("created_at", models.CharField(max_length=27)),
            ],
            options={"db_table": "outbox_pending", "managed": False},
        ),
        migrations.CreateModel(
            name="RelayLease",
            fields=[
                ("shard", models.IntegerField(primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=64)),
                ("fence", models.BigIntegerField()),
                ("expires_at", models.FloatField()),
            ],
            options={"db_table": "relay_lease", "managed": False},
        ),
        migrations.CreateModel(
            name="ParkedEvent",
            fields=[
                ("pk", models.CompositePrimaryKey("channel", "seq", blank=True, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=100)),
                ("seq", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=36)),
                ("reason", models.TextField()),
                ("attempts", models.IntegerField()),
                ("parked_at", models.CharField(max_length=27)),
            ],
            options={"db_table": "event_parked", "managed": False},
        ),
    ]
