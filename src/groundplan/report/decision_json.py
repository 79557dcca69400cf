"""The decision for programs: plain values, and the JSON Schema that describes them."""

import types
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from groundplan.catalogue.storing import plain
from groundplan.decision.model import Decision
from groundplan.decision.operating import Operating
from groundplan.report.flips_pieces import shapes
from groundplan.report.telling import Telling

__all__ = ["FORMAT", "decision_json", "decision_schema", "object_schema", "rounded", "telling_json"]

FORMAT = 1

_DIGITS = 6
"""Decimals of a number: all that is said with it, and less than processors and libraries can differ by."""


def decision_json(decision: Decision) -> dict[str, Any]:
    """Give the decision as values that JSON can hold; ``chosen`` is the first of ``ranked``, ``gap`` its lead over ``single``."""
    value: dict[str, Any] = rounded({"format": FORMAT, "gap": decision.gap, **plain(decision)})
    return value


def telling_json(telling: Telling) -> dict[str, Any]:
    """Give the same with what each of ``ranked`` takes to run, now and later, and with the further pieces by their keys."""
    ranked = [rated.architecture for rated in telling.decision.ranked]
    later = [telling.operating(architecture, later=True) for architecture in ranked] if telling.grows else []
    more = {
        "operating": [plain(telling.operating(architecture)) for architecture in ranked],
        "operating_later": [plain(found) for found in later],
        "sections": {section.key: plain(section.data) for section in telling.sections},
    }
    return {**decision_json(telling.decision), **rounded(more)}


def rounded(value: Any) -> Any:
    """Give a value with every float at six decimals and no zero below zero."""
    if isinstance(value, float):
        return round(value, _DIGITS) + 0.0
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


def decision_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of ``telling_json``, made from the types themselves; the further parts are optional."""
    schema = object_schema(Decision)
    loads = {
        "type": "array",
        "items": object_schema(Operating),
        "description": "In the order of ``ranked``; empty: no such load stated.",
    }
    more = {"operating": loads, "operating_later": loads, "sections": _sections()}
    schema["properties"] = {"format": {"const": FORMAT}, "gap": {"type": ["number", "null"]}, **schema["properties"], **more}
    schema["required"] = ["format", "gap", *schema["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Groundplan decision", **schema}


def _sections() -> dict[str, Any]:
    """Give the schema of each piece that may be among the sections; null where there was nothing to tell."""
    found: dict[str, Any] = {}
    for key, (shape, many) in shapes().items():
        value = {"type": "array", "items": object_schema(shape)} if many else object_schema(shape)
        found[key] = {"anyOf": [value, {"type": "null"}]}
    return {"type": "object", "properties": found, "additionalProperties": False}


def object_schema(shape: type) -> dict[str, Any]:
    """Give the schema of what ``plain`` makes of a dataclass: all of its fields, and nothing else."""
    hints = get_type_hints(shape)
    names = [field.name for field in fields(shape)]
    properties = {name: _of(hints[name]) for name in names}
    summary = (shape.__doc__ or "").splitlines()[0]
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        "required": names,
        "additionalProperties": False,
    }


def _of(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(arguments[1])}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_of(argument) for argument in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    return object_schema(hint) if is_dataclass(hint) and isinstance(hint, type) else {"type": _PLAIN[hint]}


_PLAIN = {bool: "boolean", str: "string", float: "number", int: "integer", type(None): "null"}
