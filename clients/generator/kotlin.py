"""Kotlin: sealed interfaces and data classes for kotlinx-serialization."""

import json
import re
from collections.abc import Iterable

from .model import Contract, Field, Record, Type
from .text import GENERATED, camel, comment, field_note

__all__ = ["frames", "resources"]

_NAMES = {
    "text": "String",
    "words": "String",
    "whole": "Long",
    "numbers": "Long",
    "number": "Double",
    "flag": "Boolean",
}
_RESERVED = re.compile(
    "as|break|class|continue|do|else|false|for|fun|if|in|interface|is|null|object|package|return"
    "|super|this|throw|true|try|typealias|typeof|val|var|when|while"
)
_HEAD = [
    f"// {GENERATED}",
    '@file:Suppress("RedundantVisibilityModifier")',
    "",
    "package ion.frames",
    "",
]
_IMPORTS = [
    "import kotlinx.serialization.DeserializationStrategy",
    "import kotlinx.serialization.SerialName",
    "import kotlinx.serialization.Serializable",
    "import kotlinx.serialization.json.JsonContentPolymorphicSerializer",
    "import kotlinx.serialization.json.JsonElement",
    "import kotlinx.serialization.json.JsonObject",
    "import kotlinx.serialization.json.JsonPrimitive",
    "import kotlinx.serialization.json.contentOrNull",
    "",
]
_SEALED = [
    "/** What a client says; read and write with a Json of `ignoreUnknownKeys`. */",
    "@Serializable",
    "public sealed interface ClientFrame",
    "",
    "/** What a server says; a frame of a type that is new is [Unknown]. */",
    "@Serializable(with = ServerFrameSerializer::class)",
    "public sealed interface ServerFrame",
    "",
    "/** A frame of a session's log, numbered by `seq`. */",
    "public sealed interface LogFrame : ServerFrame {",
    "    public val sessionId: String",
    "    public val seq: Long",
    "    public val at: String",
    "}",
    "",
    "/** A frame of a newer server: with a `seq` it moves the cursor, else ignore it. */",
    "@Serializable",
    "public data class Unknown(",
    '    val type: String = "",',
    '    @SerialName("session_id") val sessionId: String? = null,',
    "    val seq: Long? = null,",
    ") : ServerFrame",
    "",
]


def frames(contract: Contract) -> str:
    """Return Frames.kt."""
    lines = [
        *_HEAD,
        *_IMPORTS,
        *_SEALED,
        *_classes(contract.client, parent="ClientFrame"),
        *_classes(contract.server, parent="ServerFrame"),
        *_classes(contract.records),
        *_selector(contract.server),
    ]
    return "\n".join(lines) + "\n"


def resources(contract: Contract) -> str:
    """Return Resources.kt."""
    imports = [
        "import kotlinx.serialization.SerialName",
        "import kotlinx.serialization.Serializable",
        "import kotlinx.serialization.json.JsonElement",
        "",
    ]
    return "\n".join([*_HEAD, *imports, *_classes(contract.records)]).rstrip("\n") + "\n"


def _selector(records: Iterable[Record]) -> list[str]:
    cases = [f'            "{each.tag}" -> {each.name}.serializer()' for each in records]
    return [
        "internal object ServerFrameSerializer :",
        "    JsonContentPolymorphicSerializer<ServerFrame>(ServerFrame::class) {",
        "    override fun selectDeserializer(",
        "        element: JsonElement,",
        "    ): DeserializationStrategy<ServerFrame> =",
        '        when (((element as? JsonObject)?.get("type") as? JsonPrimitive)?.contentOrNull) {',
        *cases,
        "            else -> Unknown.serializer()",
        "        }",
        "}",
    ]


def _classes(records: Iterable[Record], *, parent: str = "") -> list[str]:
    return [line for each in records for line in _class(each, parent=parent)]


def _class(record: Record, *, parent: str) -> list[str]:
    kind = "LogFrame" if record.in_log else parent
    serial_name = [f'@SerialName("{record.tag}")'] if record.tag else []
    head = "data class" if record.fields else "class"
    fields = [line for each in record.fields for line in _property(each, in_log=record.in_log)]
    return [
        *comment(record.doc),
        "@Serializable",
        *serial_name,
        f"public {head} {record.name}(",
        *fields,
        f"){f' : {kind}' if kind else ''}",
        "",
    ]


def _property(field: Field, *, in_log: bool) -> list[str]:
    name = camel(field.name)
    rename = f'@SerialName("{field.name}") ' if name != field.name else ""
    override = "override " if in_log and field.name in ("session_id", "seq", "at") else ""
    default = "" if field.required else f" = {_default(field)}"
    mark = "?" if _nullable(field) else ""
    line = f"    {rename}{override}val {_escaped(name)}: {_type(field.type)}{mark}{default},"
    return [*comment(field_note(field, values=True), indent=4), line]


def _escaped(name: str) -> str:
    return f"`{name}`" if _RESERVED.fullmatch(name) else name


def _nullable(field: Field) -> bool:
    return field.nullable or (not field.required and field.default is None)


def _default(field: Field) -> str:
    if _nullable(field) and field.default is None:
        return "null"
    if isinstance(field.default, list):
        return "emptyList()"
    if isinstance(field.default, dict):
        return f"{field.type.name}()"
    return json.dumps(field.default, ensure_ascii=False)


def _type(kind: Type) -> str:
    if kind.item is not None:
        item = _type(kind.item)
        return f"Map<String, {item}>" if kind.kind == "map" else f"List<{item}>"
    return kind.name or _NAMES.get(kind.kind, "JsonElement")
