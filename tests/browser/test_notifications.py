"""The settings of notifications in the page's menu: each change holds at once, on the server."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cdp import Page, Theme
from tests.browser.test_access import AUDIT, CONTRAST
from tests.browser.test_page import api, open_new
from tests.product import ProductServer

READY = "document.querySelector('dialog fieldset:not(:disabled)')"
CHECKED = "[...document.querySelectorAll('dialog .switch')].map(e => e.ariaChecked === 'true')"


def open_settings(page: Page) -> None:
    page.click("#open-list")
    page.click("#notifications")
    page.wait_for(READY)


def kept(page: Page) -> dict[str, Any]:
    with api(page) as http:
        settings: dict[str, Any] = http.get("/notifications/settings").raise_for_status().json()
    return settings


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_set_holds_at_once_and_is_there_after_a_reload(
    page: Page, product: ProductServer, theme: Theme
) -> None:
    page.emulate(390, 844, theme=theme)
    open_new(page, product.url)
    open_settings(page)
    assert page.evaluate(CHECKED) == [False] * 4 + [True] * 5
    for number in (0, 1, 2, 4, 8):
        before = page.evaluate(CHECKED)[number]
        page.evaluate(f"document.querySelectorAll('dialog .switch')[{number}].click()")
        page.wait_for(f"{CHECKED}[{number}] !== {str(before).lower()}")
    page.evaluate(
        "(e => { e.value = '23:15'; e.dispatchEvent(new Event('change')); })"
        "(document.querySelector('#quiet_from'))"
    )
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    found = page.evaluate(AUDIT)
    assert found["nameless"] == []
    assert page.evaluate(CONTRAST)["poor"] == []
    if directory := os.environ.get("ION_TEST_PICTURES"):
        page.screenshot(Path(directory) / f"notifications-{theme}.png")
    page.reload()
    page.wait_for("document.querySelector('#open-list')")
    open_settings(page)
    page.wait_for("document.querySelector('#quiet_from').value === '23:15'")
    assert page.evaluate(CHECKED) == [True, True, True, False, False, True, True, True, False]
    settings = kept(page)
    consents = [settings[each] for each in ("preview", "check_ins", "reminders", "nudges")]
    assert consents == [True, True, True, False]
    assert settings["replies_at_once"] is False
    assert (settings["muted"], settings["quiet_from"]) == (["nudge"], "23:15")
