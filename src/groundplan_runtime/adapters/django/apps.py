"""The Django application ``groundplan``: events, the identity that other parts read, and what watches over both."""

from django.apps import AppConfig
from django.core import checks

__all__ = ["GroundplanConfig"]


class GroundplanConfig(AppConfig):
    """Connects the signals and registers the checks once all models are there."""

    name = "groundplan_runtime.adapters.django"
    label = "groundplan"
    verbose_name = "Groundplan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Start watching accounts."""
        from groundplan_runtime.adapters.django import identity, signals  # noqa: PLC0415 - they need the loaded models

        signals.connect()
        checks.register(identity.check_identity, checks.Tags.security)
