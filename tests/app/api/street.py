"""Phones whose people sign in with an identity provider's word, and the server that they ask."""

from typing import Any

import httpx

from tests.fakes.oidc.provider import FakeProvider
from tests.house import House

__all__ = ["Phone", "Street"]


class Phone:
    """An app on a phone, which nobody has signed in to yet."""

    def __init__(self, house: House, provider: FakeProvider, tokens: dict[str, Any]) -> None:
        self.house = house
        self.provider = provider
        self.tokens = tokens

    @property
    def token(self) -> str:
        """The access token."""
        return str(self.tokens["access_token"])

    async def sign_in(self, name: str, **claims: Any) -> dict[str, Any]:
        """Return what the server answers to the provider's word."""
        answer = await self.post("/auth/exchange", {"id_token": self.word(name, **claims)})
        found: dict[str, Any] = answer.json()
        return found | {"http": answer.status_code}

    def word(self, name: str, **claims: Any) -> str:
        """Return an id token."""
        return self.provider.id_token(name, **claims)

    async def talk(self, text: str = "My sister is called Mia.") -> str:
        """Send a message; return its session's id."""
        made = (await self.post("/sessions", {})).json()["id"]
        body = {"client_msg_id": "c1", "text": text}
        assert (await self.post(f"/sessions/{made}/messages", body)).status_code == 202
        return str(made)

    async def sessions(self) -> list[str]:
        """Return the ids of the sessions that are shown."""
        page = (await self.get("/sessions")).raise_for_status().json()
        return [each["id"] for each in page["sessions"]]

    async def get(self, path: str) -> httpx.Response:
        """Ask with the access token."""
        async with self.house.client(self.token) as client:
            return await client.get(path)

    async def post(self, path: str, body: dict[str, str]) -> httpx.Response:
        """Post with the access token."""
        async with self.house.client(self.token) as client:
            return await client.post(path, json=body)


class Street:
    """A house, a provider that it trusts, and phones."""

    def __init__(self, house: House, provider: FakeProvider) -> None:
        self.house = house
        self.provider = provider

    async def phone(self) -> Phone:
        """Return a phone with a new anonymous user."""
        async with self.house.client() as client:
            tokens = (await client.post("/auth/anonymous")).json()
        return Phone(self.house, self.provider, tokens)

    async def exchange(
        self, body: dict[str, str], token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Post to /auth/exchange."""
        async with self.house.client(token) as client:
            return await client.post("/auth/exchange", json=body, headers=headers)
