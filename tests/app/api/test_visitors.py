"""Visitors of sites over real HTTP and sockets: a key, an origin, and tokens for it alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from app.sites.documents import SITES
from tests.fakes.authority import Authority
from tests.house import House, running_house
from tests.tls_proxy import tls_proxy

HERE = "https://www.example.org"
THERE = "https://shop.example.net"


class Site:
    """A site of the house, and calls from its pages."""

    def __init__(self, house: House, key: str) -> None:
        self.house = house
        self.key = key

    async def visit(self, origin: str | None = HERE, key: str | None = None) -> httpx.Response:
        """Ask for a visitor's tokens."""
        async with self.house.client() as page:
            body = {"site_key": key or self.key}
            return await page.post("/auth/visitor", json=body, headers=_from(origin))

    async def tokens(self) -> dict[str, Any]:
        """Return a new visitor's tokens."""
        made: dict[str, Any] = (await self.visit()).raise_for_status().json()
        return made


@pytest.fixture
async def site(house: House) -> Site:
    sites = house.product.sites
    made = await sites.add("Example", (HERE, "https://*.example.org:8443"))
    await sites.add("Shop", (THERE,))
    await sites.refresh()
    return Site(house, made.id)


@pytest.fixture
async def page(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the site with a visitor's token."""
    async with site.house.client((await site.tokens())["access_token"]) as client:
        client.headers["origin"] = HERE
        yield client


async def test_a_key_opens_from_the_sites_own_origins_alone(site: Site) -> None:
    made = await site.tokens()
    wild = await site.visit("https://a.example.org:8443")
    refused = [
        *(THERE, "null", "https://www.example.org.", "https://WWW.example.org", None),
        *("http://www.example.org", "https://www.example.org:8443.evil.example"),
    ]
    answers = [await site.visit(origin) for origin in refused]
    unknown = await site.visit(key="pk_nobody")
    demo = await site.visit("http://localhost:5173", key="demo")

    assert made["expires_in"] == 600
    assert wild.status_code == demo.status_code == 201
    assert [each.status_code for each in (*answers, unknown)] == [403] * 8
    # a key is public, and the origin is the caller's own: both may be told
    told = [each.json()["detail"] for each in (answers[0], answers[4], unknown)]
    assert told == [
        f"this site has no pages of {THERE}",
        "no Origin header: only pages may do this",
        "no such site key",
    ]


async def test_in_production_there_is_no_key_that_nobody_made(
    tmp_path: Path, redis_url: str
) -> None:
    async with running_house(tmp_path, redis_url, env="production", secret_key="s" * 40) as house:
        site = Site(house, "demo")
        answer = await site.visit("http://localhost:5173")

    assert answer.status_code == 403


async def test_a_visitors_token_works_at_pages_of_its_origin_alone(
    site: Site, page: httpx.AsyncClient
) -> None:
    made = await page.post("/sessions", json={})
    paths = [
        *("/sessions", f"/sessions/{made.json()['id']}", "/devices", "/notifications/settings"),
        *("/me/export", "/memory", f"/sessions/{made.json()['id']}/events?wait=0"),
    ]
    ask = {"accept": "application/json"}
    here = [(await page.get(path, headers=ask)).status_code for path in paths]
    there = [(await page.get(path, headers=ask | _from(THERE))).status_code for path in paths]
    erase = await page.delete("/me", headers=_from(THERE))
    del page.headers["origin"]
    nowhere = [(await page.get(path, headers=ask)).status_code for path in paths]
    chat = await page.post(f"{site.house.url}/openai/v1/chat/completions", json=_CHAT)

    assert (made.status_code, here) == (201, [200] * 7)
    assert (there, nowhere) == ([403] * 7, [403] * 7)
    assert (erase.status_code, chat.status_code) == (403, 403)


async def test_a_page_of_ours_reads_without_naming_its_origin(site: Site) -> None:
    own = site.house.url
    made = (await site.visit(own, key="demo")).json()
    async with site.house.client(made["access_token"]) as page:
        mine = await page.get("/sessions", headers={"sec-fetch-site": "same-origin"})
        others = await page.get("/sessions", headers={"sec-fetch-site": "cross-site"})

    assert (mine.status_code, others.status_code) == (200, 403)


async def test_it_does_so_behind_a_proxy_that_ends_tls_and_says_nothing(
    site: Site, tmp_path: Path
) -> None:
    chat = "https://chat.example.net"
    await site.house.product.sites.add("Own", (chat,))
    key = (await site.house.product.sites.all())[-1].id
    authority = Authority(tmp_path)
    async with tls_proxy(site.house.port, authority.server_context()) as port:
        base = f"https://127.0.0.1:{port}/api/v2.1"
        host = {"host": "chat.example.net"}
        verify = authority.client_context()
        async with httpx.AsyncClient(base_url=base, headers=host, verify=verify) as browser:
            made = await browser.post(
                "/auth/visitor", json={"site_key": key}, headers={"origin": chat}
            )
            browser.headers["authorization"] = f"Bearer {made.json()['access_token']}"
            ask = {"sec-fetch-site": "same-origin"}
            mine = await browser.get("/sessions", headers=ask)
            others = [
                await browser.get("/sessions", headers=ask | {"host": "other.example.net"}),
                await browser.get("/sessions", headers={"sec-fetch-site": "same-site"}),
                await browser.get("/sessions"),
            ]

    assert mine.status_code == 200
    assert [each.status_code for each in others] == [403] * 3


async def test_refreshing_stays_with_the_origin_and_ends_with_the_site(site: Site) -> None:
    made = await site.tokens()
    async with site.house.client() as client:

        async def refresh(origin: str | None, token: str) -> httpx.Response:
            body = {"refresh_token": token}
            return await client.post("/auth/refresh", json=body, headers=_from(origin))

        refused = [await refresh(origin, made["refresh_token"]) for origin in (THERE, None)]
        newer = await refresh(HERE, made["refresh_token"])
        await site.house.product.sites.remove(site.key)
        ended = await refresh(HERE, newer.json()["refresh_token"])

    assert [each.status_code for each in refused] == [403, 403]
    assert newer.json()["user_id"] == made["user_id"]
    assert newer.json()["expires_in"] == 600
    assert ended.status_code == 403


async def test_a_visitor_talks_over_a_socket_from_its_own_origin_alone(site: Site) -> None:
    token = (await site.tokens())["access_token"]
    async with connect(site.house.ws_url, origin=HERE) as socket:  # type: ignore[arg-type]
        await socket.send(f'{{"type":"hello","token":"{token}"}}')
        welcome = str(await socket.recv())
    closed = []
    for origin in (THERE, None, site.house.url):
        async with connect(site.house.ws_url, origin=origin) as socket:  # type: ignore[arg-type]
            await socket.send(f'{{"type":"hello","token":"{token}"}}')
            with suppress(ConnectionClosedError):
                async for _ in socket:
                    pass
            closed.append(socket.close_code)
    with pytest.raises(InvalidStatus) as refused:
        await connect(site.house.ws_url, origin="https://elsewhere.example")  # type: ignore[arg-type]

    assert '"welcome"' in welcome
    assert closed == [4403] * 3
    assert refused.value.response.status_code == 403


async def test_pages_of_sites_may_call_the_routes_of_the_chat_and_no_other(site: Site) -> None:
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "x"}
    async with site.house.client() as client:
        allowed = [
            await client.options(path, headers=_from(HERE) | ask)
            for path in ("/auth/visitor", "/sessions", "/devices/x", "/notifications/settings")
        ]
        others = [
            await client.options(path, headers=_from(HERE) | ask)
            for path in ("/operator/notifications", "/me/export", "/memory", "/auth/anonymous")
        ]
        strangers = [
            await client.options("/auth/visitor", headers=_from(origin) | ask)
            for origin in ("https://elsewhere.example", "null", "https://www.example.org.")
        ]
        read = await client.get("/personas", headers=_from(HERE))
        stranger = await client.get("/personas", headers=_from("https://elsewhere.example"))
        failed = await client.get("/sessions", headers=_from(HERE))

    assert [each.status_code for each in allowed] == [204] * 4
    assert all(each.headers["access-control-allow-origin"] == HERE for each in (*allowed, read))
    assert all("access-control-allow-origin" not in each.headers for each in (*others, *strangers))
    assert "access-control-allow-origin" not in stranger.headers
    assert {each.headers["vary"] for each in (*allowed, read, stranger)} == {"Origin"}
    # a page must be able to read why it was refused
    assert failed.status_code == 401
    assert failed.headers["access-control-allow-origin"] == HERE
    told = [*allowed, read, failed]
    assert all("access-control-allow-credentials" not in each.headers for each in told)


