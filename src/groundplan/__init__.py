"""Decide which Python web framework, or which combination, fits a team; build it; prove that it meets its numbers."""

from groundplan_runtime import __version__

__all__ = ["__version__"]
