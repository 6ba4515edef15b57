"""What mentors are going to write of themselves, on the page: told, called off, allowed or not."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessions.memory.dates import as_due
from tests.browser.cdp import Page, Theme
from tests.browser.remembered import message_ids, plant
from tests.browser.test_access import AUDIT, CONTRAST, assert_accessible
from tests.browser.test_page import ANSWERS, api, open_new, say
from tests.product import ProductServer

PROMISE = "I'll ask you how the interview went."
COMING = "document.querySelector('.coming')?.innerText"
PLANS = "[...document.querySelectorAll('.plan-line')].filter(e => e.checkVisibility())"
LINES = f"{PLANS}.map(e => e.textContent)"
FOCUSED = "document.activeElement"
CALMED = "Promise.all(document.getAnimations().map(each => each.finished))"
SWITCH = "document.querySelector('dialog [data-name={}]')"


def promised(page: Page, product: ProductServer, *, in_days: int = 3) -> str:
    """Talk, and have Lua promise something for a day; return the day's name."""
    open_new(page, product.url)
    say(page, "I have a job interview and I am nervous")
    page.wait_for(f"{ANSWERS} === 1")
    day = (datetime.now(UTC) + timedelta(days=in_days)).date()
    fields = {
        "kind": "promise",
        "persona": "lua",
        "text": f"{PROMISE} ({day})",
        "due": as_due(day, "UTC"),
    }
    plant(page, product, fields, message_ids(page)[-1])
    return f"{day:%A}"


def open_panel(page: Page) -> None:
    """Open what is coming up, from the menu."""
    if page.evaluate("document.querySelector('#open-list').checkVisibility()"):
        page.click("#open-list")
    page.click("#planned")
    page.wait_for("document.querySelector('dialog fieldset:not(:disabled)')")


def planned(page: Page) -> list[dict[str, Any]]:
    """Return what the server plans."""
    with api(page) as http:
        plans: list[dict[str, Any]] = http.get("/planned").raise_for_status().json()["planned"]
    return plans


def allow(page: Page, name: str) -> None:
    """Press one of the switches, and wait until it is on."""
    page.click(f"dialog [data-name={name}]")
    page.wait_for(f"{SWITCH.format(name)}.ariaChecked === 'true'")


def photograph(page: Page, name: str) -> None:
    """Write what is seen, when ION_TEST_PICTURES names a directory."""
    page.evaluate(CALMED)
    if directory := os.environ.get("ION_TEST_PICTURES"):
        page.screenshot(Path(directory) / f"{name}.png")


def assert_fit(page: Page) -> None:
    """Fail unless the open dialog passes the audit."""
    page.evaluate(CALMED)
    found = page.evaluate(AUDIT)
    assert found["nameless"] == found["small"] == []
    assert len(found["ids"]) == len(set(found["ids"]))
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('dialog'))")
    assert page.evaluate(CONTRAST)["poor"] == []


@pytest.mark.parametrize(
    ("theme", "width", "height"), [("light", 375, 667), ("dark", 320, 568), ("dark", 1280, 800)]
)
def test_a_promise_is_announced_once_it_is_allowed_and_called_off_in_a_tap(
    page: Page, product: ProductServer, theme: Theme, width: int, height: int
) -> None:
    page.emulate(width, height, theme=theme)
    name = f"planned-{width}-{theme}"
    day = promised(page, product)
    open_panel(page)
    assert_fit(page)
    photograph(page, f"{name}-not-allowed")
    assert page.evaluate(f"{PLANS}.length") == 0
    allow(page, "check_ins")
    page.wait_for(f"{LINES}.includes('Lua will ask you on {day} evening')")
    about = page.evaluate("document.querySelector('.plan-about').innerText")
    assert about == f"As promised: “{PROMISE}”"
    assert f"{PROMISE} ({day}, " in planned(page)[0]["about"]
    assert_fit(page)
    photograph(page, f"{name}-one")
    page.press("Escape")
    page.wait_for(f"{COMING} === 'Lua will ask you on {day} evening'")
    if page.evaluate("document.querySelector('#sidebar').classList.contains('open')"):
        page.press("Escape")
    photograph(page, f"{name}-thread")
    assert_accessible(page)
    page.reload()
    page.wait_for(f"{COMING} === 'Lua will ask you on {day} evening'")

    page.click(".coming")
    page.click("dialog .plan .small-button")
    page.wait_for(f"{FOCUSED}.innerText === 'Let it come'")
    assert_fit(page)
    photograph(page, f"{name}-off")
    page.press("Enter")
    page.wait_for(f"{PLANS}.length === 1")
    page.click("dialog .plan .small-button")
    page.wait_for(f"{PLANS}.length === 0")
    page.press("Escape")
    page.wait_for("!document.querySelector('.coming')")
    page.wait_for("!document.querySelector('dialog')")
    page.reload()
    page.wait_for(f"{ANSWERS} === 1")
    open_panel(page)
    page.wait_for("document.querySelector('dialog .panel-note').innerText.startsWith('Nothing')")
    assert planned(page) == []


def test_it_speaks_korean_and_leads_to_the_conversation_and_to_the_quiet_hours(
    page: Page, product: ProductServer
) -> None:
    page.emulate(390, 844, language="ko")
    promised(page, product, in_days=1)
    there = page.evaluate("location.hash")
    open_panel(page)
    allow(page, "check_ins")
    page.wait_for(f"{PLANS}.length === 1")
    assert_fit(page)
    photograph(page, "planned-ko")
    assert page.evaluate(f"{LINES}[0]").startswith("내일 저녁에 ")
    page.press("Escape")
    page.click("#new-chat")
    page.wait_for("document.querySelector('.starter')")
    page.evaluate(CALMED)
    assert page.evaluate(COMING) is None
    open_panel(page)
    page.click("dialog .plan .quiet-button")
    page.wait_for(f"location.hash === '{there}' && !document.querySelector('dialog')")
    page.wait_for(COMING)
    page.evaluate(CALMED)
    page.click(".coming")
    page.click("dialog .often + .quiet-button")
    page.wait_for("document.querySelector('#quiet_from')")


def test_without_a_network_it_says_so_and_what_was_called_off_is_when_it_is_back(
    page: Page, product: ProductServer
) -> None:
    promised(page, product)
    open_panel(page)
    allow(page, "check_ins")
    page.wait_for(f"{PLANS}.length === 1")
    page.offline(True)
    page.click("dialog .plan .small-button")
    page.wait_for(f"{PLANS}.length === 0")
    page.click("dialog [data-name=nudges]")
    page.wait_for("document.querySelector('dialog .panel-note').innerText.includes('connection')")
    assert page.evaluate(f"{SWITCH.format('nudges')}.ariaChecked") == "false"
    page.press("Escape")
    page.wait_for("!document.querySelector('dialog')")
    page.offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for("!document.querySelector('.coming')")
    for _ in range(100):
        if not planned(page):
            break
        page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert planned(page) == []
