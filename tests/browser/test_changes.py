"""Changing one's mind on the page: other answers, other words, thumbs, and what was read."""

import json
from typing import Any

from tests.browser.cdp import Page
from tests.browser.line import Line
from tests.browser.test_page import (
    ANSWERS,
    SAID,
    api,
    archived,
    assert_as_archived,
    line,
    open_new,
    say,
    wait_answered,
)
from tests.product import ProductServer

__all__ = ["line"]

LAST = "#log .answer:last-child"
VERSION = f"document.querySelector('{LAST} .versions')?.innerText"
AGAIN = f"{LAST} .tools > .tool:nth-child(3)"
FOCUSED = "document.activeElement.getAttribute('aria-label')"


def test_an_answer_is_made_again_and_every_version_can_be_looked_at(
    page: Page, product: ProductServer
) -> None:
    open_new(page, product.url)
    for number, text in enumerate(("First", "Second"), start=1):
        say(page, text)
        wait_answered(page, number)
    assert (
        page.evaluate("document.querySelectorAll('.tool[aria-label=\"Answer again\"]').length") == 2
    )
    page.wait_for(
        "[...document.querySelectorAll('.tools > .tool:nth-child(3)')]"
        ".filter(e => e.checkVisibility()).length === 1"
    )
    first = archived(page)[-1]["turn_id"]
    page.click(AGAIN)
    page.wait_for(f"{VERSION} === '2/2'")
    wait_answered(page, 2)
    assert_as_archived(page)
    second = archived(page)[-1]["turn_id"]
    assert second != first
    page.evaluate(f"document.querySelector('{LAST} .versions button').focus()")
    page.press("Enter")
    page.wait_for(f"{VERSION} === '1/2'")
    assert archived(page)[-1]["turn_id"] == first
    assert page.evaluate(FOCUSED) == "Version before"
    page.press("Enter")
    page.click(f"{LAST} .versions button:last-child")
    page.wait_for(f"{VERSION} === '2/2'")
    assert archived(page)[-1]["turn_id"] == second
    page.reload()
    page.wait_for(f"{VERSION} === '2/2'")
    assert_as_archived(page)


def test_a_message_is_edited_in_its_place_and_escape_leaves_it(
    page: Page, product: ProductServer
) -> None:
    open_new(page, product.url)
    for number, text in enumerate(("Frist", "Second"), start=1):
        say(page, text)
        wait_answered(page, number)
    page.click(".said .pencil")
    page.wait_for("document.activeElement.closest('.editor')")
    page.type(", and more")
    page.press("Escape")
    page.wait_for("!document.querySelector('.editor')")
    assert page.evaluate(FOCUSED) == "Edit “Frist”"
    assert page.evaluate(SAID) == [["sent", "Frist"], ["sent", "Second"]]
    page.press("Enter")
    page.wait_for("document.activeElement.closest('.editor')")
    page.evaluate("document.activeElement.select()")
    page.type("First")
    page.press("Enter")
    page.wait_for(f'JSON.stringify({SAID}) === \'[["sent","First"]]\'')
    wait_answered(page, 1)
    assert page.evaluate("document.activeElement.className") == "said"
    assert_as_archived(page)
    page.wait_for(f"{VERSION} === '2/2'")
    page.click(f"{LAST} .versions button")
    page.wait_for(f'JSON.stringify({SAID}) === \'[["sent","Frist"],["sent","Second"]]\'')
    assert_as_archived(page)


def test_an_editor_is_left_alone_while_an_answer_comes(
    page: Page, slow_product: ProductServer
) -> None:
    open_new(page, slow_product.url)
    say(page, "Take your time")
    page.wait_for("document.querySelector('#tail .prose')?.innerText.length > 5")
    page.click(".said .pencil")
    page.wait_for("document.activeElement.closest('.editor')")
    page.type(", please")
    page.wait_for(f"{ANSWERS} === 1", within_s=20)
    assert page.evaluate("document.activeElement.value") == "Take your time, please"
    page.type("!")
    page.press("Enter")
    page.wait_for("document.querySelector('#tail .prose')?.innerText.length > 5")
    say(page, "And this goes on the same way")
    wait_answered(page, 2)
    assert_as_archived(page)
    texts = [each["text"] for each in archived(page) if each["role"] == "user"]
    assert texts == ["Take your time, please!", "And this goes on the same way"]


def test_what_is_changed_in_a_tunnel_happens_once_behind_it(page: Page, line: Line) -> None:
    open_new(page, line.url)
    say(page, "Before the tunnel")
    wait_answered(page, 1)
    line.cut()
    page.click(AGAIN)
    page.wait_for("document.querySelector('[data-again]')")
    line.mend()
    page.wait_for(f"{VERSION} === '2/2'", within_s=30)
    line.cut()
    page.click(".said .pencil")
    page.wait_for("document.activeElement.closest('.editor')")
    page.evaluate("document.activeElement.select()")
    page.type("In the tunnel")
    page.press("Enter")
    page.wait_for("document.querySelector('.said').dataset.status === 'pending'")
    line.mend()
    page.wait_for(f"{VERSION} === '3/3'", within_s=30)
    wait_answered(page, 1)
    assert_as_archived(page)
    assert archived(page)[0]["text"] == "In the tunnel"


