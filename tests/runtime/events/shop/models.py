"""Entities as a Django part has them, with every way a row can change."""

from __future__ import annotations  # Django fields cannot be subscripted while the program runs

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models

from groundplan_runtime.adapters.django.entities import Eventful, EventfulQuerySet


class Shop(Eventful):
    name: models.CharField[str, str] = models.CharField(max_length=80, unique=True)

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return self.name


class Sale(Eventful):
    shop: models.ForeignKey[Shop, Shop] = models.ForeignKey(Shop, on_delete=models.CASCADE)
    amount: models.DecimalField[Decimal | str | float, Decimal] = models.DecimalField(max_digits=12, decimal_places=2)
    sold_at: models.DateTimeField[datetime | str, datetime] = models.DateTimeField()

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return f"{self.amount}"


class OpenHours(Eventful):
    """Two words, a reference that is emptied, and a queryset of its own."""

    shop: models.ForeignKey[Shop | None, Shop | None] = models.ForeignKey(Shop, null=True, on_delete=models.SET_NULL)
    day: models.IntegerField[int, int] = models.IntegerField(default=1)

    objects = EventfulQuerySet.as_manager()

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return f"day {self.day}"


class Spoken(Shop):
    """A proxy tells of what it stands for."""

    class Meta:
        app_label = "shop"
        proxy = True

    def __str__(self) -> str:
        return self.name


class Silent(Eventful):
    """What the check refuses."""

    objects: ClassVar[Any] = models.Manager()
    quiet: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "shop"
        managed = False

    def __str__(self) -> str:
        return "silent"
