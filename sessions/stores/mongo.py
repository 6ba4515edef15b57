"""Documents in MongoDB: every write is journalled by a majority before it returns.

A document keeps its fields' names. Its own datetimes are whole microseconds since 1970, those
inside nested values are RFC 3339 texts, so that all of them come back exactly as they were; when
the collection expires, `_expires` repeats that moment as the date a TTL index needs.
"""

import asyncio
import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient, WriteConcern
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    InvalidOperation,
    OperationFailure,
)

from sessions.errors import Conflict, Duplicate, StoreUnavailable

from .documents import Collection, Document, Range
from .keys import EXPIRY, check, from_micros, key, leading, lists, moments, to_micros

__all__ = ["Client", "MongoDocuments", "connect"]

T = TypeVar("T", bound=Document)
Client = AsyncIOMotorClient[dict[str, Any]] | AsyncMongoClient[dict[str, Any]]

_EXPIRES = "_expires"
_OPTIONS = ("key", "unique", "partialFilterExpression", "expireAfterSeconds")


def connect(uri: str, *, timeout_s: float = 5.0) -> AsyncIOMotorClient[dict[str, Any]]:
    """Return a client of `uri` that gives up after `timeout_s` when it finds no server.

    A server that answers no more, as behind a broken line, is given up after twice that, and with
    it what waits for its answers. What the URI says of this holds instead.
    """
    timeout_ms = int(timeout_s * 1000)
    chosen: dict[str, Any] = {
        "connectTimeoutMS": timeout_ms,
        "heartbeatFrequencyMS": max(500, timeout_ms),
    }
    said = uri.casefold()
    more = {name: value for name, value in chosen.items() if name.casefold() not in said}
    return AsyncIOMotorClient(uri, serverSelectionTimeoutMS=timeout_ms, **more)