def test_thumbs_are_kept_and_can_be_taken_back(page: Page, product: ProductServer) -> None:
    pressed = (
        "[...document.querySelectorAll('[aria-pressed=true].tool')].map(e => e.ariaLabel).join()"
    )
    open_new(page, product.url)
    say(page, "Was that any good?")
    wait_answered(page, 1)
    for label in ("Not helpful", "Helpful"):
        page.click(f'.tool[aria-label="{label}"]')
        page.wait_for(f"{pressed} === {json.dumps(label)}")
    wait_rating(page, 1)
    page.reload()
    page.wait_for(f"{pressed} === 'Helpful'")
    page.click('.tool[aria-label="Helpful"]')
    page.wait_for(f"{pressed} === ''")
    wait_rating(page, 0)


def wait_rating(page: Page, rating: int) -> None:
    """Wait until the server has a rating of the last answer."""
    session_id = page.evaluate("location.hash.slice(1)")
    wait_server(
        page,
        f"/sessions/{session_id}/messages",
        f"(b.messages.at(-1).answered.rating ?? 0) === {rating}",
    )


def wait_server(page: Page, path: str, condition: str) -> None:
    """Wait until what the server answers with, `b`, is so."""
    page.wait_for(
        f"fetch('/api/v2.1{path}', {{headers: {{authorization:"
        " `Bearer ${JSON.parse(localStorage['ion.tokens']).access_token}`}})"
        f".then(r => r.json()).then(b => {condition})"
    )


def test_what_was_not_read_is_counted_until_it_is_seen(page: Page, product: ProductServer) -> None:
    page.emulate(1280, 800)
    open_new(page, product.url)
    say(page, "The conversation that goes on elsewhere")
    wait_answered(page, 1)
    elsewhere = page.evaluate("location.hash.slice(1)")
    wait_server(page, f"/sessions/{elsewhere}", "!b.unread")
    page.click("#new-chat")
    say(page, "The conversation in front of me")
    wait_answered(page, 1)
    with api(page) as http:
        said = {"client_msg_id": "from another device", "text": "Said elsewhere"}
        http.post(f"/sessions/{elsewhere}/messages", json=said).raise_for_status()
    page.wait_for("document.title.startsWith('(1) ')")
    badges: Any = page.evaluate(
        "[...document.querySelectorAll('.badge')].filter(e => e.checkVisibility())"
        ".map(e => e.textContent)"
    )
    assert badges == ["11 unread"]
    page.emulate(390, 844)
    assert page.evaluate("document.querySelector('#open-list').ariaLabel").endswith("1 unread")
    page.emulate(1280, 800)
    page.click(f'#sessions a[href="#{elsewhere}"]')
    page.wait_for("!document.title.startsWith('(')")
    wait_server(page, f"/sessions/{elsewhere}", "!b.unread")


def test_an_answer_below_the_fold_is_unread_until_its_end_is_seen(
    page: Page, slow_product: ProductServer
) -> None:
    page.emulate(390, 420)
    open_new(page, slow_product.url)
    say(page, "A long answer, please")
    page.wait_for("document.querySelector('#tail .prose')?.innerText.length > 5")
    page.evaluate("document.querySelector('#scroll').scrollTop = 0")
    page.wait_for("!document.querySelector('#pill').hidden")
    page.wait_for(f"{ANSWERS} === 1", within_s=20)
    session_id = page.evaluate("location.hash.slice(1)")
    wait_server(page, f"/sessions/{session_id}", "b.unread === 1")
    page.click("#pill")
    wait_server(page, f"/sessions/{session_id}", "!b.unread")


def test_the_server_hears_that_the_person_writes(page: Page, product: ProductServer) -> None:
    open_new(page, product.url)
    say(page, "Hello")
    wait_answered(page, 1)
    page.evaluate(
        "window.told = []; const send = WebSocket.prototype.send;"
        "WebSocket.prototype.send = function (data) { const frame = JSON.parse(data);"
        " if (frame.type === 'typing') told.push(frame.active); return send.call(this, data); }"
    )
    page.click("#text")
    page.type("a")
    page.type("b")
    assert page.evaluate("told") == [True]
    page.press("Backspace")
    page.press("Backspace")
    assert page.evaluate("told") == [True, False]
    say(page, "c")
    wait_answered(page, 2)
    assert page.evaluate("told") == [True, False, True]
