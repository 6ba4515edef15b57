"""Signing in at a site's page over real HTTP and sockets, with what the visitor left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from app.sites.documents import SiteDocument
from app.sites.vouching import secret_of
from tests.house import House, running_house

HERE = "https://www.example.org"
OPERATOR = "an operator's token, long enough"


class Page:
    """A browser's page of the site."""

    def __init__(self, house: House, site: SiteDocument) -> None:
        self.house = house
        self.site = site
        self.secret = secret_of(site, house.product.settings.secret_key)

    async def visit(self) -> dict[str, Any]:
        """Return a new visitor's tokens."""
        return await self._tokens("/auth/visitor", {"site_key": self.site.id}, None)

    async def sign_in(
        self, name: str, current: str | None = None, *, origin: str = HERE
    ) -> dict[str, Any]:
        """Return the tokens of whom the site calls `name`."""
        body = {"site_key": self.site.id, "token": self.word(sub=name)}
        return await self._tokens("/auth/exchange", body, current, origin=origin)

    def word(self, **claims: Any) -> str:
        """Return what the site's server says of its user."""
        said = {"sub": "ana", "aud": self.site.id, "exp": _in(minutes=5)} | claims
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(kept, self.secret, algorithm="HS256")

    async def get(self, path: str, token: str) -> httpx.Response:
        """Ask as the page does."""
        async with self.house.client(token) as client:
            return await client.get(path, headers={"origin": HERE})

    async def sessions(self, token: str) -> list[str]:
        """Return the ids of the sessions that a token shows."""
        page = (await self.get("/sessions", token)).raise_for_status().json()
        return [each["id"] for each in page["sessions"]]

    async def talk(self, token: str, key: str, session_id: str | None = None) -> str:
        """Send a message over HTTP; return its session's id."""
        async with self.house.client(token) as client:
            client.headers["origin"] = HERE
            made = session_id or (await client.post("/sessions", json={})).json()["id"]
            body = {"client_msg_id": key, "text": "My sister is called Mia."}
            sent = await client.post(f"/sessions/{made}/messages", json=body)
            assert sent.status_code == 202, sent.text
            return str(made)

    async def _tokens(
        self, path: str, body: dict[str, str], current: str | None, *, origin: str = HERE
    ) -> dict[str, Any]:
        async with self.house.client(current) as client:
            answer = await client.post(path, json=body, headers={"origin": origin})
            found: dict[str, Any] = answer.json()
            return found | {"http": answer.status_code}


@pytest.fixture
async def page(tmp_path: Path, redis_url: str) -> AsyncIterator[Page]:
    options = {"operator_token": OPERATOR, "scripted_interval_ms": 60.0}
    async with running_house(tmp_path, redis_url, secret_key="s" * 40, **options) as house:
        site = await house.product.sites.add("Example", (HERE, "https://b.example.org"))
        await house.product.sites.refresh()
        yield Page(house, site)


async def test_a_visitor_who_signs_in_goes_on_where_they_were(page: Page) -> None:
    visitor = await page.visit()
    async with _socket(page, visitor["access_token"]) as socket:
        session_id = await page.talk(visitor["access_token"], "c1")
        # the answer runs while the visitor signs in
        user = await page.sign_in("ana", visitor["access_token"])
        with suppress(ConnectionClosedError):
            async for _ in socket:
                pass
        closed = socket.close_code
    shown = await page.sessions(user["access_token"])
    async with page.house.client(user["access_token"]) as client:
        client.headers["origin"] = HERE
        path = f"/sessions/{session_id}/events?wait=5"
        live = await client.get(path, headers={"accept": "application/json"})
        messages = await _answered(client, session_id)
        dead = await page.get("/sessions", visitor["access_token"])
        body = {"refresh_token": visitor["refresh_token"]}
        renewed = await client.post("/auth/refresh", json=body)
        mine = {"refresh_token": user["refresh_token"]}
        refreshed = await client.post("/auth/refresh", json=mine)

    assert (user["http"], user["merged"], closed) == (200, "moved", 4401)
    assert user["user_id"] != visitor["user_id"]
    assert shown == [session_id]
    assert live.status_code == 200
    assert messages[-1]["role"] == "assistant"
    assert (dead.status_code, renewed.status_code, refreshed.status_code) == (401, 401, 200)


