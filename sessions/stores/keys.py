"""What documents are found by: keys that are equal and ordered alike in every store.

A datetime counts as whole microseconds since 1970 (BSON dates keep milliseconds only), None comes
before everything else, and a list stands for each of its elements.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from itertools import product
from typing import Any, get_args, get_origin, get_type_hints

from .documents import Collection, Document, Index

__all__ = [
    "EXPIRY",
    "check",
    "from_micros",
    "key",
    "leading",
    "lists",
    "moments",
    "rows",
    "to_micros",
]

EXPIRY = "expiry"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def to_micros(moment: datetime) -> int:
    """Return microseconds since 1970; raises TypeError when `moment` has no timezone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """Return the moment in UTC; the inverse of `to_micros`."""
    return _EPOCH + timedelta(microseconds=micros)


def key(value: Any) -> Any:
    """Return `value` as stores compare it."""
    if isinstance(value, datetime):
        return to_micros(value)
    return value.value if isinstance(value, Enum) else value


def rows(fields: tuple[str, ...], document: Document) -> set[tuple[Any, ...]]:
    """Return the keys under which `document` is found by `fields`: one for each list element."""
    values = (getattr(document, field) for field in fields)
    columns = (
        [key(element) for element in value] if isinstance(value, list | tuple) else [key(value)]
        for value in values
    )
    return set(product(*columns))


def leading(index: Index, equals: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the keys of `equals` in the index's order.

    Raises ValueError unless `equals` names exactly all fields but the last.
    """
    fields = index.fields[:-1]
    if set(fields) != set(equals):
        raise ValueError(f"{index.name} needs values for {fields}, not for {tuple(equals)}")
    return tuple(key(equals[field]) for field in fields)


def moments(kind: type[Document]) -> tuple[str, ...]:
    """Return the names of the fields that hold a datetime (or None)."""
    hints = _hints(kind)
    return tuple(name for name, hint in hints.items() if datetime in (hint, *get_args(hint)))


def lists(kind: type[Document]) -> tuple[str, ...]:
    """Return the names of the fields that hold a list or a tuple."""
    hints = _hints(kind)
    return tuple(name for name, hint in hints.items() if get_origin(hint) in (list, tuple))


def check(collection: Collection[Any]) -> None:
    """Raise ValueError when no store could keep what `collection` declares."""
    kind: type[Document] = collection.type
    hints = _hints(kind)
    keys = [(declared.name, declared.fields) for declared in collection.unique]
    keys += [(declared.name, declared.fields) for declared in collection.indexes]
    names = [EXPIRY, *(name for name, _ in keys)]
    if len(set(names)) < len(names):
        raise ValueError(f"{collection.name} declares a name twice, or the reserved {EXPIRY!r}")
    if not all(_NAME.fullmatch(name) for name in (collection.name, *names)):
        raise ValueError(f"{collection.name} and its keys need names like these: a_1")
    if unknown := {field for _, fields in keys for field in fields} - set(hints):
        raise ValueError(f"{collection.name} has no fields {unknown}")
    if collection.expires is not None and collection.expires not in moments(collection.type):
        raise ValueError(f"{collection.name} cannot expire by {collection.expires}")
    many = lists(collection.type)
    for index in collection.indexes:
        if index.fields[-1] in many:
            raise ValueError(f"{collection.name}.{index.name} cannot be ordered by a list")


@cache
def _hints(kind: type[Document]) -> dict[str, Any]:
    return get_type_hints(kind)
