"""Tells the gateways, in the transaction of the change, when a sign-in ends or an account may do something else.

Heard: sign-out, and saves, deletions and many-to-many changes of accounts, groups and permissions. Not heard, because Django
sends no signal: ``QuerySet.update``, ``bulk_update`` and SQL; the gateways find those at their next re-check.
"""

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission, PermissionsMixin
from django.contrib.auth.signals import user_logged_out
from django.db import models, router, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from groundplan_runtime.adapters.django.events import publish, publish_all
from groundplan_runtime.events.write import draft
from groundplan_runtime.identity import key_hash

__all__ = ["CHANNEL", "connect"]

CHANNEL = "identity"

MOST_NAMED = 100
"""Accounts named one by one; when more change at once, one event says that anybody may have changed."""

_WATCHED = frozenset({"password", "is_active", "is_staff", "is_superuser"})
_DONE = frozenset({"post_add", "post_remove", "pre_clear"})  # before a clearing, because afterwards nobody knows whom it met


def connect() -> None:
    """Start listening. Doing it again changes nothing."""
    user = get_user_model()
    user_logged_out.connect(_signed_out, dispatch_uid="groundplan.signed_out")
    if not issubclass(user, PermissionsMixin):
        return  # check_identity refuses this model; there is nothing to listen to
    _save_in_transaction(user)
    post_save.connect(_account_saved, dispatch_uid="groundplan.account_saved")
    post_delete.connect(_account_deleted, dispatch_uid="groundplan.account_deleted")
    pre_delete.connect(_group_deleted, sender=Group, dispatch_uid="groundplan.group_deleted")
    pre_delete.connect(_permission_deleted, sender=Permission, dispatch_uid="groundplan.permission_deleted")
    m2m_changed.connect(_own_changed, sender=user.groups.through, dispatch_uid="groundplan.groups")
    m2m_changed.connect(_own_changed, sender=user.user_permissions.through, dispatch_uid="groundplan.permissions")
    m2m_changed.connect(_group_changed, sender=Group.permissions.through, dispatch_uid="groundplan.group_permissions")


def _save_in_transaction(user: type[AbstractBaseUser]) -> None:
    """Give ``save`` of the user model a transaction of its own.

    Django sends post_save after the row is committed, unless a transaction is open; the event would then be a second one, and a
    crash in between would lose it.
    """
    original = user.save
    if getattr(original, "in_transaction", False):
        return

    @wraps(original)
    def save(self: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            original(self, *args, **kwargs)

    save.in_transaction = True  # type: ignore[attr-defined]  # a mark on a function
    user.save = save  # type: ignore[method-assign, assignment]  # what this function is for


def _signed_out(request: Any, user: Any, **_kwargs: Any) -> None:
    """Delete the session and tell, both or neither. Django comes here before it deletes the session, outside any transaction."""
    session = getattr(request, "session", None)
    if session is None or session.session_key is None or user is None:
        return
    key = session.session_key
    with transaction.atomic():
        session.delete()
        publish(CHANNEL, "session.revoked", {"session": key_hash(key), "user": user.pk})


def _account_saved(instance: models.Model, created: bool, update_fields: frozenset[str] | None, **_kwargs: Any) -> None:  # noqa: FBT001 - Django's signature
    watched = update_fields is None or _WATCHED & set(update_fields)
    if isinstance(instance, get_user_model()) and watched and not created:
        _tell([instance.pk])


def _account_deleted(instance: models.Model, **_kwargs: Any) -> None:
    if isinstance(instance, get_user_model()):
        _tell([instance.pk])


def _group_deleted(instance: Group, **_kwargs: Any) -> None:
    _tell(_members([instance.pk]))


def _permission_deleted(instance: Permission, **_kwargs: Any) -> None:
    _tell([*_holders(instance), *_members(_groups_with(instance))])


def _own_changed(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_kwargs: Any) -> None:  # noqa: FBT001 - Django's signature
    if action not in _DONE:
        return
    if not reverse:
        _tell([instance.pk])
    elif pk_set is not None:
        _tell(pk_set)
    else:
        _tell(_members([instance.pk]) if isinstance(instance, Group) else _holders(instance))


def _group_changed(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_kwargs: Any) -> None:  # noqa: FBT001 - Django's signature
    if action not in _DONE:
        return
    if not reverse:
        _tell(_members([instance.pk]))
    else:
        _tell(_members(_groups_with(instance) if pk_set is None else pk_set))


def _members(groups: Iterable[int]) -> list[int]:
    return _ids({"groups__in": list(groups)})


def _holders(permission: Permission) -> list[int]:
    return _ids({"user_permissions": permission})


def _groups_with(permission: Permission) -> list[int]:
    return list(Group.objects.filter(permissions=permission).values_list("pk", flat=True))


def _ids(condition: dict[str, Any]) -> list[int]:
    users = get_user_model()._base_manager.filter(**condition).distinct().values_list("pk", flat=True)  # noqa: SLF001 - Django's documented name
    return list(users[: MOST_NAMED + 1])


def _tell(users: Iterable[int]) -> None:
    changed: list[int | None] = [*sorted(set(users))]
    named = changed if len(changed) <= MOST_NAMED else [None]
    publish_all([draft(CHANNEL, "user.changed", {"user": user}, None, 1) for user in named])
