"""TypeScript: interfaces and discriminated unions."""

import json
from collections.abc import Iterable

from .model import Contract, Field, Record, Type
from .text import GENERATED, comment, field_note

__all__ = ["frames", "resources"]

_NAMES = {"text": "string", "whole": "number", "number": "number", "flag": "boolean"}


_HEAD = [
    f"// {GENERATED}",
    "// Values and frames that newer servers may add are not listed: keep a default branch.",
    "",
]


def frames(contract: Contract) -> str:
    """Return frames.ts."""
    log = [each for each in contract.server if each.in_log]
    lines = [
        *_HEAD,
        *_interfaces(contract.records),
        *_interfaces(contract.client),
        *_interfaces(contract.server),
        *_union("ClientFrame", "What a client says.", contract.client),
        *_union("LogFrame", "A frame of a session's log, numbered by `seq`.", log),
        *_union("ServerFrame", "What a server says, as far as it is known here.", contract.server),
        *_UNKNOWN,
    ]
    return "\n".join(lines) + "\n"


def resources(contract: Contract, known: Contract) -> str:
    """Return resources.ts, which takes what frames have too from there."""
    names = {each.name for each in (*known.client, *known.server, *known.records)}
    used = {name for record in contract.records for name in _mentioned(record)} & names
    lines = [
        *_HEAD,
        f'import type {{ {", ".join(sorted(used))} }} from "./frames.js";',
        "",
        *_interfaces(contract.records),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


_UNKNOWN = [
    "/** A frame of a newer server: when it has a `seq` it moves the cursor, else ignore it. */",
    "export interface UnknownFrame {",
    "  type: string;",
    "  session_id?: string;",
    "  seq?: number;",
    "}",
]


def _interfaces(records: Iterable[Record]) -> list[str]:
    return [line for each in records for line in _interface(each)]


def _interface(record: Record) -> list[str]:
    tag = [f'  type: "{record.tag}";'] if record.tag else []
    fields = [line for each in record.fields for line in _property(each)]
    head = f"export interface {record.name} {{"
    return [*comment(record.doc), head, *tag, *fields, "}", ""]


def _property(field: Field) -> list[str]:
    null = " | null" if field.nullable else ""
    default = _default(field)
    note = f"{field_note(field, values=False)} {default}".strip()
    mark = "" if field.required else "?"
    line = f"  {field.name}{mark}: {_type(field.type)}{null};"
    return [*comment(note, indent=2), line]


def _default(field: Field) -> str:
    if field.required or field.default in (None, "", []):
        return ""
    return f"Left out: {json.dumps(field.default)}."


def _type(kind: Type) -> str:
    if kind.kind == "record":
        return kind.name
    if kind.item is not None:
        item = _type(kind.item)
        if kind.kind == "map":
            return f"Record<string, {item}>"
        return f"({item})[]" if " " in item else f"{item}[]"
    if kind.values:
        return " | ".join(json.dumps(each) for each in kind.values)
    return _NAMES.get(kind.kind, "unknown")


def _union(name: str, doc: str, records: Iterable[Record]) -> list[str]:
    members = [f"  | {each.name}" for each in records]
    return [*comment(doc), f"export type {name} =", *members[:-1], f"{members[-1]};", ""]


def _mentioned(record: Record) -> set[str]:
    kinds = [each.type.item or each.type for each in record.fields]
    return {each.name for each in kinds if each.name}
