"""The catalogue: frameworks, add-ons and servers with dated facts, read from data files."""

from groundplan.catalogue.loading import audit, load
from groundplan.catalogue.model import Addon, Catalogue, Criterion, Fact, Framework, Server

__all__ = ["Addon", "Catalogue", "Criterion", "Fact", "Framework", "Server", "audit", "load"]
