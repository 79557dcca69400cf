"""From a decision and a brief to the files of a project. Pure, but for one writer."""

from groundplan.scaffold.model import FileClass, Plan, PlannedFile
from groundplan.scaffold.nearest import nearest, without_template
from groundplan.scaffold.planning import plan
from groundplan.scaffold.template import Template, buildable, find_template
from groundplan.scaffold.writing import check, write

__all__ = [
    "FileClass",
    "Plan",
    "PlannedFile",
    "Template",
    "buildable",
    "check",
    "find_template",
    "nearest",
    "plan",
    "without_template",
    "write",
]
