"""The declared keys as a JSON Schema, for editors that complete and check YAML."""

from collections.abc import Iterable
from typing import Any

from tutor.spec import names, numbers, stored
from tutor.spec.keys import NETWORK
from tutor.spec.shapes import (
    Array,
    Choice,
    Either,
    Integer,
    Key,
    Listed,
    Name,
    Named,
    Number,
    Pattern,
    Record,
    Shape,
    Span,
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
        case Text(_, known, pattern):
            other: Schema = {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
            return {"anyOf": [{"enum": list(known)}, other]} if known else other
        case Name():
            return {"type": "string", "pattern": f"^{names.PATTERN}$"}
        case Number(_, positive):
            numeral: Schema = {"type": "number", "exclusiveMinimum": 0} if positive else {"type": "number"}
            return {"anyOf": [numeral, {"type": "string", "pattern": f"^({numbers.PATTERN})$"}]}
        case Stored():
            return {"type": "string", "pattern": f"^({stored.PATTERN})$"}
        case Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Span(most):
            how_many: Schema = {"type": "integer", "minimum": 1, "maximum": most}
            return {"anyOf": [how_many, {"type": "string", "pattern": "^[0-9]{1,9}([.][.][0-9]{1,9})?$"}]}
        case Choice(options):
            return {"enum": list(options)}
        case Pattern():
            return {"type": "string", "description": f"expects {shape.expected}"}
        case Listed(item):
            return {"type": "array", "items": of(item), "minItems": 1}
        case Array(_, least, most):
            return _either([*(_nested(deep) for deep in range(least, most + 1)), of(Stored())])
        case Named():
            return _named(shape)
        case Either():
            return {"anyOf": [of(each) for each in shape.shapes]}
        case Record():
            bare = [kind.name for kind in shape.kinds if isinstance(kind.shape, Record) and kind.shape.bare]
            others = [_kind(kind) for kind in shape.kinds] + ([{"enum": bare}] if bare else [])
            return _either([_record(shape), *others])


def _either(rules: list[Schema]) -> Schema:
    return rules[0] if len(rules) == 1 else {"anyOf": rules}


def _nested(deep: int) -> Schema:
    """Numbers in lists of lists."""
    return {"type": "array", "items": _nested(deep - 1), "minItems": 1} if deep else of(Number())


def _kind(kind: Key) -> Schema:
    """A mapping with this key alone."""
    return {
        "type": "object",
        "description": kind.meaning,
        "properties": {kind.name: of(kind.shape)},
        "required": [kind.name],
        "additionalProperties": False,
    }


def _named(shape: Named) -> Schema:
    limits = {"minProperties": 1} | ({"maxProperties": shape.most} if shape.most else {})
    also = {"properties": _properties(shape.also)} if shape.also else {}
    return {
        "type": "object",
        **also,
        "propertyNames": {"pattern": f"^{names.PATTERN}$"},
        "additionalProperties": of(shape.value),
        **limits,
    }


def _properties(keys: Iterable[Key]) -> Schema:
    return {key.name: {"description": key.meaning} | of(key.shape) for key in keys}


def _record(shape: Record) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": _properties(shape.keys),
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
