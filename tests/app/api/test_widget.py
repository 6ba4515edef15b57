"""The files of the chat for pages of others, as browsers fetch them."""

from pathlib import Path

import httpx

from app.api.widget import WIDGET
from tests.house import House

SCRIPTS = sorted(WIDGET.rglob("*.js"))


async def test_any_page_may_load_its_scripts_and_ask_whether_they_changed(house: House) -> None:
    path = f"{house.url}/widget/{SCRIPTS[0].relative_to(WIDGET).as_posix()}"
    async with httpx.AsyncClient(headers={"origin": "https://www.example.org"}) as page:
        first = await page.get(path)
        again = await page.get(path, headers={"if-none-match": first.headers["etag"]})

    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/javascript")
    assert (again.status_code, again.content) == (304, b"")
    for answer in (first, again):
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["cache-control"] == "max-age=300, public"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_nothing_beside_its_files_is_served(house: House) -> None:
    async with httpx.AsyncClient() as page:
        answers = [
            await page.get(f"{house.url}/widget/{path}")
            for path in ("../settings.py", "%2e%2e/settings.py", "..%2fcli.py", "")
        ]

    assert [each.status_code for each in answers] == [404] * 4
    assert (Path(WIDGET).parent / "settings.py").exists()
