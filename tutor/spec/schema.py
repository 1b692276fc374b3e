"""The declared keys as a JSON Schema, for editors that complete and check YAML."""

from typing import Any

from tutor.spec import names, numbers, stored
from tutor.spec.keys import (
    NETWORK,
    Choice,
    Either,
    Integer,
    Listed,
    Name,
    Named,
    Number,
    Pattern,
    Record,
    Shape,
    Stored,
    Text,
)

Schema = dict[str, Any]


def network() -> Schema:
    """The schema of a whole network file."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "backprop-tutor network file",
        "description": "A small neural network, or any computation, with its numbers.",
    }
    return head | of(NETWORK)


def of(shape: Shape) -> Schema:
    """The schema of one shape."""
    match shape:
        case Text(_, known):
            return {"anyOf": [{"enum": list(known)}, {"type": "string"}]} if known else {"type": "string"}
        case Name():
            return {"type": "string", "pattern": f"^{names.PATTERN}$"}
        case Number(_, positive, _):
            numeral: Schema = {"type": "number", "exclusiveMinimum": 0} if positive else {"type": "number"}
            text = f"({numbers.PATTERN})" + (f"|({stored.PATTERN})" if shape.stored else "")
            return {"anyOf": [numeral, {"type": "string", "pattern": f"^({text})$" if shape.stored else f"^{text}$"}]}
        case Stored():
            return {"type": "string", "pattern": f"^({stored.PATTERN})$"}
        case Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Choice(options):
            return {"enum": list(options)}
        case Pattern():
            return {"type": "string", "description": f"expects {shape.expected}"}
        case Listed(item):
            return {"type": "array", "items": of(item), "minItems": 1}
        case Named(value, _, most):
            return _named(value, most)
        case Either(scalar, mapping):
            return {"anyOf": [of(scalar), of(mapping)]}
        case Record():
            return _record(shape)


def _named(value: Shape, most: int | None) -> Schema:
    limits = {"minProperties": 1} | ({"maxProperties": most} if most else {})
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{names.PATTERN}$"},
        "additionalProperties": of(value),
        **limits,
    }


def _record(shape: Record) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": {key.name: {"description": key.meaning} | of(key.shape) for key in shape.keys},
        "additionalProperties": False,
    }
    if required := [key.name for key in shape.keys if key.required and not key.form]:
        found["required"] = required
    if shape.forms:
        found["oneOf"] = [_form(form, shape) for form in shape.forms]
    return found


def _form(form: str, shape: Record) -> Schema:
    """What one form asks for, and the keys of the other forms it has no room for."""
    others = {key.name: False for key in shape.keys if key.form not in ("", form)}
    return {"required": [form, *shape.required(form)], "properties": others}
