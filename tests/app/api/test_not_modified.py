"""Files of the product that a browser has already are not sent again."""

import httpx
import pytest

from app.api.not_modified import matches
from tests.house import House


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (b'"a-1"', True),
        (b'W/"a-1"', True),
        (b'"b", "a-1"', True),
        (b"*", True),
        (b'"a-2"', False),
        (b"a-1", False),
        (b"", False),
    ],
)
def test_an_etag_is_known_when_it_is_named(asked: bytes, known: bool) -> None:
    assert matches(asked, b'"a-1"') is known
    assert not matches(asked, b"")


async def test_the_page_loads_its_modules_once(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as page:
        first = await page.get("/static/main.js")
        named = {"if-none-match": first.headers["etag"]}
        again = await page.get("/static/main.js", headers=named)
        other = await page.get("/static/main.js", headers={"if-none-match": '"old"'})
        gone = await page.get("/static/none.js", headers=named)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "no-cache"
    assert "content-length" not in again.headers
    assert (other.status_code, other.content) == (200, first.content)
    assert gone.status_code == 404
