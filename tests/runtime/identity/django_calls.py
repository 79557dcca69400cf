"""What the Django process of the tests can be asked to do, by name."""

from collections.abc import Callable
from typing import Any

__all__ = ["CALLS", "call"]

CALLS: dict[str, Callable[..., Any]] = {}


def call(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let the tests call a function by its name."""
    CALLS[function.__name__] = function
    return function
