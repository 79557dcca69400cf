"""``manage.py ensure_owner``: the first account of a project."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from groundplan_runtime.current import current

__all__ = ["OWNER", "Command"]

OWNER = "owner"


class Command(BaseCommand):
    """Makes the superuser ``owner`` if there is none. An existing account of that name stays exactly as it is."""

    help = "Make the superuser 'owner' with OWNER_PASSWORD, if there is no account of that name."
    requires_system_checks = ()  # see export_identity

    def handle(self, **_options: Any) -> None:
        """Look, then make."""
        users: Any = get_user_model()._default_manager  # noqa: SLF001 - Django's documented name
        name = {str(get_user_model().USERNAME_FIELD): OWNER}
        if users.filter(**name).exists():
            self.stdout.write(f"The account {OWNER} exists; it stays as it is.")
            return
        password = current().settings.owner_password
        if not password:
            raise CommandError("OWNER_PASSWORD is empty; set it in .env or run: python project.py setup.", returncode=2)
        users.create_superuser(**name, password=password)
        self.stdout.write(f"Made the account {OWNER}.")
