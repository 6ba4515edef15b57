"""The OpenAPI document is true: Schemathesis tries every route, and each answer is as it says."""

import asyncio
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.asgi import openapi_schema
from app.contract import GENERATED
from sessions.stores.limits import Charge, Verdict
from sessions.stores.redis_limits import RedisLimits
from tests.house import House, running_house

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
OPERATOR = "an operator's token of more than 32 characters"
ENDLESS = "/events$"
PATHS = sorted(json.loads((GENERATED / "openapi.json").read_text())["paths"])


async def unlimited(self: RedisLimits, *charges: Charge) -> Verdict:
    """Let everything through: answers of 429 would hide all others."""
    return Verdict(wait_ms=0, standings=())


async def tried(house: House, token: str, *options: str) -> tuple[int, str]:
    """Run Schemathesis with a token, and return its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{house.url}/docs/openapi.json"),
        *("--checks", CHECKS, "--exclude-path-regex", ENDLESS, "--phases", "fuzzing"),
        *("--max-examples", "6", "--seed", "7", "--generation-database", "none"),
        *("--header", f"Authorization: Bearer {token}", "--no-color", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def test_no_answer_is_a_5xx_or_against_its_schema(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RedisLimits, "take", unlimited)
    async with running_house(
        tmp_path, redis_url, operator_token=OPERATOR, scripted_interval_ms=0
    ) as house:
        code, printed = await tried(house, await house.token())
        operator_code, operator_printed = await tried(
            house, OPERATOR, "--include-path-regex", "^/api/v2/cache/|/operator/"
        )

    assert code == 0, printed
    assert operator_code == 0, operator_printed


@cache
def schema() -> dict[str, Any]:
    """Return the document, made once: it takes half a second."""
    return openapi_schema()


def test_every_route_is_among_those_whose_errors_are_looked_at() -> None:
    assert sorted(schema()["paths"]) == PATHS


@pytest.mark.parametrize("path", PATHS)
def test_every_route_names_its_errors_in_the_shape_of_its_version(path: str) -> None:
    for operation in schema()["paths"][path].values():
        told = {
            media: content["schema"].get("$ref", "")
            for status, answer in operation["responses"].items()
            if int(status) >= 400 and int(status) != 503
            for media, content in answer["content"].items()
        }
        if path.startswith("/api/v2.1/"):
            assert set(told) <= {"application/problem+json"}
        else:
            assert set(told) <= {"application/json"}


def test_the_days_of_a_check_in_are_told_with_their_bounds() -> None:
    days = schema()["components"]["schemas"]["CreateCheckIn"]["properties"]["days"]
    day = days["items"]
    assert (day["type"], day["minimum"], day["maximum"]) == ("integer", 1, 7)
    assert day["description"] == "1 Monday to 7 Sunday"


def test_no_list_is_of_something_unknown() -> None:
    assert "{}]}" not in json.dumps(schema()["components"]["schemas"], separators=(",", ":"))