async def test_origins_in_the_settings_are_answered_once(tmp_path: Path, redis_url: str) -> None:
    async with running_house(tmp_path, redis_url, allowed_origins=(HERE,)) as house:
        await house.product.sites.add("Example", (HERE,))
        await house.product.sites.refresh()
        async with house.client() as client:
            read = await client.get("/personas", headers=_from(HERE))

    assert read.headers.get_list("access-control-allow-origin") == [HERE]


async def test_visitors_of_an_address_are_limited(site: Site) -> None:
    answers = [await site.visit()]
    # as the bucket fills again while this runs
    while answers[-1].status_code == 201 and len(answers) < 200:
        answers += await asyncio.gather(*(site.visit() for _ in range(10)))
        answers.sort(key=lambda each: each.status_code)

    assert sum(each.status_code == 201 for each in answers) >= 30
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_what_operators_change_is_known_to_the_next_look(site: Site) -> None:
    product = site.house.product
    moved = await product.sites.find(site.key)
    assert moved is not None
    await product.accounts._documents.replace(SITES, structs.replace(moved, origins=(THERE,)))
    await product.sites.refresh()

    assert (await site.visit(THERE)).status_code == 201
    assert (await site.visit(HERE)).status_code == 403
    assert not product.sites.welcomes(HERE)


_CHAT = {"model": "ion", "messages": [{"role": "user", "content": "hello"}]}


def _from(origin: str | None) -> dict[str, str]:
    return {"origin": origin} if origin is not None else {}
