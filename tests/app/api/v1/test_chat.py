"""API v1 over real HTTP: its shapes, bounds and errors."""

from typing import Any

import httpx
import pytest
from msgspec import structs

from app.api.v1 import chat
from app.security.rates import CHAT
from sessions import asking
from sessions.personas.resonance import make_key
from sessions.route import hear
from sessions.stores.limits import Charge
from tests.house import House

WORDS = "".join(f"w{number} " for number in range(12))
DEPRECATED = ("deprecation", "sunset", "link", "x-api-version")


def v1(house: House, token: str | None = None) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(base_url=house.url, headers=headers, timeout=30)


async def test_a_message_is_answered_in_the_old_shape(house: House) -> None:
    async with v1(house) as client:
        answer = await client.post(
            "/chat",
            json={
                "message": " My girlfriend broke up with me. I feel so lonely! ",
                "user_id": "u1",
            },
        )

    body = answer.json()
    assert answer.status_code == 200
    assert list(body) == ["content", "persona_used", "resonance_key", "confidence", "metadata"]
    assert body["content"] == WORDS
    assert body["persona_used"] == "lua"
    assert body["metadata"]["rhythm"] == {
        "pace": body["resonance_key"].split("-")[1],
        "avg_length": 5,
        "punctuation_density": 0.0408,
    }
    assert list(body["metadata"]["tone"]) == ["primary", "confidence", "secondary"]
    assert list(body["metadata"]["routing"]) == ["secondary_persona", "reasoning"]


async def test_tone_and_pace_are_those_that_the_answer_was_made_with(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard_otherwise(*args: Any, **named: Any) -> Any:
        return hear(*args, **named | {"key": make_key("playful", "burst", "planning")})

    monkeypatch.setattr(asking, "hear", heard_otherwise)
    async with v1(house) as client:
        asked = {"message": "I am so worried about tomorrow", "user_id": "u1"}
        body = (await client.post("/chat", json=asked)).json()

    assert body["resonance_key"] == "playful-burst-planning"
    assert body["metadata"]["rhythm"]["pace"] == "burst"
    assert body["metadata"]["tone"]["primary"] == "playful"


@pytest.mark.parametrize("path", ["/", "/health", "/summaries/x", "/chat", "/chat/nowhere"])
async def test_every_answer_says_that_v1_is_deprecated_and_what_follows(
    house: House, path: str
) -> None:
    async with v1(house) as client:
        answer = await client.get(path)

    assert [answer.headers[name] for name in DEPRECATED] == [
        "@1796083200",
        "Wed, 01 Dec 2027 00:00:00 GMT",
        '</api/v2>; rel="successor-version"',
        "1",
    ]


async def test_browsers_get_the_chat_and_programs_the_facts(house: House) -> None:
    async with v1(house) as client:
        facts = await client.get("/")
        page = await client.get("/", headers={"accept": "text/html,application/xml;q=0.9,*/*"})

    assert facts.json()["status"] == "running"
    assert list(facts.json()) == ["service", "version", "status", "docs", "health"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "x-api-version" not in page.headers
    assert facts.headers["vary"] == page.headers["vary"] == "accept"


async def test_health_tells_of_the_cache(house: House) -> None:
    async with v1(house) as client:
        body = (await client.get("/health")).json()

    assert body | {"version": ""} == {
        "status": "healthy",
        "version": "",
        "pipeline_ready": True,
        "redis_cache": {"enabled": True, "connected": True},
    }


def found(kind: str, field: str, message: str, given: object) -> dict[str, Any]:
    return {"type": kind, "loc": ["body", field], "msg": message, "input": given}


LONG = "String should have at most 1000 characters"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (
            {"message": "  ", "user_id": "u"},
            [found("string_too_short", "message", "String should have at least 1 character", "  ")],
        ),
        (
            {"message": "x" * 1001, "user_id": "u"},
            [found("string_too_long", "message", LONG, "x" * 1001)],
        ),
        (
            {"message": "x" * 100_000, "user_id": "u"},
            [found("string_too_long", "message", LONG, "x" * 100_000)],
        ),
        (
            {"message": 5, "user_id": "u" * 129},
            [
                found("string_type", "message", "Input should be a valid string", 5),
                found(
                    *("string_too_long", "user_id", "String should have at most 128 characters"),
                    "u" * 129,
                ),
            ],
        ),
        (
            {"message": "hi"},
            [found("missing", "user_id", "Field required", {"message": "hi"})],
        ),
    ],
)
async def test_bad_fields_are_told_as_before(
    house: House, body: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    async with v1(house) as client:
        answer = await client.post("/chat", json=body)

    assert answer.status_code == 422
    assert answer.json() == {"detail": details}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b""])
async def test_a_body_that_is_no_object_cannot_be_processed(house: House, body: bytes) -> None:
    async with v1(house) as client:
        answer = await client.post("/chat", content=body)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][0] == "body"


@pytest.mark.parametrize("text", [" " * 50 + "x" * 1000 + "\n", "🙂🙂🙂", "```\nx = 1\n```"])
async def test_bounds_count_what_is_left_after_trimming(house: House, text: str) -> None:
    async with v1(house) as client:
        answer = await client.post("/chat", json={"message": text, "user_id": " u "})

    assert answer.status_code == 200


async def test_errors_are_an_error_and_its_status(house: House) -> None:
    async with v1(house) as client:
        refused = await client.get("/chat")
        forged = await client.get("/summaries/x", headers={"authorization": "Bearer x"})

    assert refused.json() == {"error": "Method Not Allowed", "status_code": 405}
    assert forged.json() == {"error": "the token is not valid", "status_code": 401}


async def test_an_address_has_30_messages_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nothing comes back while the test runs, however slow it is
    rate = structs.replace(CHAT, per_minute=1)
    monkeypatch.setattr(chat, "CHAT", rate)
    await house.product.limits.take(Charge(rate=rate, who="127.0.0.1", cost=29))
    async with v1(house) as client:
        last, refused = [
            await client.post("/chat", json={"message": "hi", "user_id": f"u{number}"})
            for number in range(2)
        ]

    assert (last.status_code, refused.status_code) == (200, 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["status_code"] == 429


async def test_a_crisis_gets_the_safety_answer(house: House) -> None:
    async with v1(house) as client:
        body = (
            await client.post("/chat", json={"message": "I want to kill myself", "user_id": "u"})
        ).json()

    assert body["content"] != WORDS
    assert "988" in body["content"] or "emergency" in body["content"]
