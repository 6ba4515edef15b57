"""What is remembered, on the page: seen with its receipts, corrected, pinned, forgotten, paused."""

import json
from typing import Any

import pytest

from tests.browser.cdp import Page, Theme
from tests.browser.remembered import message_ids, plant, rest
from tests.browser.test_access import AUDIT, CONTRAST
from tests.browser.test_page import ANSWERS, api, open_new, say
from tests.product import ProductServer

CARDS = "[...document.querySelectorAll('.memory-text')].filter(e => e.checkVisibility())"
TEXTS = f"{CARDS}.map(e => e.textContent)"
NOTED = "document.querySelector('.answer:last-child .recalled')?.innerText"
HEADINGS = "[...document.querySelectorAll('.memory-groups h3')].map(e => e.textContent)"
FOCUSED = "document.activeElement"
EXAM = "My exam is on 12 May"
PROMISE = "We look at your plan on Monday"
SISTER = "My sister Mina helps me with maths"


def told(page: Page, product: ProductServer) -> None:
    """Talk about two things that are remembered, and have a mentor promise one."""
    open_new(page, product.url)
    say(page, f"I sleep badly. {EXAM}. I have not begun.")
    page.wait_for(f"{NOTED}.includes('Noted: {EXAM} (')")
    say(page, SISTER)
    page.wait_for(f"{NOTED}.includes('Noted: {SISTER}')")
    _, answer, *_ = message_ids(page)
    plant(page, product, {"kind": "promise", "text": PROMISE}, answer)


def open_panel(page: Page) -> None:
    """Open what is remembered, from the menu."""
    if page.evaluate("document.querySelector('#open-list').checkVisibility()"):
        page.click("#open-list")
    page.click("#memory")
    page.wait_for("document.querySelector('dialog .memory')")


def kept(page: Page) -> list[dict[str, Any]]:
    """Return what the server remembers."""
    with api(page) as http:
        memories: list[dict[str, Any]] = http.get("/memory").raise_for_status().json()["memories"]
    return memories


def press_tool(page: Page, name: str) -> None:
    page.click(f"dialog .memory-tools [aria-label={json.dumps(name, ensure_ascii=False)}]")


def test_a_memory_shows_where_it_is_from_and_leads_there(
    page: Page, product: ProductServer
) -> None:
    told(page, product)
    there = page.evaluate("location.hash")
    page.click("#new-chat-bar")
    page.wait_for("document.querySelector('.starter')")
    open_panel(page)
    assert page.evaluate(HEADINGS) == ["Dates that matter", "What mentors promised", "People"]
    receipt = page.evaluate("document.querySelector('.memory .receipt').innerText")
    assert receipt.startswith("From your message of ")
    assert f"I sleep badly. {EXAM}. I have not begun." in receipt
    page.click(".memory .receipt")
    page.wait_for(f"location.hash === {json.dumps(there)}")
    page.wait_for(f"{FOCUSED}.matches('.said.found')")
    assert EXAM in page.evaluate(f"{FOCUSED}.innerText")
    assert not page.evaluate("document.querySelector('dialog')")


def test_a_memory_is_corrected_pinned_and_kept_from_the_mentors(
    page: Page, product: ProductServer
) -> None:
    told(page, product)
    open_panel(page)
    press_tool(page, f"Edit “{EXAM}”")
    page.wait_for(f"{FOCUSED}.closest('dialog .editor')")
    page.type(", I think")
    page.press("Escape")
    page.wait_for("!document.querySelector('.editor')")
    press_tool(page, f"Edit “{EXAM}”")
    page.wait_for(f"{FOCUSED}.closest('dialog .editor')")
    page.evaluate(f"{FOCUSED}.select()")
    page.type("My exam is on 13 May")
    page.press("Enter")
    page.wait_for(f"{TEXTS}[0] === 'My exam is on 13 May'")
    press_tool(page, f"Pin “{SISTER}”")
    page.wait_for(f"{HEADINGS}[0] === 'Pinned'")
    press_tool(page, f"More about “{SISTER}”")
    page.wait_for("document.querySelector('.memory-more select')")
    page.evaluate(
        "(s => { s.value = 'user'; s.dispatchEvent(new Event('change')); })"
        "(document.querySelector('.memory-more select'))"
    )
    page.wait_for("document.querySelector('.memory-tags').innerText.includes('Not used')")

    by_kind = {each["kind"]: each for each in kept(page)}
    assert by_kind["deadline"]["text"].startswith("My exam is on 13 May (")
    assert by_kind["deadline"]["due"][5:10] == "05-13"
    assert by_kind["deadline"]["edited"]
    assert by_kind["person"]["pinned"]
    assert by_kind["person"]["sharing"] == "user"


