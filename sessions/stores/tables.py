"""How a collection lies in SQLite: a table of documents, and for each key a table sorted by it.

A key's table is its own primary key and nothing else, so a find reads it in order and a list
simply has a row for each element. All functions run inside the caller's transaction.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from sessions.errors import Conflict, Duplicate

from .documents import Collection, Document, Index, Range
from .keys import EXPIRY, key, leading, rows

__all__ = ["Lengthy", "Table"]

T = TypeVar("T", bound=Document)

# Stands for None, which a primary key cannot hold: before every other number and every text.
_NONE = -(2**63)
_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Lengthy(Exception):
    """There is more to read than the caller has time for."""


def _encode(document: Document) -> str:
    return msgspec.json.encode(document).decode()


def _bind(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_NONE if value is None else value for value in values)


class _Key(Struct, frozen=True, kw_only=True):
    """The table of one key and the statements that keep it; columns are k0, k1, …, id."""

    name: str
    fields: tuple[str, ...]
    create: str
    insert: str
    delete: str

    def rows(self, document: Document | None) -> set[tuple[Any, ...]]:
        if document is None:
            return set()
        return {(*_bind(row), document.id) for row in rows(self.fields, document)}

    def same(self, one: Document, other: Document) -> bool:
        return all(getattr(one, field) == getattr(other, field) for field in self.fields)


def _key(table: str, name: str, fields: tuple[str, ...], *, unique: bool) -> _Key:
    columns = [f"k{position}" for position in range(len(fields))]
    primary = columns if unique else [*columns, "id"]
    listed = ", ".join([*(f"{column} NOT NULL" for column in columns), "id TEXT NOT NULL"])
    where = " AND ".join(f"{column} = ?" for column in [*columns, "id"])
    marks = ", ".join("?" * (len(columns) + 1))
    return _Key(
        name=name,
        fields=fields,
        create=f'CREATE TABLE "{table}/{name}" ({listed}, PRIMARY KEY ({", ".join(primary)}))'
        " WITHOUT ROWID",
        insert=f'INSERT INTO "{table}/{name}" VALUES ({marks})',  # noqa: S608 - checked names
        delete=f'DELETE FROM "{table}/{name}" WHERE {where}',  # noqa: S608 - checked names
    )


class Table(Generic[T]):
    """The documents of one collection and their keys; names are those `keys.check` let pass."""

    def __init__(self, collection: Collection[T]) -> None:
        self.collection = collection
        self._decode = msgspec.json.Decoder(collection.type).decode
        name = collection.name
        self._keys = [_key(name, each.name, each.fields, unique=True) for each in collection.unique]
        self._keys += [
            _key(name, each.name, each.fields, unique=False) for each in collection.indexes
        ]
        if collection.expires:
            self._keys.append(_key(name, EXPIRY, (collection.expires,), unique=False))
        self.create = f'CREATE TABLE IF NOT EXISTS "{name}" (id TEXT PRIMARY KEY, document TEXT)'
        self._one = f'SELECT document FROM "{name}" WHERE id = ?'  # noqa: S608 - a checked name
        self._all = f'SELECT document FROM "{name}"'  # noqa: S608 - a checked name
        self._insert = f'INSERT INTO "{name}" VALUES (?, ?)'  # noqa: S608 - a checked name
        self._update = f'UPDATE "{name}" SET document = ? WHERE id = ?'  # noqa: S608 - a checked name
        self._delete = f'DELETE FROM "{name}" WHERE id = ?'  # noqa: S608 - a checked name

    @property
    def declaration(self) -> list[str]:
        """The statements that make the keys' tables: when they change, these are filled anew."""
        return [each.create for each in self._keys]

    def fill(self, connection: sqlite3.Connection) -> None:
        """Make the keys' tables from the documents; raises Duplicate when a new key forbids it."""
        for each in self._keys:
            connection.execute(each.create)
        for (document,) in connection.execute(self._all):
            self._rekey(connection, None, self._decode(document))

    def get(self, connection: sqlite3.Connection, document_id: str) -> T | None:
        """Return one document, or None."""
        row = connection.execute(self._one, (document_id,)).fetchone()
        return None if row is None else self._decode(row[0])

    def find(
        self,
        connection: sqlite3.Connection,
        index: Index,
        equals: Mapping[str, Any],
        *,
        bounds: Range | None = None,
        descending: bool = False,
        limit: int,
        most_chars: int | None = None,
    ) -> list[T]:
        """Return documents along `index`, as the port's `find` does.

        Raises Lengthy as soon as they are longer than `most_chars`.
        """
        limits = {
            field: key(bound)
            for field, bound in msgspec.structs.asdict(bounds or Range()).items()
            if bound is not None
        }
        if limits and not limits.keys() & {"gt", "gte"}:
            limits["gt"] = _NONE
        query = self._find(index, tuple(limits), descending=descending)
        values = (*_bind(leading(index, equals)), *limits.values(), max(limit, 0))
        found: list[T] = []
        for (document,) in connection.execute(query, values):
            if most_chars is not None and (most_chars := most_chars - len(document)) < 0:
                raise Lengthy
            found.append(self._decode(document))
        return found

    def _find(self, index: Index, limits: tuple[str, ...], *, descending: bool) -> str:
        name, last = self.collection.name, len(index.fields) - 1
        where = [f"k{position} = ?" for position in range(last)]
        where += [f"k{last} {_BOUNDS[field]} ?" for field in limits]
        order = "DESC" if descending else "ASC"
        return (
            f'SELECT document FROM "{name}/{index.name}" k CROSS JOIN "{name}" d ON d.id = k.id'  # noqa: S608 - checked names
            f" WHERE {' AND '.join(where) or 'TRUE'}"
            f" ORDER BY k{last} {order}, k.id {order} LIMIT ?"
        )

    def insert(self, connection: sqlite3.Connection, document: T) -> None:
        """Store a new document; raises Duplicate."""
        try:
            connection.execute(self._insert, (document.id, _encode(document)))
        except sqlite3.IntegrityError:
            raise Duplicate(f"{self.collection.name} has {document.id}") from None
        self._rekey(connection, None, document)

    def replace(self, connection: sqlite3.Connection, document: T) -> T:
        """Store `document` over the one with its version; raises Conflict, Duplicate."""
        stored = self.get(connection, document.id)
        if stored is None or stored.version != document.version:
            raise Conflict(f"{self.collection.name} has another {document.id}")
        replaced = msgspec.structs.replace(document, version=document.version + 1)
        connection.execute(self._update, (_encode(replaced), document.id))
        self._rekey(connection, stored, replaced)
        return replaced

    def delete(self, connection: sqlite3.Connection, document_id: str) -> bool:
        """Remove one document; tell whether it was there."""
        stored = self.get(connection, document_id)
        if stored is None:
            return False
        connection.execute(self._delete, (document_id,))
        self._rekey(connection, stored, None)
        return True

    def expire(self, connection: sqlite3.Connection, now: datetime, limit: int) -> int:
        """Remove up to `limit` documents whose time is over at `now`; return how many."""
        if self.collection.expires is None:
            return 0
        index = Index(name=EXPIRY, fields=(self.collection.expires,), serves="the sweep")
        over = self.find(connection, index, {}, bounds=Range(lte=now), limit=limit)
        return sum(self.delete(connection, document.id) for document in over)

    def _rekey(self, connection: sqlite3.Connection, old: T | None, new: T | None) -> None:
        """Move the keys' rows from those of `old` to those of `new`; raises Duplicate."""
        for each in self._keys:
            if old is not None and new is not None and each.same(old, new):
                continue
            before, after = each.rows(old), each.rows(new)
            connection.executemany(each.delete, before - after)
            try:
                connection.executemany(each.insert, after - before)
            except sqlite3.IntegrityError:
                raise Duplicate(f"{self.collection.name} has this {each.name}") from None
