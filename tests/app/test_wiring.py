"""The composition root: which parts the settings choose."""

from pathlib import Path
from typing import Any

import pytest

from app.health import HealthCheck
from app.settings import Settings
from app.wiring import running
from schemas.resources import Health
from sessions.errors import LogUnavailable, StoreUnavailable
from tests.clocks import FakeClock
from tests.servers import running_secantus


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
    async with running(Settings(data_dir=tmp_path, redis_url=redis_url, **settings)) as product:
        assert product.health.alive() == Health(status="ok", version="2.1.0", llm=name, stores={})


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

    async def orphans(self, *_: object) -> list[str]:
        raise self._error


class There:
    async def get(self, *_: object) -> None:
        return None

    async def insert(self, *_: object) -> None:
        return None

    async def orphans(self, *_: object) -> list[str]:
        return []


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
