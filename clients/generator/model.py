"""The contract's types as writers of languages need them, read from JSON Schema."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Contract", "Field", "Kind", "Record", "Type", "frames", "resources"]

Kind = Literal[
    "text", "whole", "number", "flag", "words", "numbers", "record", "list", "map", "any"
]
_KINDS: dict[str, Kind] = {
    "string": "text",
    "integer": "whole",
    "number": "number",
    "boolean": "flag",
    "object": "any",
}
_LOG_FIELDS = {"session_id", "seq", "at"}
_API = "/api/v2.1/"


@dataclass(frozen=True)
class Type:
    """What a field holds: `words` and `numbers` name the `values` known today."""

    kind: Kind
    name: str = ""
    values: tuple[Any, ...] = ()
    item: "Type | None" = None


@dataclass(frozen=True)
class Field:
    """One field of a record; `default` counts when it is not `required`."""

    name: str
    type: Type
    required: bool
    nullable: bool
    default: Any = None
    limit: str = ""


@dataclass(frozen=True)
class Record:
    """An object of the contract; frames have a `tag`."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    tag: str | None = None

    @property
    def in_log(self) -> bool:
        """Whether it stands in a session's log."""
        required = {each.name for each in self.fields if each.required}
        return self.tag is not None and required >= _LOG_FIELDS


@dataclass(frozen=True)
class Contract:
    """Frames by their sender, and the records that they are made of."""

    client: tuple[Record, ...] = ()
    server: tuple[Record, ...] = ()
    records: tuple[Record, ...] = field(default=())


def frames(schema: Mapping[str, Any]) -> Contract:
    """Return what frames.schema.json describes."""
    definitions = schema["$defs"]
    client, server = (_members(definitions[name]) for name in ("ClientFrame", "ServerFrame"))
    others = [each for each in definitions if each not in {*client, *server}]
    return Contract(
        client=tuple(_record(name, definitions[name]) for name in client),
        server=tuple(_record(name, definitions[name]) for name in server),
        records=tuple(
            _record(name, definitions[name]) for name in others if "oneOf" not in definitions[name]
        ),
    )


def resources(document: Mapping[str, Any], known: Contract) -> Contract:
    """Return what of openapi.json the paths of this API use and frames do not describe."""
    definitions = document["components"]["schemas"]
    paths = [each for path, each in document["paths"].items() if path.startswith(_API)]
    described = {each.name for each in (*known.client, *known.server, *known.records)}
    names = sorted(_reached(paths, definitions) - described)
    return Contract(records=tuple(_record(name, definitions[name]) for name in names))


def _members(union: Mapping[str, Any]) -> list[str]:
    return [_name(each) for each in union["oneOf"]]


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"].rpartition("/")[2])


def _reached(start: Iterable[Any], definitions: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [name for each in start for name in _references(each)]
    while waiting:
        name = waiting.pop()
        if name not in found and "properties" in definitions[name]:
            found.add(name)
            waiting += _references(definitions[name])
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield _name(value)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)


def _record(name: str, schema: Mapping[str, Any]) -> Record:
    properties = dict(schema["properties"])
    tag = properties.pop("type")["enum"][0] if _is_tag(properties.get("type", {})) else None
    required = set(schema.get("required", ()))
    return Record(
        name=name,
        doc=inspect.cleandoc(schema.get("description", "")),
        fields=tuple(
            _field(key, each, required=key in required) for key, each in properties.items()
        ),
        tag=tag,
    )


def _is_tag(schema: Mapping[str, Any]) -> bool:
    return len(schema.get("enum", ())) == 1


def _field(name: str, schema: Mapping[str, Any], *, required: bool) -> Field:
    options = schema.get("anyOf") or schema.get("oneOf") or [schema]
    inner = [each for each in options if each.get("type") != "null"]
    return Field(
        name=name,
        type=_type(inner[0]) if len(inner) == 1 else Type("any"),
        required=required,
        nullable=len(inner) < len(options) or ("default" in schema and schema["default"] is None),
        default=schema.get("default"),
        limit=_limit(inner[0]),
    )


def _type(schema: Mapping[str, Any]) -> Type:
    if "$ref" in schema:
        return Type("record", name=_name(schema))
    if "enum" in schema:
        values = tuple(schema["enum"])
        return Type("words" if isinstance(values[0], str) else "numbers", values=values)
    if schema.get("type") == "array":
        return Type("list", item=_type(schema["items"]))
    if isinstance(schema.get("additionalProperties"), Mapping):
        return Type("map", item=_type(schema["additionalProperties"]))
    kind = schema.get("type")
    return Type(_KINDS.get(kind, "any") if isinstance(kind, str) else "any")


def _limit(schema: Mapping[str, Any]) -> str:
    if "maxLength" in schema:
        return f"At most {schema['maxLength']} characters."
    if "maxItems" in schema:
        return f"At most {schema['maxItems']}."
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}."
    return ""
