"""A client of API v2 without a token."""

from typing import Any

import httpx

from tests.house import House

__all__ = ["v2"]


def v2(house: House, token: str | None = None, **headers: str) -> httpx.AsyncClient:
    """Return an HTTP client of API v2, with a token when one is given."""
    shown: dict[str, Any] = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(base_url=f"{house.url}/api/v2", headers=shown | headers, timeout=30)
