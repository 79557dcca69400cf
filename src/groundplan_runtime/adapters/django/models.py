"""The tables of events as Django sees them: for reading and for the admin; only publish writes them."""

from __future__ import annotations  # Django fields cannot be subscripted while the program runs

from typing import ClassVar

from django.db import models

__all__ = ["ChannelHead", "LoggedEvent", "OutboxPending", "ParkedEvent", "RelayLease"]


class ChannelHead(models.Model):
    """The counter of one channel."""

    channel: models.CharField[str, str] = models.CharField(max_length=100, primary_key=True)
    epoch: models.CharField[str, str] = models.CharField(max_length=32)
    seq: models.BigIntegerField[int, int] = models.BigIntegerField()
    event_id: models.CharField[str | None, str | None] = models.CharField(max_length=36, null=True)  # noqa: DJ001 null says that the channel is held but empty

    class Meta:
        """Made by the migration's own statements."""

        managed = False
        db_table = "channel_head"

    def __str__(self) -> str:
        return f"{self.channel} at {self.seq}"


class LoggedEvent(models.Model):
    """One event. The table's own key is (channel, seq); Django is told the event's id, which is unique too."""

    event_id: models.CharField[str, str] = models.CharField(max_length=36, primary_key=True)
    channel: models.CharField[str, str] = models.CharField(max_length=100)
    seq: models.BigIntegerField[int, int] = models.BigIntegerField()
    epoch: models.CharField[str, str] = models.CharField(max_length=32)
    type: models.CharField[str, str] = models.CharField(max_length=100)
    version: models.IntegerField[int, int] = models.IntegerField()
    key: models.CharField[str | None, str | None] = models.CharField(max_length=200, null=True)  # noqa: DJ001 null says that the event is about no one thing
    payload: models.TextField[str, str] = models.TextField()
    created_at: models.CharField[str, str] = models.CharField(max_length=27)
    origin: models.CharField[str | None, str | None] = models.CharField(max_length=160, null=True)  # noqa: DJ001 null says that nobody watched

    class Meta:
        """Made by the migration's own statements."""

        managed = False
        db_table = "event_log"
        ordering: ClassVar = ["channel", "seq"]

    def __str__(self) -> str:
        return f"{self.type} {self.channel}/{self.seq}"


class OutboxPending(models.Model):
    """An event that a relay has still to carry."""

    pk = models.CompositePrimaryKey("channel", "seq")
    channel: models.CharField[str, str] = models.CharField(max_length=100)
    seq: models.BigIntegerField[int, int] = models.BigIntegerField()
    shard: models.IntegerField[int, int] = models.IntegerField()
    attempts: models.IntegerField[int, int] = models.IntegerField(default=0)
    last_error: models.TextField[str | None, str | None] = models.TextField(null=True)  # noqa: DJ001 null says that no attempt failed
    created_at: models.CharField[str, str] = models.CharField(max_length=27)

    class Meta:
        """Made by the migration's own statements."""

        managed = False
        db_table = "outbox_pending"

    def __str__(self) -> str:
        return f"{self.channel}/{self.seq} after {self.attempts} attempts"


class RelayLease(models.Model):
    """Which process carries a shard. expires_at: seconds since 1970."""

    shard: models.IntegerField[int, int] = models.IntegerField(primary_key=True)
    owner: models.CharField[str, str] = models.CharField(max_length=64)
    fence: models.BigIntegerField[int, int] = models.BigIntegerField()
    expires_at: models.FloatField[float, float] = models.FloatField()

    class Meta:
        """Made by the migration's own statements."""

        managed = False
        db_table = "relay_lease"

    def __str__(self) -> str:
        return f"shard {self.shard} of {self.owner}"


class ParkedEvent(models.Model):
    """An event that could not be carried; a tombstone stands at its place."""

    pk = models.CompositePrimaryKey("channel", "seq")
    channel: models.CharField[str, str] = models.CharField(max_length=100)
    seq: models.BigIntegerField[int, int] = models.BigIntegerField()
    event_id: models.CharField[str, str] = models.CharField(max_length=36)
    reason: models.TextField[str, str] = models.TextField()
    attempts: models.IntegerField[int, int] = models.IntegerField()
    parked_at: models.CharField[str, str] = models.CharField(max_length=27)

    class Meta:
        """Made by the migration's own statements."""

        managed = False
        db_table = "event_parked"

    def __str__(self) -> str:
        return f"{self.channel}/{self.seq}: {self.reason}"