def test_forgetting_can_be_undone_for_a_moment_and_then_is_for_good(
    page: Page, product: ProductServer
) -> None:
    told(page, product)
    open_panel(page)
    press_tool(page, f"Forget “{EXAM}”")
    page.wait_for(f"{FOCUSED}.innerText === 'Undo'")
    assert page.evaluate(f"{TEXTS}.length") == 2
    page.press("Enter")
    page.wait_for(f"{TEXTS}.length === 3")
    press_tool(page, f"More about “{EXAM}”")
    page.click(".memory-more .small-button")
    page.wait_for(f"{FOCUSED}.innerText === 'Undo'")
    assert len(kept(page)) == 3
    # the page goes away before the moment is over
    page.reload()
    page.wait_for("document.querySelector('#open-list')")
    open_panel(page)
    page.wait_for(f"{TEXTS}.length === 2")
    assert {each["kind"] for each in kept(page)} == {"person", "promise"}


def test_an_answer_says_what_it_remembered(page: Page, product: ProductServer) -> None:
    told(page, product)
    page.click("#new-chat-bar")
    say(page, "Where were we?")
    used = "document.querySelector('.answer .recall')"
    page.wait_for(f"{used}?.checkVisibility()")
    assert page.evaluate(f"{used}.innerText").startswith("Remembered: ")
    assert PROMISE in page.evaluate(f"{used}.innerText")
    page.reload()
    page.wait_for(f"{used}?.innerText.includes('{PROMISE}')")
    page.click(".answer .recall")
    page.wait_for(f"{FOCUSED}.matches('dialog .memory')")
    page.press("Escape")
    page.wait_for(f"{FOCUSED}.matches('.recall')")


def test_memory_is_paused_until_it_is_switched_on(page: Page, product: ProductServer) -> None:
    told(page, product)
    open_panel(page)
    page.click("#memory-switch")
    page.wait_for("document.querySelector('#memory-switch').ariaChecked === 'false'")
    page.reload()
    open_panel(page)
    page.wait_for("document.querySelector('#memory-switch').ariaChecked === 'false'")
    assert "Paused" in page.evaluate("document.querySelector('#memory-hint').innerText")
    page.click("#memory-switch")
    page.wait_for("document.querySelector('#memory-switch').ariaChecked === 'true'")
    with api(page) as http:
        assert http.get("/memory/settings").json() == {"paused": False}


@pytest.mark.parametrize(("theme", "width", "height"), [("light", 320, 568), ("dark", 1280, 800)])
def test_the_panel_passes_the_audit(
    page: Page, product: ProductServer, theme: Theme, width: int, height: int
) -> None:
    page.emulate(width, height, theme=theme)
    told(page, product)
    open_panel(page)
    press_tool(page, f"More about “{SISTER}”")
    press_tool(page, f"Pin “{EXAM}”")
    page.wait_for(f"{HEADINGS}[0] === 'Pinned'")
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    found = page.evaluate(AUDIT)
    assert found["nameless"] == found["small"] == []
    assert len(found["ids"]) == len(set(found["ids"]))
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('dialog'))")
    assert page.evaluate(CONTRAST)["poor"] == []


def test_a_private_conversation_says_so_everywhere(page: Page, product: ProductServer) -> None:
    open_new(page, product.url)
    assert not page.evaluate("document.querySelector('#private').checkVisibility()")
    page.click(".start-private")
    page.wait_for("document.querySelector('#private').checkVisibility()")
    page.wait_for("document.querySelector('#hello')?.innerText === 'A private conversation'")
    assert page.evaluate(f"{FOCUSED}.id") == "text"
    say(page, "Nobody needs to know")
    page.wait_for(f"{ANSWERS} === 1")
    with api(page) as http:
        session = http.get(f"/sessions/{page.evaluate('location.hash.slice(1)')}").json()
    assert session["private"]
    page.reload()
    page.wait_for(f"{ANSWERS} === 1")
    page.wait_for("document.querySelector('#private').checkVisibility()")
    page.click("#open-list")
    page.wait_for("document.querySelector('#sessions [data-private] .row-lock')")
    assert page.evaluate(CONTRAST)["poor"] == []
    page.click("#new-chat")
    page.wait_for("!document.querySelector('#private').checkVisibility()")


def test_who_comes_back_reads_where_things_stood(page: Page, product: ProductServer) -> None:
    open_new(page, product.url)
    say(page, "Hello")
    page.wait_for(f"{ANSWERS} === 1")
    rest(product, page.evaluate("location.hash.slice(1)"), "run a marathon")
    page.reload()
    page.wait_for("document.querySelector('.recap')?.innerText === 'Last time: run a marathon.'")
    assert page.evaluate(CONTRAST)["poor"] == []
    say(page, "I am back")
    page.wait_for("!document.querySelector('.recap')")
    page.wait_for(f"{ANSWERS} === 2")


def test_a_deleted_message_takes_what_was_remembered_from_it_along(
    page: Page, product: ProductServer
) -> None:
    told(page, product)
    page.click(".said .pencil")
    page.click(".editor .danger-quiet")
    page.wait_for("document.querySelector('dialog .danger')")
    assert page.evaluate(CONTRAST)["poor"] == []
    page.click("dialog .danger")
    page.wait_for("document.querySelectorAll('.said').length === 1", within_s=30)
    open_panel(page)
    page.wait_for(f"{TEXTS}.length === 1")
    assert [each["text"] for each in kept(page)] == [SISTER]
