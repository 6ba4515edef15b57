"""Fields of v1 requests, and what is found wrong with them in the words of v1 (Pydantic's)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.v1 import Finding

__all__ = ["CannotProcess", "flag", "object_of", "texts"]

_TRUE = ("1", "true", "t", "yes", "y", "on")
_FALSE = ("0", "false", "f", "no", "n", "off")


class CannotProcess(Exception):
    """Fields are missing or out of bounds."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__()
        self.findings = findings


def object_of(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; raises CannotProcess."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        finding = Finding(type="json_invalid", loc=("body", 0), msg="JSON decode error", input={})
        raise CannotProcess(finding) from None
    if not isinstance(value, dict):
        message = "Input should be a valid dictionary or object to extract fields from"
        raise CannotProcess(
            Finding(type="model_attributes_type", loc=("body",), msg=message, input=value)
        )
    return value


def texts(fields: Mapping[str, Any], bounds: Mapping[str, int], *, where: str) -> dict[str, str]:
    """Return the texts of these names, trimmed, each of 1 to its bound of characters.

    `where` is body or query. Raises CannotProcess with all that is wrong.
    """
    findings = [
        finding
        for name, most in bounds.items()
        if (finding := _wrong(fields, name, most, where)) is not None
    ]
    if findings:
        raise CannotProcess(*findings)
    return {name: fields[name].strip() for name in bounds}


def flag(fields: Mapping[str, str], name: str) -> bool:
    """Return a query parameter as a truth value, False without it; raises CannotProcess."""
    raw = fields.get(name)
    if raw is None or raw.lower() in _FALSE:
        return False
    if raw.lower() in _TRUE:
        return True
    message = "Input should be a valid boolean, unable to interpret input"
    raise CannotProcess(Finding(type="bool_parsing", loc=("query", name), msg=message, input=raw))


def _wrong(fields: Mapping[str, Any], name: str, most: int, where: str) -> Finding | None:
    def finding(kind: str, message: str, given: object) -> Finding:
        return Finding(type=kind, loc=(where, name), msg=message, input=given)

    if name not in fields:
        whole = dict(fields) if where == "body" else None
        return finding("missing", "Field required", whole)
    value = fields[name]
    if not isinstance(value, str):
        return finding("string_type", "Input should be a valid string", value)
    if not value.strip():
        return finding("string_too_short", "String should have at least 1 character", value)
    if len(value.strip()) > most:
        message = f"String should have at most {most} characters"
        return finding("string_too_long", message, value)
    return None
