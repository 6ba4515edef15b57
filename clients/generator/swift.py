"""Swift: structs that survive missing keys, and enums with a case for what is new."""

import json
from collections.abc import Iterable

from .model import Contract, Field, Record, Type
from .text import GENERATED, camel, field_note, indented

__all__ = ["frames", "resources"]

_NAMES = {
    "text": "String",
    "words": "String",
    "whole": "Int",
    "numbers": "Int",
    "number": "Double",
    "flag": "Bool",
}
_RESERVED = {"protocol", "private", "default", "as", "in", "is", "self", "init", "operator"}


def frames(contract: Contract) -> str:
    """Return Frames.swift."""
    lines = [
        f"// {GENERATED}",
        "",
        "import Foundation",
        "",
        *_structs(contract.records, "Codable"),
        *_client(contract.client),
        *_server(contract.server),
        *_HELPERS,
    ]
    return "\n".join(lines) + "\n"


def resources(contract: Contract) -> str:
    """Return Resources.swift."""
    lines = [f"// {GENERATED}", "", "import Foundation", ""]
    return "\n".join([*lines, *_structs(contract.records, "Codable")]).rstrip("\n") + "\n"


_HELPERS = [
    "/// Any JSON, for fields without a shape of their own.",
    "public enum JSONValue: Codable, Equatable, Sendable {",
    "    case null",
    "    case bool(Bool)",
    "    case number(Double)",
    "    case string(String)",
    "    case array([JSONValue])",
    "    case object([String: JSONValue])",
    "",
    "    public init(from decoder: Decoder) throws {",
    "        let box = try decoder.singleValueContainer()",
    "        if box.decodeNil() { self = .null; return }",
    "        if let value = try? box.decode(Bool.self) { self = .bool(value); return }",
    "        if let value = try? box.decode(Double.self) { self = .number(value); return }",
    "        if let value = try? box.decode(String.self) { self = .string(value); return }",
    "        if let value = try? box.decode([JSONValue].self) { self = .array(value); return }",
    "        self = .object(try box.decode([String: JSONValue].self))",
    "    }",
    "",
    "    public func encode(to encoder: Encoder) throws {",
    "        var box = encoder.singleValueContainer()",
    "        switch self {",
    "        case .null: try box.encodeNil()",
    "        case .bool(let value): try box.encode(value)",
    "        case .number(let value): try box.encode(value)",
    "        case .string(let value): try box.encode(value)",
    "        case .array(let value): try box.encode(value)",
    "        case .object(let value): try box.encode(value)",
    "        }",
    "    }",
    "}",
    "",
    "/// What of a frame is needed to keep the cursor right when the rest is not understood.",
    "public struct UnknownFrame: Decodable, Equatable, Sendable {",
    "    public var type: String",
    "    public var sessionId: String?",
    "    public var seq: Int?",
    "",
    "    enum CodingKeys: String, CodingKey {",
    "        case type",
    '        case sessionId = "session_id"',
    "        case seq",
    "    }",
    "",
    "    public init(from decoder: Decoder) throws {",
    "        let box = try decoder.container(keyedBy: CodingKeys.self)",
    '        type = (try? box.decode(String.self, forKey: .type)) ?? ""',
    "        sessionId = try? box.decode(String.self, forKey: .sessionId)",
    "        seq = try? box.decode(Int.self, forKey: .seq)",
    "    }",
    "}",
    "",
    "enum TypeKey: String, CodingKey {",
    "    case type",
    "}",
]


def _client(records: tuple[Record, ...]) -> list[str]:
    cases = [f"    case {_case(each)}({each.name})" for each in records]
    encoders = [
        line
        for each in records
        for line in (
            f"        case .{_case(each)}(let frame):",
            f'            try box.encode("{each.tag}", forKey: .type)',
            "            try frame.encode(to: encoder)",
        )
    ]
    return [
        "/// What a client says.",
        "public enum ClientFrame: Encodable, Equatable, Sendable {",
        *cases,
        "",
        "    public func encode(to encoder: Encoder) throws {",
        "        var box = encoder.container(keyedBy: TypeKey.self)",
        "        switch self {",
        *encoders,
        "        }",
        "    }",
        "",
        *indented(_structs(records, "Encodable"), 4)[:-1],
        "}",
        "",
    ]