async def test_asked_again_it_is_the_same_user_and_the_same_merge(page: Page) -> None:
    visitor = await page.visit()
    session_id = await page.talk(visitor["access_token"], "c1")
    both = [page.sign_in("ana", visitor["access_token"]) for _ in range(3)]
    answers = [*await asyncio.gather(*both), await page.sign_in("ana", visitor["access_token"])]
    merges, _ = await page.house.product.merges.newest(before=None, limit=9)

    assert [each["http"] for each in answers] == [200] * 4
    assert len({each["user_id"] for each in answers}) == 1
    assert answers[-1]["merged"] == "moved"
    assert await page.sessions(answers[-1]["access_token"]) == [session_id]
    assert len(merges) == 1


async def test_nobody_else_at_the_same_browser_sees_what_was_said(page: Page) -> None:
    visitor = await page.visit()
    session_id = await page.talk(visitor["access_token"], "c1")
    ana = await page.sign_in("ana", visitor["access_token"])
    # the next one at this browser, with all that was left in it
    left = [visitor["access_token"], ana["access_token"], None]
    others = [await page.sign_in(f"ben {at}", token) for at, token in enumerate(left)]
    fresh = await page.visit()
    await page.talk(fresh["access_token"], "c2")
    ben = await page.sign_in("ben 0", fresh["access_token"])

    assert [each["merged"] for each in others] == ["nothing"] * 3
    for each in (*others, ben):
        assert session_id not in await page.sessions(each["access_token"])
        refused = await page.get(f"/sessions/{session_id}", each["access_token"])
        assert refused.status_code == 404
    assert await page.sessions(ana["access_token"]) == [session_id]
    again = await page.sign_in("ana")
    assert await page.sessions(again["access_token"]) == [session_id]


async def test_only_the_sites_own_word_counts(page: Page) -> None:
    site = page.site
    other = await page.house.product.sites.add("Other", (HERE,))
    forged = jwt.encode(
        {"sub": "ana", "aud": site.id, "exp": _in(minutes=5)},
        secret_of(other, page.house.product.settings.secret_key),
        algorithm="HS256",
    )
    unsigned = jwt.encode({"sub": "ana", "aud": site.id, "exp": _in(minutes=5)}, "", "none")
    words = [
        *(forged, unsigned, "no token", page.word(aud=other.id), page.word(aud=None)),
        *(page.word(exp=None), page.word(exp=_in(minutes=-1)), page.word(exp=_in(hours=2))),
        *(page.word(sub=None), page.word(sub=""), page.word(sub="x" * 256)),
    ]
    bodies = [{"site_key": site.id, "token": word} for word in words]
    answers = [await page._tokens("/auth/exchange", body, None) for body in bodies]
    elsewhere = await page.sign_in("ana", origin="https://evil.example")
    visitor = await page.visit()
    moved = await page.sign_in("ana", visitor["access_token"], origin="https://b.example.org")

    assert [each["http"] for each in answers] == [401] * 11
    # a visitor's token is of no use at another page of the same site
    assert (elsewhere["http"], moved["http"]) == (403, 403)


async def test_operators_see_who_when_and_how_much_and_no_word(page: Page) -> None:
    visitor = await page.visit()
    await page.talk(visitor["access_token"], "c1")
    ana = await page.sign_in("ana", visitor["access_token"])
    async with page.house.client(OPERATOR) as operator:
        told = await operator.get("/operator/merges")
        none = await operator.get("/operator/merges", params={"before": "2020-01-01T00:00:00Z"})
    refused = await page.get("/operator/merges", ana["access_token"])

    [record] = told.json()["merges"]
    assert (record["visitor"], record["user_id"]) == (visitor["user_id"], ana["user_id"])
    assert (record["site"], record["origin"]) == (page.site.id, HERE)
    assert {"what": "sessions", "count": 1} in record["moved"]
    assert "Mia" not in told.text
    assert none.json() == {"merges": [], "next": None}
    assert refused.status_code == 403


async def _answered(client: httpx.AsyncClient, session_id: str) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        while True:
            page = (await client.get(f"/sessions/{session_id}/messages")).raise_for_status()
            found: list[dict[str, Any]] = page.json()["messages"]
            if found[-1]["role"] == "assistant":
                return found
            await asyncio.sleep(0.05)


def _socket(page: Page, token: str) -> "connect":
    return connect(
        page.house.ws_url,
        origin=HERE,  # type: ignore[arg-type]
        additional_headers={"authorization": f"Bearer {token}"},
    )


def _in(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)


async def test_an_account_of_an_app_is_nobodys_visitor(page: Page) -> None:
    async with page.house.client(None) as client:
        app = (await client.post("/auth/anonymous")).json()

    refused = await page.sign_in("ana", app["access_token"])

    assert (refused["http"], refused["code"]) == (403, "forbidden")
