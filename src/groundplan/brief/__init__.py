"""The brief: what a project needs, stated by its team."""

from groundplan.brief.model import Brief
from groundplan.brief.reading import load, parse, placed, schema

__all__ = ["Brief", "load", "parse", "placed", "schema"]