class MongoDocuments:
    """The port to documents on a database; raises ValueError on a bad declaration.

    `client` is Motor's or PyMongo's asynchronous one and is closed with the store; how long a call
    waits for a server is the client's setting, how long for a majority `majority_timeout_s`.
    """

    def __init__(
        self,
        client: Client,
        database_name: str,
        collections: Sequence[Collection[Any]],
        *,
        majority_timeout_s: float = 10.0,
    ) -> None:
        for collection in collections:
            check(collection)
        durable = WriteConcern("majority", j=True, wtimeout=int(majority_timeout_s * 1000))
        self._client = client
        self._collections = collections
        self._database: Any = client.get_database(database_name, write_concern=durable)
        self._moments = {each.name: moments(each.type) for each in collections}

    async def open(self) -> None:
        """Make what is missing of the declared indexes; raises StoreUnavailable, Duplicate."""
        # a start is as long as its round trips, and behind busy processes each of them waits
        there = await asyncio.gather(*map(self._indexed, self._collections))
        for collection, indexes in zip(self._collections, there, strict=True):
            with _errors(collection):
                await self._index(collection, indexes)

    async def aclose(self) -> None:
        """Close the client."""
        closing: Any = self._client.close()
        if inspect.isawaitable(closing):
            await closing

    async def insert(self, collection: Collection[T], document: T) -> None:
        """Store a new document; raises Duplicate when its id or a unique key is taken."""
        with _errors(collection):
            await self._stored(collection).insert_one(self._encode(collection, document))

    async def get(self, collection: Collection[T], document_id: str) -> T | None:
        """Return one document, or None."""
        with _errors(collection):
            fields = await self._stored(collection).find_one({"_id": document_id})
        return None if fields is None else self._decode(collection, fields)

    async def find(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        *,
        bounds: Range | None = None,
        descending: bool = False,
        limit: int = 100,
    ) -> list[T]:
        """Return documents along a declared index, ordered by its last field and then by id."""
        chosen = collection.index(index)
        *first, last = chosen.fields
        query: dict[str, Any] = dict(zip(first, leading(chosen, equals), strict=True))
        given = msgspec.structs.asdict(bounds or Range())
        limits = {f"${name}": key(bound) for name, bound in given.items() if bound is not None}
        if limits:
            query[last] = limits
        if limit < 1:
            return []
        order = DESCENDING if descending else ASCENDING
        sort = [(last, order), ("_id", order)]
        with _errors(collection):
            cursor = self._stored(collection).find(query, sort=sort, limit=limit, hint=index)
            found = await cursor.to_list(limit)
        return [self._decode(collection, fields) for fields in found]

    async def replace(self, collection: Collection[T], document: T) -> T:
        """Store `document` if its version is still the stored one; raises Conflict, Duplicate."""
        replaced = msgspec.structs.replace(document, version=document.version + 1)
        same = {"_id": document.id, "version": document.version}
        with _errors(collection):
            result = await self._stored(collection).replace_one(
                same, self._encode(collection, replaced)
            )
        if result.matched_count == 0:
            raise Conflict(f"{collection.name} has another {document.id}")
        return replaced

    async def claim(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        *,
        now: datetime,
        until: datetime,
        limit: int,
    ) -> list[T]:
        """Lease documents due at `now`; raises ValueError unless `until` is later."""
        if until <= now:
            raise ValueError("a lease ends after it begins")
        last = collection.index(index).fields[-1]
        claimed: list[T] = []
        while len(claimed) < limit:
            due = await self.find(
                collection, index, equals, bounds=Range(lte=now), limit=limit - len(claimed)
            )
            if not due:
                break
            leases = (self._lease(collection, document, last, until) for document in due)
            claimed += [lease for lease in await asyncio.gather(*leases) if lease is not None]
        return claimed

    async def delete(self, collection: Collection[T], document_id: str) -> bool:
        """Remove one document; tell whether it was there."""
        with _errors(collection):
            result = await self._stored(collection).delete_one({"_id": document_id})
        return bool(result.deleted_count)

    async def scrub(self) -> Literal["left"]:
        """Do nothing: the server keeps journals and free blocks until it writes over them."""
        return "left"

    async def _lease(
        self, collection: Collection[T], document: T, field: str, until: datetime
    ) -> T | None:
        """Move `field` to `until`; return None when another caller was faster."""
        moved: dict[str, Any] = {field: until}
        try:
            return await self.replace(collection, msgspec.structs.replace(document, **moved))
        except Conflict:
            return None

    def _stored(self, collection: Collection[Any]) -> Any:
        return self._database[collection.name]

    async def _indexed(self, collection: Collection[Any]) -> Mapping[str, Mapping[str, Any]]:
        with _errors(collection):
            indexes: dict[str, dict[str, Any]] = await self._stored(collection).index_information()
        return indexes

    async def _index(
        self, collection: Collection[Any], there: Mapping[str, Mapping[str, Any]]
    ) -> None:
        stored = self._stored(collection)
        for name, wanted in _indexes(collection).items():
            current = there.get(name)
            if current is not None:
                if all(current.get(option) == wanted.get(option) for option in _OPTIONS):
                    continue
                await stored.drop_index(name)
            await stored.create_index(wanted.pop("key"), name=name, **wanted)

    def _encode(self, collection: Collection[T], document: T) -> dict[str, Any]:
        fields: dict[str, Any] = msgspec.to_builtins(document, str_keys=True)
        for name in self._moments[collection.name]:
            moment = getattr(document, name)
            fields[name] = None if moment is None else to_micros(moment)
        if collection.expires is not None:
            fields[_EXPIRES] = getattr(document, collection.expires)
        return {"_id": fields.pop("id"), **fields}

    def _decode(self, collection: Collection[T], fields: dict[str, Any]) -> T:
        fields["id"] = fields.pop("_id")
        for name in self._moments[collection.name]:
            if fields.get(name) is not None:
                fields[name] = from_micros(fields[name])
        return msgspec.convert(fields, collection.type, str_keys=True)


def _indexes(collection: Collection[Any]) -> dict[str, dict[str, Any]]:
    """Return the key and the options of each index that `collection` needs, by name."""
    indexes: dict[str, dict[str, Any]] = {}
    many = lists(collection.type)
    for unique in collection.unique:
        indexes[unique.name] = {"key": _ascending(unique.fields), "unique": True}
        # Without this filter all empty lists would count as one and the same element.
        if filled := {f"{each}.0": {"$exists": True} for each in unique.fields if each in many}:
            indexes[unique.name]["partialFilterExpression"] = filled
    for index in collection.indexes:
        indexes[index.name] = {"key": _ascending((*index.fields, "_id"))}
    if collection.expires is not None:
        indexes[EXPIRY] = {"key": _ascending((_EXPIRES,)), "expireAfterSeconds": 0}
    return indexes


def _ascending(fields: tuple[str, ...]) -> list[tuple[str, int]]:
    return [(field, ASCENDING) for field in fields]


@contextmanager
def _errors(collection: Collection[Any]) -> Iterator[None]:
    """Turn what MongoDB refuses into Duplicate and StoreUnavailable."""
    try:
        yield
    except DuplicateKeyError as error:
        fields = ", ".join((error.details or {}).get("keyPattern", {}))
        raise Duplicate(f"{collection.name} has this {fields}") from None
    except (ConfigurationError, ConnectionFailure, OperationFailure, InvalidOperation) as error:
        # and what the server calls it, as AuthenticationFailed; an error's own words stay out
        said = (error.details or {}) if isinstance(error, OperationFailure) else {}
        name = f"{type(error).__name__} {said.get('codeName', '')}".strip()
        raise StoreUnavailable(f"the documents failed: {name}") from error
