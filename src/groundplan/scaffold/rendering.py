"""From a template and its context to files in memory."""

from functools import cache

from jinja2 import Environment, StrictUndefined
from jinja2 import Template as JinjaTemplate

from groundplan.scaffold.context import Context, EntityView, PartView
from groundplan.scaffold.model import PlannedFile
from groundplan.scaffold.template import Source, Template

__all__ = ["render_part", "render_shared"]

_SUFFIX = ".jinja"
_PART, _ENTITY = "__part__", "__entity__"
_EXECUTABLE = ("project.py", "manage.py")


@cache
def _environment(*, html: bool) -> Environment:
    """Make Jinja strict. The pages of a project are templates themselves, so theirs are marked ``[[ x ]]`` and ``[% x %]``."""
    marks = ("[[", "]]", "[%", "%]", "[#", "#]") if html else ("{{", "}}", "{%", "%}", "{#", "#}")
    variable_start, variable_end, block_start, block_end, comment_start, comment_end = marks
    return Environment(
        variable_start_string=variable_start,
        variable_end_string=variable_end,
        block_start_string=block_start,
        block_end_string=block_end,
        comment_start_string=comment_start,
        comment_end_string=comment_end,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - the result is source code for the user's disk, not a page shown to anyone
    )


@cache
def _compiled(content: bytes, *, html: bool) -> JinjaTemplate:
    return _environment(html=html).from_string(content.decode("utf-8"))


def render_shared(template: Template, context: Context) -> list[PlannedFile]:
    """Render what all projects share, into the root of the project."""
    return [made for source in template.sources for made in _files(source, "", context, context.names(), "")]


def render_part(template: Template, part: PartView, context: Context) -> list[PlannedFile]:
    """Render the template of one part, below its folder."""
    names = {**context.names(), "part": part}
    return [made for source in template.sources for made in _files(source, f"{part.folder}/", context, names, part.name)]


def _files(source: Source, folder: str, context: Context, names: dict[str, object], part: str) -> list[PlannedFile]:
    """Render one source: once, or once for each entity when its path says so."""
    path = folder + source.path.replace(_PART, part)
    if _ENTITY not in path:
        made = _file(source, path, names)
        return [made] if made else []
    per_entity = (_file(source, path.replace(_ENTITY, entity.name), _with(names, entity)) for entity in context.entities)
    return [made for made in per_entity if made]


def _with(names: dict[str, object], entity: EntityView) -> dict[str, object]:
    return {**names, "entity": entity}


def _file(source: Source, path: str, names: dict[str, object]) -> PlannedFile | None:
    """Render one file; None when a rendered file has nothing to say and so is left out."""
    if not path.endswith(_SUFFIX):
        return PlannedFile(path, source.content, executable=path in _EXECUTABLE)
    path = path.removesuffix(_SUFFIX)
    text = _compiled(source.content, html=path.endswith(".html")).render(names)
    return PlannedFile(path, text.encode("utf-8"), executable=path in _EXECUTABLE) if text.strip() else None
