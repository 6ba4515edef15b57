"""Recommendations, personas, health and the cache of API v2 over real HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs

from app.api.v2 import people
from app.security.rates import OPEN
from app.security.tokens import Tokens
from sessions.experiments.experiment import Experiment, Metric, Step
from sessions.warming import load_starters
from tests.app.api.v2.asking import v2
from tests.house import House, running_house

OPERATOR = "an operator's token of more than 32 characters"


async def test_a_recommendation_has_scores_capabilities_and_a_reason(house: House) -> None:
    async with v2(house) as client:
        body = (
            await client.post(
                "/recommend",
                json={"scenario": "hi", "context": {"tone": "frustrated", "pace": "burst"}},
            )
        ).json()

    assert set(body) == {
        *("recommended_persona", "scores", "capabilities", "reasoning", "timestamp"),
    }
    assert body["recommended_persona"] == "lua"
    assert body["capabilities"]["name"] == "Lua"
    assert body["capabilities"]["best_for_tones"] == ["frustrated", "playful", "anxious"]
    assert body["reasoning"]


async def test_the_scores_of_an_analysed_text_are_chances(house: House) -> None:
    async with v2(house) as client:
        body = (await client.post("/recommend", json={"scenario": "compare both plans"})).json()

    assert sum(body["scores"].values()) == pytest.approx(1, abs=0.001)
    assert max(body["scores"], key=body["scores"].get) == body["recommended_persona"]


async def test_personas_are_compared_in_the_order_in_which_they_fit(house: House) -> None:
    asked = {"scenario": "hi", "personas": ["LUA", "riri"], "context": {"tone": "analytical"}}
    async with v2(house) as client:
        body = (await client.post("/recommend/compare", json=asked)).json()
        unknown = await client.post("/recommend/compare", json=asked | {"personas": ["zoe"]})

    assert [each["persona"] for each in body["comparison"]] == ["riri", "lua"]
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "INVALID_PERSONA")


async def test_a_personas_name_may_be_written_in_any_case(house: House) -> None:
    async with v2(house) as client:
        listed = (await client.get("/personas")).json()
        one = await client.get("/personas/ELRO")
        unknown = await client.get("/personas/zoe")

    assert listed["total"] == len(listed["personas"]) == 4
    assert one.json() == listed["personas"][1]
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "INVALID_PERSONA")


async def test_a_ranking_is_kept_for_the_tokens_user_alone(house: House) -> None:
    asked = {"user_id": "somebody", "query": "plan my week", "options": {"top_k": 2}}
    token, other = await house.token(), await house.token()
    async with v2(house, token) as client, v2(house, other) as stranger:
        body = (await client.post("/recommend/personalized", json=asked)).json()
        rated = {"recommendation_id": body["metadata"]["recommendation_id"], "rating": 1}
        refused = await stranger.post("/recommend/feedback", json=rated)
        kept = await client.post("/recommend/feedback", json=rated)
        listed = (await client.get("/recommend/history")).json()
        others = (await stranger.get("/recommend/history?user_id=somebody")).json()

    assert len(body["recommendation"]["ranked_recommendations"]) == 2
    assert body["metadata"]["ab_group"] is None
    assert (refused.status_code, kept.status_code) == (404, 200)
    assert [(each["recommendation_id"], each["rating"]) for each in listed["history"]] == [
        (rated["recommendation_id"], 1)
    ]
    assert others == {"total": 0, "history": []}


async def test_a_persona_that_the_user_pinned_is_recommended_to_them(house: House) -> None:
    asked = {"user_id": "somebody", "query": "compare both plans"}
    token = await house.token()
    async with v2(house, token) as client, v2(house) as nobody, house.client(token) as rest:
        pinned = await rest.patch("/profile", json={"persona": "lua"})
        theirs = (await client.post("/recommend/personalized", json=asked)).json()
        others = (await nobody.post("/recommend/personalized", json=asked)).json()

    assert pinned.status_code == 200
    assert theirs["recommendation"]["primary_persona"] == "lua"
    assert others["recommendation"]["primary_persona"] != "lua"


OPEN_TO_ALL = [
    ("POST", "/recommend", {"scenario": "plan my week"}),
    ("POST", "/recommend/compare", {"scenario": "plan my week"}),
    ("POST", "/recommend/personalized", {"user_id": "u", "query": "plan my week"}),
    ("GET", "/personas", None),
    ("GET", "/personas/lua", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OPEN_TO_ALL)
async def test_a_token_that_is_not_valid_is_refused_where_none_is_needed(
    house: House, method: str, path: str, body: dict[str, Any] | None
) -> None:
    tokens = Tokens(house.product.settings.secret_key, clock=house.product.clock, access_s=-1)
    async with v2(house, await house.token()) as known, v2(house, "forged") as stranger:
        welcome = await known.request(method, path, json=body)
        forged = await stranger.request(method, path, json=body)
    async with v2(house, tokens.issue("u_1")) as late, v2(house) as nobody:
        expired = await late.request(method, path, json=body)
        nameless = await nobody.request(method, path, json=body)

    assert (welcome.status_code, nameless.status_code) == (200, 200)
    assert (forged.status_code, expired.status_code) == (401, 401)
    assert forged.json()["error"]["code"] == "UNAUTHENTICATED"
    assert forged.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body"), OPEN_TO_ALL[:3])
async def test_a_network_that_asks_for_too_many_recommendations_has_to_wait(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    networks = iter(["192.0.2.1", "192.0.2.1", "192.0.2.2"])
    monkeypatch.setattr(people, "network", lambda _: next(networks))
    monkeypatch.setattr(people, "OPEN", structs.replace(OPEN, per_minute=1, burst=1))
    async with v2(house) as client:
        served, refused, others = [await client.request(method, path, json=body) for _ in "123"]

    assert (served.status_code, others.status_code) == (200, 200)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["ratelimit-policy"].startswith('"open"')
    assert "ratelimit-policy" not in served.headers


async def test_nothing_is_kept_of_callers_without_a_token(house: House) -> None:
    asked = {"user_id": "somebody", "query": "plan my week"}
    async with v2(house) as client:
        body = (await client.post("/recommend/personalized", json=asked)).json()
        listed = (await client.get("/recommend/history?user_id=somebody")).json()
        rated = await client.post(
            "/recommend/feedback", json={"recommendation_id": "r_1", "rating": 1}
        )
        forged = await client.get("/recommend/history", headers={"authorization": "Bearer x"})

    assert body["metadata"]["recommendation_id"] is None
    assert listed == {"total": 0, "history": []}
    assert (rated.status_code, forged.status_code) == (401, 401)
    assert rated.json()["error"]["code"] == "UNAUTHENTICATED"


async def test_a_user_id_has_at_most_128_characters(house: House) -> None:
    async with v2(house) as client:
        longest, longer = [
            await client.post("/recommend/personalized", json={"user_id": "u" * n, "query": "hi"})
            for n in (128, 129)
        ]

    assert (longest.status_code, longer.status_code) == (200, 400)
    assert longer.json()["error"]["field"] == "user_id"


async def test_a_users_group_is_the_one_that_the_running_experiment_gave(house: House) -> None:
    experiment = Experiment(
        name="recommendation",
        salt="s",
        control="control",
        steps=(Step(share=1.0, weights={"control": 1.0, "warm": 9999.0}),),
        metrics=(Metric(name="rating", kind="mean"),),
    )
    experiments = house.product.experiments
    await experiments.start(experiment)
    await experiments.refresh()
    asked = {"user_id": "somebody", "query": "plan my week"}
    async with v2(house, await house.token()) as client:
        body = (await client.post("/recommend/personalized", json=asked)).json()
        rated = {"recommendation_id": body["metadata"]["recommendation_id"], "rating": 1}
        for rating in (-1, 1, 1):  # the last word alone counts
            await client.post("/recommend/feedback", json=rated | {"rating": rating})
    async with v2(house) as nobody:
        other = (await nobody.post("/recommend/personalized", json=asked)).json()
    _, report = await experiments.report("recommendation")

    assert body["metadata"]["ab_group"] == "warm"
    assert other["metadata"]["ab_group"] is None
    assert report.counts == {"control": 0, "warm": 1}
    assert (report.findings[0].treated.count, report.findings[0].treated.mean) == (1, 1.0)


async def test_health_tells_what_was_counted_and_status_the_version(house: House) -> None:
    async with v2(house) as client:
        await client.get("/personas")
        health = await client.get("/health")
        status = (await client.get("/status")).json()

    body = health.json()
    assert (health.status_code, body["healthy"]) == (200, True)
    assert body["service_status"]["status"] == status["status"] == "healthy"
    assert body["service_status"]["error_rate"] == 0
    assert body["dependencies"] == {"documents": "ok", "log": "ok", "llm": "scripted"}


async def test_health_is_503_while_the_process_leaves(house: House) -> None:
    house.connections.drain()
    async with v2(house) as client:
        answer = await client.get("/health")

    assert (answer.status_code, answer.json()["healthy"]) == (503, False)


async def test_an_operator_empties_the_cache_and_nobody_else_may(
    tmp_path: Path, redis_url: str
) -> None:
    async with running_house(tmp_path, redis_url, operator_token=OPERATOR) as house:
        async with v2(house) as client, v2(house, await house.token()) as user:
            nobody = await client.post("/cache/clear")
            somebody = await user.post("/cache/clear")
        async with v2(house) as client, v2(house, OPERATOR) as operator:
            asked, dropped = await _dropped(client, operator)
            nothing = await operator.post("/cache/invalidate", json={"pattern": "answers"})
            cleared = await operator.post("/cache/clear")
        async with v2(house) as client:
            again = (await client.post("/process", json=asked)).json()

    assert (nobody.status_code, somebody.status_code) == (401, 403)
    assert dropped | {"deleted_count": 1} == {
        "success": True,
        "pattern": "answers",
        "deleted_count": 1,
    }
    assert nothing.json()["deleted_count"] == 0
    assert cleared.json()["success"]
    assert cleared.json()["deleted_count"] <= len(load_starters())
    assert again["performance"]["cache_hit"] is False


async def _dropped(
    client: httpx.AsyncClient, operator: httpx.AsyncClient
) -> tuple[dict[str, str], dict[str, Any]]:
    """Ask and drop the answer, again while the shared tier is too slow to keep it."""
    async with asyncio.timeout(20):
        while True:
            asked = {"user_input": f"hi {asyncio.get_running_loop().time()}"}
            await client.post("/process", json=asked)
            dropped = await operator.post("/cache/invalidate", json={"pattern": "answers"})
            if dropped.json()["deleted_count"]:
                return asked, dropped.json()
            await asyncio.sleep(0.1)


async def test_nobody_is_an_operator_where_no_token_is_set(house: House) -> None:
    async with v2(house, "") as client:
        answer = await client.post("/cache/clear", headers={"authorization": "Bearer x"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


async def test_what_is_not_served_is_told_in_the_shape_of_v2(house: House) -> None:
    async with v2(house) as client:
        unknown = await client.get("/nowhere")
        refused = await client.get("/process")

    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
