"""What msgspec's messages leave unsaid: which values a field or a parameter allows."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

__all__ = ["explained", "explained_parameter"]

_STEP = re.compile(r"\[[^\]]*\]|[^.\[\]]+")
_ENUM = "Invalid enum value"
_PATTERN = "Expected `str` matching regex"
_TRUTH = "Expected `bool`"


def explained(message: str, type_: Any, path: str) -> str:
    """Return a message on the field at `path` of a type, with what is allowed there.

    The values of an enum are listed, and a regex gives way to its description.
    """
    if not message.startswith((_ENUM, _PATTERN)):
        return message
    for found in _at(inspect.type_info(type_), _STEP.findall(path)):
        if message.startswith(_ENUM) and (values := _values(found)):
            return f"{message}; one of {', '.join(values)}"
        if message.startswith(_PATTERN) and (words := _described(found)):
            return f"Expected {words}"
    return message


def explained_parameter(message: str, type_: Any) -> str:
    """Return a message on a parameter of a type, with what is allowed; all that comes is text."""
    if message.startswith(_TRUTH):
        return "Expected true or false"
    return explained(message, type_, "")


def _at(found: inspect.Type, steps: list[str]) -> Iterator[inspect.Type]:
    """Yield what may stand at the end of a path."""
    match found:
        case inspect.UnionType():
            for each in found.types:
                yield from _at(each, steps)
        case _ if not steps:
            yield found
        case inspect.Metadata():
            yield from _at(found.type, steps)
        case inspect.StructType():
            for field in found.fields:
                if field.encode_name == steps[0]:
                    yield from _at(field.type, steps[1:])
        case inspect.ListType() | inspect.VarTupleType():
            yield from _at(found.item_type, steps[1:])
        case inspect.DictType():
            yield from _at(found.value_type, steps[1:])


def _values(found: inspect.Type) -> list[str]:
    if isinstance(found, inspect.Metadata):
        return _values(found.type)
    if isinstance(found, inspect.EnumType):
        return [str(each.value) for each in found.cls]
    values = found.values if isinstance(found, inspect.LiteralType) else ()
    return [str(each) or '""' for each in values]


def _described(found: inspect.Type) -> str:
    more = found.extra_json_schema if isinstance(found, inspect.Metadata) else None
    return str((more or {}).get("description", ""))
