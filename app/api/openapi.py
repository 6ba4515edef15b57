"""The OpenAPI document: what Litestar knows of v2.1, made true, and what v1 and v2 say."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from app.api.endpoint import DESCRIBED, Described
from app.api.openapi_problems import with_problems
from app.api.versions import version_of

__all__ = ["CompleteJson", "completed"]

_BEARER: dict[str, list[str]] = {"bearer": []}
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "never": [],
    "may": [{}, _BEARER],
    "must": [_BEARER],
    "operator": [{"operator": []}],
}
_Routes = list[tuple[str, Described]]


class CompleteJson(JsonRenderPlugin):
    """Serves the complete document."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document as JSON."""
        return msgspec.json.encode(completed(openapi_schema, request.app))


def completed(document: dict[str, Any], app: Litestar) -> dict[str, Any]:
    """Return a document in which every route of `app` is told with all its answers."""
    document = with_problems(document)
    paths, schemas = dict(document["paths"]), dict(document["components"]["schemas"])
    for version in ("1", "2"):
        routes = sorted(
            (each for each in _described(app) if _version(each[0]) == version),
            key=lambda each: (each[0], each[1].method),
        )
        names, made = _schemas(routes, f"V{version}")
        schemas |= made
        for path, described in routes:
            operation = _operation(path, described, names, version)
            paths[path] = paths.get(path, {}) | {described.method.lower(): operation}
    security = document["components"]["securitySchemes"] | {
        "operator": {
            "type": "http",
            "scheme": "bearer",
            "description": "ION_OPERATOR_TOKEN, as the server was given it.",
        }
    }
    components = document["components"] | {"schemas": schemas, "securitySchemes": security}
    return document | {"paths": paths, "components": components}


def _described(app: Litestar) -> Iterator[tuple[str, Described]]:
    for each in app.routes:
        if isinstance(each, HTTPRoute):
            for handler in each.route_handlers:
                if (described := handler.opt.get(DESCRIBED)) is not None:
                    yield each.path_format, described


def _version(path: str) -> str:
    return "1" if path == "/" else version_of(path)


def _schemas(routes: _Routes, prefix: str) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return the schema of each type that the routes take or give, and all components."""
    types = {
        type_: None
        for _, described in routes
        for type_ in (described.takes, *described.gives.values())
        if type_ is not None
    }
    found, components = msgspec.json.schema_components(
        types, ref_template=f"#/components/schemas/{prefix}{{name}}"
    )
    return (
        dict(zip(types, found, strict=True)),
        {f"{prefix}{name}": schema for name, schema in components.items()},
    )


def _operation(
    path: str, described: Described, schemas: dict[Any, Any], version: str
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [f"v{version}"],
        "summary": described.summary,
        "operationId": _operation_id(described.method, path, version),
        "parameters": [*_in_path(path), *_in_query(described)],
        "responses": {
            str(status): {
                "description": HTTPStatus(status).phrase,
                "content": {"application/json": {"schema": schemas[type_]}},
            }
            for status, type_ in sorted(described.gives.items())
        },
        "deprecated": version == "1",
        "security": _SECURITY[described.secured],
    }
    if described.takes is not None:
        content = {"application/json": {"schema": schemas[described.takes]}}
        operation["requestBody"] = {"content": content, "required": True}
    return operation


def _operation_id(method: str, path: str, version: str) -> str:
    words = path.removeprefix("/api/v2").replace("{", "").replace("}", "").replace("-", "/")
    parts = [part.capitalize() for part in words.split("/") if part] or ["Root"]
    return f"V{version}{method.capitalize()}{''.join(parts)}"


def _in_path(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _in_query(described: Described) -> list[dict[str, Any]]:
    return [
        {
            "name": name.rstrip("!"),
            "in": "query",
            "required": name.endswith("!"),
            "schema": schema,
        }
        for name, schema in described.query.items()
    ]