def _server(records: tuple[Record, ...]) -> list[str]:
    cases = [f"    case {_case(each)}({each.name})" for each in records]
    decoders = [
        f'        case "{each.tag}": known = (try? {each.name}(from: decoder))'
        f".map(ServerFrame.{_case(each)})"
        for each in records
    ]
    return [
        "/// What a server says; what is new, or not as expected, is `unknown`.",
        "public enum ServerFrame: Decodable, Equatable, Sendable {",
        *cases,
        "    case unknown(UnknownFrame)",
        "",
        "    public init(from decoder: Decoder) throws {",
        "        let other = try UnknownFrame(from: decoder)",
        "        let known: ServerFrame?",
        "        switch other.type {",
        *decoders,
        "        default: known = nil",
        "        }",
        "        self = known ?? .unknown(other)",
        "    }",
        "",
        *_place(records),
        "",
        *indented(_structs(records, "Decodable"), 4)[:-1],
        "}",
        "",
    ]


def _place(records: Iterable[Record]) -> list[str]:
    cases = [
        f"        case .{_case(each)}(let frame): return (frame.sessionId, frame.seq)"
        for each in records
        if each.in_log
    ]
    return [
        "    /// The frame's place in a session's log, nil for a frame outside of one.",
        "    public var place: (sessionId: String, seq: Int)? {",
        "        switch self {",
        *cases,
        "        case .unknown(let frame):",
        "            guard let id = frame.sessionId, let seq = frame.seq else { return nil }",
        "            return (id, seq)",
        "        default: return nil",
        "        }",
        "    }",
    ]


def _case(record: Record) -> str:
    name = camel(record.tag or record.name)
    return f"`{name}`" if name in _RESERVED else name


def _structs(records: Iterable[Record], conformance: str) -> list[str]:
    return [line for each in records for line in _struct(each, conformance)]


def _struct(record: Record, conformance: str) -> list[str]:
    fields = record.fields
    lines = [
        *_doc(record.doc),
        f"public struct {record.name}: {conformance}, Equatable, Sendable {{",
        *[line for each in fields for line in _property(each)],
    ]
    if fields:
        lines += ["", "    enum CodingKeys: String, CodingKey {", *map(_key, fields), "    }"]
        lines += ["", *_init(fields)]
    else:
        lines.append("    public init() {}")
    if conformance != "Encodable":
        lines += ["", *_decoder(fields)]
    return [*lines, "}", ""]


def _doc(text: str, indent: int = 0) -> list[str]:
    pad = " " * indent
    return [f"{pad}/// {each}".rstrip() for each in text.split("\n")] if text else []


def _property(field: Field) -> list[str]:
    note = _doc(field_note(field, values=True), 4)
    return [*note, f"    public var {_name(field)}: {_type_of(field)}"]


def _key(field: Field) -> str:
    name = camel(field.name)
    raw = f' = "{field.name}"' if name != field.name else ""
    return f"        case {_name(field)}{raw}"


def _init(fields: tuple[Field, ...]) -> list[str]:
    ordered = sorted(fields, key=lambda each: not each.required)
    parameters = [
        f"        {_name(each)}: {_type_of(each)}{'' if each.required else f' = {_default(each)}'}"
        for each in ordered
    ]
    return [
        "    public init(",
        *[f"{each}," for each in parameters[:-1]],
        parameters[-1],
        "    ) {",
        *[f"        self.{camel(each.name)} = {_name(each)}" for each in fields],
        "    }",
    ]


def _decoder(fields: tuple[Field, ...]) -> list[str]:
    if not fields:
        return ["    public init(from decoder: Decoder) throws {}"]
    return [
        "    public init(from decoder: Decoder) throws {",
        "        let box = try decoder.container(keyedBy: CodingKeys.self)",
        *[f"        self.{camel(each.name)} = {_decoded(each)}" for each in fields],
        "    }",
    ]


def _decoded(field: Field) -> str:
    key, kind = f"forKey: .{camel(field.name)}", _type(field.type)
    if _optional(field):
        return f"try box.decodeIfPresent({kind}.self, {key})"
    if field.required:
        return f"try box.decode({kind}.self, {key})"
    return f"try box.decodeIfPresent({kind}.self, {key}) ?? {_default(field)}"


def _name(field: Field) -> str:
    name = camel(field.name)
    return f"`{name}`" if name in _RESERVED else name


def _optional(field: Field) -> bool:
    return field.nullable or (not field.required and field.default is None)


def _type_of(field: Field) -> str:
    return _type(field.type) + ("?" if _optional(field) else "")


def _default(field: Field) -> str:
    if _optional(field) and field.default is None:
        return "nil"
    if isinstance(field.default, dict):
        return f"{field.type.name}()"
    return json.dumps(field.default, ensure_ascii=False)


def _type(kind: Type) -> str:
    if kind.item is not None:
        item = _type(kind.item)
        return f"[String: {item}]" if kind.kind == "map" else f"[{item}]"
    return kind.name or _NAMES.get(kind.kind, "JSONValue")
