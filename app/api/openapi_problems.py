"""What v2.1 answers when something is wrong: problem details, by what a route takes."""

from http import HTTPStatus
from typing import Any

import msgspec

from schemas.checkins import CreateCheckIn
from schemas.resources import Health, Problem

__all__ = ["with_problems"]

V21 = "/api/v2.1/"
OPEN = ("/api/v2.1/auth/", "/api/v2.1/health/", "/api/v2.1/personas")
AT_PAGES = ("/auth/refresh", "/auth/visitor", "/auth/exchange")
_REF = "#/components/schemas/{name}"
_PROBLEM = {
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
}


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document in which every operation of v2.1 names what it answers besides."""
    _, components = msgspec.json.schema_components(
        [Problem, Health, CreateCheckIn], ref_template=_REF
    )
    # Litestar takes the dots of a bounded tuple[T, ...] for a type, and drops the bounds of T
    schemas = document["components"]["schemas"] | {
        name: components[name] for name in ("Problem", "CreateCheckIn")
    }
    paths = {
        path: {method: _told(path, method, operation) for method, operation in each.items()}
        if path.startswith(V21)
        else each
        for path, each in document["paths"].items()
    }
    return document | {
        "paths": paths,
        "components": document["components"] | {"schemas": schemas},
    }


def _told(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    responses = dict(operation["responses"])
    for status in _statuses(path, method, operation):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, **_PROBLEM}
    if path.endswith("/health/ready"):
        responses["503"] = {**responses["200"], "description": "Service Unavailable"}
    told = operation | {"responses": dict(sorted(responses.items()))}
    return told | {"security": []} if path.startswith(OPEN) else told


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    if path.startswith("/api/v2.1/health/"):
        return set()
    found = {400, 429, 500, 503}
    if not path.startswith(OPEN) or path.endswith(AT_PAGES):
        # a token may be forged, or for pages of another origin
        found |= {401, 403}
    if "{" in path:
        found |= {404, 410}
    if path.endswith("/events"):
        found.add(406)
    if "requestBody" in operation:
        found |= {409, 413}
    return found
