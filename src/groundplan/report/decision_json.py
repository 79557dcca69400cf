"""The decision for programs: plain values, and the JSON Schema that describes them."""

import types
from dataclasses import asdict, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from groundplan.decision.model import Decision

__all__ = ["decision_json", "decision_schema"]

FORMAT = 1


def decision_json(decision: Decision) -> dict[str, Any]:
    """Give the decision as values that JSON can hold; ``chosen`` is the first of ``ranked``, ``gap`` its lead over ``single``."""
    return {"format": FORMAT, "gap": decision.gap, **_listed(asdict(decision))}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value


def decision_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of ``decision_json``, made from the types themselves."""
    schema = _object(Decision)
    schema["properties"] = {"format": {"const": FORMAT}, "gap": {"type": ["number", "null"]}, **schema["properties"]}
    schema["required"] = ["format", "gap", *schema["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Groundplan decision", **schema}


def _object(shape: type) -> dict[str, Any]:
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
    return _object(hint) if is_dataclass(hint) and isinstance(hint, type) else {"type": _PLAIN[hint]}


_PLAIN = {str: "string", float: "number", int: "integer", type(None): "null"}
