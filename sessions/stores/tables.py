"""How a collection lies in SQLite: a table of documents with a column for each field of its keys.

SQLite's own indexes on these columns keep the order. A key with a list has a table of its own, in
which each element is a row. All functions run inside the caller's transaction.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from sessions.errors import Conflict, Duplicate

from .documents import Collection, Document, Index, Range
from .keys import EXPIRY, key, leading, lists, rows

__all__ = ["Lengthy", "Table"]

T = TypeVar("T", bound=Document)

# Stands for None, which equals nothing in SQL: before every other number and every text.
_NONE = -(2**63)
_FILLED = 500
_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Lengthy(Exception):
    """There is more to read than the caller has time for."""


def _encode(document: Document) -> str:
    return msgspec.json.encode(document).decode()


def _bind(value: Any) -> Any:
    value = key(value)
    return _NONE if value is None else value


class _Key(Struct, frozen=True, kw_only=True):
    """A key without a list; `create` makes its index."""

    name: str
    fields: tuple[str, ...]
    create: str


class _ListKey(Struct, frozen=True, kw_only=True):
    """The table of a key with a list, and the statements that keep it; columns k0, k1, …, id."""

    name: str
    fields: tuple[str, ...]
    create: str
    insert: str
    delete: str

    def rows(self, document: Document | None) -> set[tuple[Any, ...]]:
        if document is None:
            return set()
        return {(*map(_bind, row), document.id) for row in rows(self.fields, document)}


def _key(table: str, name: str, fields: tuple[str, ...], *, unique: bool) -> _Key:
    columns = [f"k_{field}" for field in fields]
    listed = ", ".join(columns if unique else [*columns, "id"])
    kind = "UNIQUE INDEX" if unique else "INDEX"
    return _Key(
        name=name, fields=fields, create=f'CREATE {kind} "{table}/{name}" ON "{table}" ({listed})'
    )


def _list_key(table: str, name: str, fields: tuple[str, ...], *, unique: bool) -> _ListKey:
    columns = [f"k{position}" for position in range(len(fields))]
    primary = columns if unique else [*columns, "id"]
    listed = ", ".join([*(f"{column} NOT NULL" for column in columns), "id TEXT NOT NULL"])
    where = " AND ".join(f"{column} = ?" for column in [*columns, "id"])
    marks = ", ".join("?" * (len(columns) + 1))
    return _ListKey(
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
        name, many = collection.name, set(lists(collection.type))
        declared = [(each.name, each.fields, True) for each in collection.unique]
        declared += [(each.name, each.fields, False) for each in collection.indexes]
        if collection.expires:
            declared.append((EXPIRY, (collection.expires,), False))
        self._keys = [
            _key(name, named, fields, unique=unique)
            for named, fields, unique in declared
            if many.isdisjoint(fields)
        ]
        self._list_keys = {
            named: _list_key(name, named, fields, unique=unique)
            for named, fields, unique in declared
            if not many.isdisjoint(fields)
        }
        fields = dict.fromkeys(field for each in self._keys for field in each.fields)
        self._fields = tuple(fields)
        self._columns = ("version", *(f"k_{field}" for field in self._fields))
        self._updates: dict[tuple[str, ...], str] = {}
        self.create = f'CREATE TABLE IF NOT EXISTS "{name}" (id TEXT PRIMARY KEY, document TEXT)'
        listed, marks = ", ".join(self._columns), ", ".join("?" * (2 + len(self._columns)))
        self._one = f'SELECT document FROM "{name}" WHERE id = ?'  # noqa: S608 - a checked name
        self._some = f'SELECT rowid, document FROM "{name}" WHERE rowid > ? ORDER BY rowid LIMIT ?'  # noqa: S608 - a checked name
        self._insert = f'INSERT INTO "{name}" (id, document, {listed}) VALUES ({marks})'  # noqa: S608 - checked names
        # the text itself only where lists in it are keys
        stored = f"{listed}, document" if self._list_keys else listed
        self._stored = f'SELECT {stored} FROM "{name}" WHERE id = ?'  # noqa: S608 - checked names
        self._delete = f'DELETE FROM "{name}" WHERE id = ?'  # noqa: S608 - a checked name

    @property
    def declaration(self) -> list[str]:
        """What the keys are made of: when it changes, they are made anew."""
        created = [each.create for each in self._keys]
        return [*self._columns, *created, *(each.create for each in self._list_keys.values())]

    def fill(self, connection: sqlite3.Connection) -> None:
        """Make the keys from the documents; raises Duplicate when a new key forbids it."""
        name = self.collection.name
        there = {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')}
        for column in self._columns:
            if column not in there:
                connection.execute(f'ALTER TABLE "{name}" ADD COLUMN {column}')
        for list_key in self._list_keys.values():
            connection.execute(list_key.create)
        update = self._update(self._columns)
        last = 0
        while some := connection.execute(self._some, (last, _FILLED)).fetchall():
            last = some[-1][0]
            for _, text in some:
                document = self._decode(text)
                connection.execute(update, (text, *self._values(document), document.id))
                self._relist(connection, None, document)
        for each in self._keys:
            try:
                connection.execute(each.create)
            except sqlite3.IntegrityError:
                raise self._taken(each.name) from None

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
        values = (*map(_bind, leading(index, equals)), *limits.values(), max(limit, 0))
        found: list[T] = []
        with closing(connection.execute(query, values)) as read:
            for (document,) in read:
                if most_chars is not None and (most_chars := most_chars - len(document)) < 0:
                    raise Lengthy
                found.append(self._decode(document))
        return found

    def _find(self, index: Index, limits: tuple[str, ...], *, descending: bool) -> str:
        name = self.collection.name
        if index.name in self._list_keys:
            columns = [f"k.k{position}" for position in range(len(index.fields))]
            source = f'"{name}/{index.name}" k CROSS JOIN "{name}" d ON d.id = k.id'
        else:
            columns = [f"k.k_{field}" for field in index.fields]
            source = f'"{name}" k INDEXED BY "{name}/{index.name}"'
        where = [f"{column} = ?" for column in columns[:-1]]
        where += [f"{columns[-1]} {_BOUNDS[field]} ?" for field in limits]
        order = "DESC" if descending else "ASC"
        return (
            f"SELECT document FROM {source} WHERE {' AND '.join(where) or 'TRUE'}"  # noqa: S608 - checked names
            f" ORDER BY {columns[-1]} {order}, k.id {order} LIMIT ?"
        )

    def insert(self, connection: sqlite3.Connection, document: T) -> None:
        """Store a new document; raises Duplicate."""
        values = (document.id, _encode(document), *self._values(document))
        try:
            connection.execute(self._insert, values)
        except sqlite3.IntegrityError as error:
            if str(error).endswith(f"{self.collection.name}.id"):
                raise Duplicate(f"{self.collection.name} has {document.id}") from None
            raise self._taken() from None
        self._relist(connection, None, document)

    def replace(self, connection: sqlite3.Connection, document: T) -> T:
        """Store `document` over the one with its version; raises Conflict, Duplicate."""
        stored = connection.execute(self._stored, (document.id,)).fetchone()
        if stored is None or stored[0] != document.version:
            raise Conflict(f"{self.collection.name} has another {document.id}")
        replaced = msgspec.structs.replace(document, version=document.version + 1)
        pairs = zip(self._columns, self._values(replaced), stored, strict=False)
        changed = {column: value for column, value, old in pairs if value != old}
        update = self._update(tuple(changed))
        try:
            connection.execute(update, (_encode(replaced), *changed.values(), document.id))
        except sqlite3.IntegrityError:
            raise self._taken() from None
        if self._list_keys:
            self._relist(connection, self._decode(stored[-1]), replaced)
        return replaced

    def delete(self, connection: sqlite3.Connection, document_id: str) -> bool:
        """Remove one document; tell whether it was there."""
        stored = self.get(connection, document_id) if self._list_keys else None
        if stored is not None:
            self._relist(connection, stored, None)
        return connection.execute(self._delete, (document_id,)).rowcount > 0

    def expire(self, connection: sqlite3.Connection, now: datetime, limit: int) -> int:
        """Remove up to `limit` documents whose time is over at `now`; return how many."""
        if self.collection.expires is None:
            return 0
        index = Index(name=EXPIRY, fields=(self.collection.expires,), serves="the sweep")
        over = self.find(connection, index, {}, bounds=Range(lte=now), limit=limit)
        return sum(self.delete(connection, document.id) for document in over)

    def _values(self, document: T) -> Iterator[Any]:
        """Yield what stands in the columns, in their order."""
        yield document.version
        for field in self._fields:
            yield _bind(getattr(document, field))

    def _update(self, columns: tuple[str, ...]) -> str:
        """Return a statement that names only `columns`: indexes of others are not touched."""
        if (statement := self._updates.get(columns)) is None:
            changes = ", ".join(f"{column} = ?" for column in ("document", *columns))
            name = self.collection.name
            statement = f'UPDATE "{name}" SET {changes} WHERE id = ?'  # noqa: S608 - checked names
            self._updates[columns] = statement
        return statement

    def _relist(self, connection: sqlite3.Connection, old: T | None, new: T | None) -> None:
        """Move the rows of keys with lists from those of `old` to those of `new`.

        Raises Duplicate.
        """
        for each in self._list_keys.values():
            if old is not None and new is not None and _same(each.fields, old, new):
                continue
            before, after = each.rows(old), each.rows(new)
            connection.executemany(each.delete, before - after)
            try:
                connection.executemany(each.insert, after - before)
            except sqlite3.IntegrityError:
                raise self._taken(each.name) from None

    def _taken(self, name: str = "key") -> Duplicate:
        return Duplicate(f"{self.collection.name} has this {name}")


def _same(fields: Iterable[str], one: Document, other: Document) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in fields)
