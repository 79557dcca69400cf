"""Entities that tell of every change: a Django model whose rows and events are written in one transaction.

Emitted: save, create, get_or_create, update_or_create, fixtures, delete with its cascades and SET_NULL, the admin with its
actions, QuerySet.update, bulk_create, bulk_update and related managers. Refused: bulk_create that skips or merges conflicts, since
the database does not tell which rows it wrote. Raw SQL and data migrations are the owner's business: publish beside them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar, TypeVar

from django.core.checks import CheckMessage, Error
from django.db import connections, models, router, transaction
from django.db.models.signals import class_prepared, post_delete, post_save, pre_save

from groundplan_runtime.adapters.django.events import publish_all
from groundplan_runtime.events.errors import PublishError
from groundplan_runtime.events.payload import jsonable
from groundplan_runtime.events.write import Draft, draft

__all__ = ["Eventful", "EventfulQuerySet"]

M = TypeVar("M", bound="Eventful")

_CHUNK = 900
"""Ids per statement: SQLite builds before 3.32 allow 999 parameters."""

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class EventfulQuerySet(models.QuerySet[M]):
    """A query whose writes publish one event for each row."""

    def update(self, **values: Any) -> int:
        """Change the rows and publish each as it is afterwards; gives how many."""
        if self.query.is_sliced:  # Django's own sentence says it best
            return super().update(**values)
        self._for_write = True
        with transaction.atomic(using=self.db, savepoint=False):
            changed = 0
            for keys in _chunks(self._locked_keys()):
                changed += super(EventfulQuerySet, self.filter(pk__in=keys)).update(**values)
                _emit_rows(self.model, keys, "changed", self.db)
        self._result_cache = None
        return changed

    def bulk_create(  # noqa: PLR0917 Django's signature
        self,
        objs: Iterable[M],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,  # noqa: FBT001, FBT002 Django's signature
        update_conflicts: bool = False,  # noqa: FBT001, FBT002 Django's signature
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[M]:
        """Insert the rows and publish each. Raises PublishError for the ways that hide which rows were written."""
        if ignore_conflicts or update_conflicts:
            raise PublishError(
                f"bulk_create of {self.model.__name__} with ignore_conflicts or update_conflicts cannot tell which rows were "
                "written; use update_or_create for each, or bulk_create of rows that are new.",
            )
        self._for_write = True
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, batch_size, update_fields=update_fields, unique_fields=unique_fields)
            for keys in _chunks([row.pk for row in made]):
                _emit_rows(self.model, keys, "created", self.db)
        return made

    def _locked_keys(self) -> list[Any]:
        """Give the keys of the rows, held against other writers (SQLite has none: the transaction began IMMEDIATE)."""
        rows = self.model.eventful.using(self.db).filter(pk__in=self.order_by().values("pk"))
        return list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


class Eventful(models.Model):
    """A model whose every change is published on the channel of its entity, in the transaction of the change.

    entity: its name in events; the class name in snake_case unless set. Types: ``<entity>.created|changed|deleted``.
    """

    entity: ClassVar[str] = ""

    objects: ClassVar[Any] = EventfulQuerySet.as_manager()
    eventful: ClassVar[Any] = EventfulQuerySet.as_manager()

    class Meta:
        """Not a table of its own. Django's own updates (SET_NULL, related managers) go through the base manager."""

        abstract = True
        base_manager_name = "eventful"

    def row(self) -> dict[str, Any]:
        """Give the row as JSON holds it: id first, then the fields in order, references as ``<field>_id``."""
        return {field.attname: jsonable(getattr(self, field.attname)) for field in self._meta.concrete_fields}

    def save_base(self, *args: Any, **options: Any) -> None:
        """Write the row and its event in one transaction. Every way of saving one object ends here."""
        using = options.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save_base(*args, **options)

    @classmethod
    def check(cls, **options: Any) -> list[CheckMessage]:
        """Refuse managers whose update() or bulk_create() would change rows without an event."""
        silent = [
            manager
            for manager in cls._meta.managers
            if not issubclass(getattr(manager, "_queryset_class", object), EventfulQuerySet)
        ]
        found = [
            Error(
                f"The manager '{manager.name}' of {cls.__name__} changes rows without publishing.",
                hint="Derive its queryset from EventfulQuerySet.",
                obj=cls,
                id="groundplan.E001",
            )
            for manager in silent
        ]
        return [*super().check(**options), *found]


def entity_name(model: type[Eventful]) -> str:
    """Give the entity's name, which is also its channel; a proxy tells of the entity it stands for."""
    concrete = model._meta.concrete_model or model  # noqa: SLF001 Django documents _meta
    return model.entity or _WORD.sub("_", concrete.__name__).lower()


def _chunks(keys: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(keys)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _draft(model: type[Eventful], verb: str, key: Any, data: dict[str, Any]) -> Draft:
    name = entity_name(model)
    return draft(name, f"{name}.{verb}", data, str(key), 1)


def _emit_rows(model: type[Eventful], keys: Sequence[Any], verb: str, using: str) -> None:
    """Publish rows as the database holds them: rounding, defaults and expressions are then those of the API's answers."""
    rows = model.eventful.using(using).filter(pk__in=keys).order_by("pk")
    publish_all([_draft(model, verb, row.pk, row.row()) for row in rows], using=using)


def _about_to_save(sender: type[Eventful], using: str, **_: Any) -> None:
    """Refuse what goes around save_base, as deserialised objects do, before the row is written."""
    if not connections[using].in_atomic_block:
        raise PublishError(
            f"{sender.__name__} is saved with its event and no transaction is open; wrap it in transaction.atomic()."
        )


def _saved(sender: type[Eventful], instance: Eventful, created: bool, using: str, **_: Any) -> None:  # noqa: FBT001 Django's signature
    _emit_rows(sender, [instance.pk], "created" if created else "changed", using)


def _deleted(sender: type[Eventful], instance: Eventful, using: str, **_: Any) -> None:
    publish_all([_draft(sender, "deleted", instance.pk, {"id": jsonable(instance.pk)})], using=using)


def _listen(sender: type[models.Model], **_: Any) -> None:
    """Listen to one model at a time: a listener for all would slow down every delete of the project."""
    if not issubclass(sender, Eventful) or sender._meta.abstract:  # noqa: SLF001 Django documents _meta
        return
    for signal, receiver in ((pre_save, _about_to_save), (post_save, _saved), (post_delete, _deleted)):
        signal.connect(receiver, sender=sender)


class_prepared.connect(_listen)
