"""All that is kept of somebody, in the page's menu: taken along as a file, or erased for good."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.browser.cdp import Browser, Page, Theme
from tests.browser.test_access import AUDIT, CONTRAST
from tests.browser.test_page import ANSWERS, api, open_new, say
from tests.product import ProductServer

CALMED = "Promise.all(document.getAnimations().map(each => each.finished))"
NOTE = "document.querySelector('dialog .panel-note').textContent"
TITLE = "document.querySelector('dialog h2')?.textContent"
BANNER = "(document.querySelector('.banner')?.textContent ?? '')"
BECOME_SOMEBODY = """
(async () => {
  const answer = await fetch('/api/v2.1/auth/anonymous', { method: 'POST' });
  const pair = { ...await answer.json(), expires_at: Date.now() + 900_000 };
  localStorage['ion.tokens'] = JSON.stringify(pair);
})()
"""
KEPT = """
(() => {
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => make(window.taken = blob);
})()
"""


def open_account(page: Page) -> None:
    page.click("#open-list")
    page.click("#account")
    page.wait_for("document.querySelector('dialog .account')")
    page.evaluate(CALMED)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_was_said_is_taken_along_as_a_file(
    page: Page, product: ProductServer, theme: Theme
) -> None:
    page.emulate(390, 844, theme=theme)
    open_new(page, product.url)
    say(page, "My neighbour plays the tuba")
    page.wait_for(f"{ANSWERS} === 1")
    open_account(page)
    found = page.evaluate(AUDIT)
    assert (found["nameless"], found["small"], found["wide"]) == ([], [], False)
    assert page.evaluate(CONTRAST)["poor"] == []
    if directory := os.environ.get("ION_TEST_PICTURES"):
        page.screenshot(Path(directory) / f"account-{theme}.png")
    page.evaluate(KEPT)
    page.click("dialog .account .secondary")
    page.wait_for(f"{NOTE} === 'Saved as ion.json.'")
    taken = json.loads(page.evaluate("window.taken.text()"))
    assert "My neighbour plays the tuba" in json.dumps(taken["turns"])


def test_who_is_erased_begins_anew_with_nothing(page: Page, product: ProductServer) -> None:
    page.emulate(390, 844)
    open_new(page, product.url)
    say(page, "My neighbour plays the tuba")
    page.wait_for(f"{ANSWERS} === 1")
    with api(page) as http:
        open_account(page)
        page.click("dialog .account .danger-quiet")
        page.wait_for(f"{TITLE} === 'Erase everything?'")
        page.click("dialog .danger")
        page.wait_for(f"{TITLE} === 'Everything was erased'")
        refused = http.get("/sessions")
    if directory := os.environ.get("ION_TEST_PICTURES"):
        page.screenshot(Path(directory) / "account-erased.png")
    page.click("dialog .primary")
    page.wait_for("localStorage.getItem('ion.tokens')")
    page.wait_for("document.querySelector('#empty').textContent.includes('What would help')")
    with api(page) as http:
        listed = http.get("/sessions").raise_for_status().json()

    assert refused.status_code == 401
    assert listed["sessions"] == []


def test_who_thinks_again_is_not_erased(page: Page, product: ProductServer) -> None:
    page.emulate(390, 844)
    open_new(page, product.url)
    say(page, "My neighbour plays the tuba")
    page.wait_for(f"{ANSWERS} === 1")
    open_account(page)
    page.click("dialog .account .danger-quiet")
    page.wait_for(f"{TITLE} === 'Erase everything?'")
    page.click("dialog .secondary")
    page.wait_for("!document.querySelector('dialog')")
    with api(page) as http:
        assert len(http.get("/sessions").raise_for_status().json()["sessions"]) == 1


def test_who_became_somebody_else_in_another_tab_is_told_and_begins_anew(
    browser: Browser, product: ProductServer
) -> None:
    with browser.pages() as (one, two):
        open_new(one, product.url)
        say(one, "My neighbour plays the tuba")
        one.wait_for(f"{ANSWERS} === 1")
        two.navigate(one.evaluate("location.href"))
        two.wait_for(f"{ANSWERS} === 1")
        one.evaluate(BECOME_SOMEBODY)
        two.offline(True)
        two.wait_for(f"{BANNER}.includes('offline')")
        two.offline(False)
        two.wait_for(f"{BANNER}.includes('fresh start')")
        two.wait_for("document.querySelector('#empty').textContent.includes('What would help')")
        time.sleep(1)
        assert "fresh start" in two.evaluate(BANNER)
