"""The composition root: which parts the settings choose."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.health import HealthCheck
from app.settings import Settings
from app.wiring import running
from schemas.resources import Health
from sessions.archive import COLLECTIONS, TOMBSTONES, TURNS, TombstoneDocument
from sessions.embedding import Encoder, Vector
from sessions.errors import LogUnavailable, StoreUnavailable
from sessions.oneshot import Question
from sessions.personas.routing import Model
from sessions.stores.redis_client import redis_client
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.servers import running_secantus
from tests.sessions.turns import turn


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "offline"),
        ({"llm": "scripted"}, "scripted"),
        ({"llm": "openai", "llm_model": "m"}, "openai"),
        ({"llm": "openai", "llm_model": "m", "llm_fallbacks": ("offline",)}, "openai"),
        (
            {"llm": "openai", "llm_model": "m", "llm_fallbacks": ("n@http://127.0.0.1:1/v1",)},
            "openai",
        ),
        ({"llm": "scripted", "llm_fallbacks": ("offline",)}, "scripted"),
    ],
)
async def test_the_settings_choose_who_answers(
    tmp_path: Path, redis_url: str, settings: dict[str, Any], name: str
) -> None:
    chosen = Settings(data_dir=tmp_path, redis_url=redis_url, encoder="off", **settings)
    async with running(chosen) as product:
        assert product.health.alive() == Health(
            status="ok", version="2.1.0", llm=name, router="words", stores={}
        )


class Pointing:
    """An encoder of the model's own, whose vectors all point to one persona."""

    def __init__(self, model: Model, persona: str) -> None:
        self.id = model.encoder
        self.dimensions = len(model.centre)
        self._vector: Vector = model.centre + 9 * model.meaning[model.labels.index(persona)]

    def encode(self, _text: str, *, passage: bool = False) -> Vector:
        return self._vector


@pytest.mark.parametrize("persona", ["elro", "nana"])
async def test_with_an_encoder_the_meaning_decides_who_answers(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, persona: str
) -> None:
    def pointing(model: Model | None) -> Encoder:
        assert model is not None
        return Pointing(model, persona)

    monkeypatch.setattr("app.encoding.open_encoder", pointing)
    settings = Settings(data_dir=tmp_path, redis_url=redis_url, encoder="auto")
    async with running(settings) as product, asyncio.timeout(20):
        # a vector that comes late is there the next time
        while (await product.oneshot.route(Question(text="hm"))).persona != persona:
            await asyncio.sleep(0)

        assert product.health.alive().router == "semantic"


async def test_documents_may_be_in_mongodb(tmp_path: Path, redis_url: str) -> None:
    with running_secantus(tmp_path / "mongo") as mongo:
        settings = Settings(
            data_dir=tmp_path / "data",
            redis_url=redis_url,
            mongodb_uri=mongo.uri,
            secret_key="k" * 48,
        )
        async with running(settings) as product:
            pair = await product.accounts.anonymous()
            report = await product.health.report()
        async with running(settings) as product:
            again = await product.accounts.refresh(pair.refresh_token)

    assert report.status == "ok"
    assert again.user_id == pair.user_id
    assert not (tmp_path / "data").exists()


class Away:
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def get(self, *_: object) -> None:
        raise self._error

    async def probe(self, *_: object) -> None:
        raise self._error


class There:
    async def get(self, *_: object) -> None:
        return None

    async def insert(self, *_: object) -> None:
        return None

    async def probe(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("documents", "store", "status"),
    [
        (There(), There(), "ok"),
        (There(), Away(LogUnavailable()), "degraded"),
        (Away(StoreUnavailable()), There(), "down"),
        (Away(TimeoutError()), Away(LogUnavailable()), "down"),
    ],
)
async def test_health_tells_what_is_away(documents: Any, store: Any, status: str) -> None:
    check = HealthCheck(
        documents=documents, store=store, clock=FakeClock(), llm="offline", version="1"
    )

    assert (await check.report()).status == status


@pytest.mark.parametrize("refusing", ["min-replicas-to-write", "maxmemory"])
async def test_health_is_degraded_while_the_log_store_takes_no_writes(
    tmp_path: Path, redis_url: str, refusing: str
) -> None:
    redis, clock = redis_client(redis_url), FakeClock()
    settings = Settings(data_dir=tmp_path, redis_url=redis_url, encoder="off")
    async with running(settings, clock=clock) as product:
        await product.health.report()
        clock.advance(2)
        await redis.config_set(refusing, 1)
        try:
            refused = await product.health.report()
        finally:
            await redis.config_set(refusing, 0)
        clock.advance(2)
        again = await product.health.report()
    await redis.aclose()

    assert (refused.status, refused.stores["log"]) == ("degraded", "unavailable")
    assert again.status == "ok"


async def test_a_deletion_that_a_crash_cut_off_is_finished_at_the_next_start(
    tmp_path: Path, redis_url: str
) -> None:
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    deleted_at = datetime.now(UTC) - timedelta(minutes=2)
    tombstone = TombstoneDocument(
        id="s_1", user_id="u1", deleted_at=deleted_at, expires_at=deleted_at + timedelta(days=90)
    )
    await store.insert(TOMBSTONES, tombstone)
    await store.insert(TURNS, turn(1))
    async with (
        running(Settings(data_dir=tmp_path, redis_url=redis_url)),
        asyncio.timeout(10),
    ):
        while not (found := await store.get(TOMBSTONES, "s_1")) or not found.finished:
            await asyncio.sleep(0.01)

    assert await store.get(TURNS, "t_1") is None
    await store.aclose()
