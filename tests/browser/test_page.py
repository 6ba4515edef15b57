"""The page in a real browser, on the real product."""

import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import httpx
import pytest

from tests.browser.cdp import Browser, Page
from tests.browser.line import Line, running_line
from tests.product import ProductServer, running_product

ANSWERS = "document.querySelectorAll('#log .answer').length"
READY = "document.querySelectorAll('.face').length >= 4"
SAID = (
    "[...document.querySelectorAll('.said')]"
    ".map(e => [e.dataset.status, e.querySelector('.said-text').textContent])"
)


@pytest.fixture
def line(product: ProductServer) -> Iterator[Line]:
    """Run a line to the product."""
    with running_line(product.port) as running:
        yield running


def open_new(page: Page, url: str) -> None:
    """Open the page where nothing was said yet."""
    page.navigate(url)
    page.wait_for(READY)


def say(page: Page, text: str) -> None:
    """Write and send with Enter."""
    page.click("#text")
    page.type(text)
    page.press("Enter")


def wait_answered(page: Page, said: int, *, within_s: float = 30) -> None:
    """Wait until so much was said, and all of it answered, in how many answers ever."""
    said_all = f"document.querySelectorAll('#log .said').length === {said}"
    page.wait_for(f"{said_all} && !document.querySelector('#tail > *')", within_s=within_s)


def api(page: Page) -> httpx.Client:
    """Return the server's API as the page's user sees it."""
    token = page.evaluate("JSON.parse(localStorage['ion.tokens']).access_token")
    return httpx.Client(
        base_url=f"{page.evaluate('location.origin')}/api/v2.1",
        headers={"authorization": f"Bearer {token}"},
    )


def archived(page: Page) -> list[dict[str, str]]:
    """Return the open session's messages as the server has them."""
    session_id = page.evaluate("location.hash.slice(1)")
    with api(page) as http:
        answer = http.get(f"/sessions/{session_id}/messages").raise_for_status()
    messages: list[dict[str, str]] = answer.json()["messages"]
    return messages


def shown_answers(page: Page) -> list[str]:
    """Return the texts of the answers on the page."""
    texts = "[...document.querySelectorAll('.answer .prose')].map(e => e.innerText)"
    answers: list[str] = page.evaluate(texts)
    return [" ".join(answer.split()) for answer in answers]


def assert_as_archived(page: Page) -> None:
    """Fail unless the page shows what the archive holds, each once, and all of it is answered."""
    messages = archived(page)
    turns = [[each["role"] for each in of_turn] for of_turn in by_turn(messages)]
    assert all(roles == ["user"] * (len(roles) - 1) + ["assistant"] for roles in turns)
    questions = [each["text"] for each in messages if each["role"] == "user"]
    answers = [" ".join(each["text"].split()) for each in messages if each["role"] == "assistant"]
    assert page.evaluate(SAID) == [["sent", question] for question in questions]
    assert shown_answers(page) == answers


def by_turn(messages: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Return messages in the groups that share an answer; fail when one is torn."""
    groups = [(turn_id, list(each)) for turn_id, each in groupby(messages, itemgetter("turn_id"))]
    assert len({turn_id for turn_id, _ in groups}) == len(groups)
    return [of_turn for _, of_turn in groups]


def test_five_turns_are_shown_as_they_are_kept_and_a_reload_brings_them_back(
    page: Page, product: ProductServer
) -> None:
    open_new(page, product.url)
    for number in range(1, 6):
        say(page, f"Message {number} of a long evening")
        page.wait_for(f"{ANSWERS} === {number}")
    assert_as_archived(page)
    page.reload()
    page.wait_for(f"{ANSWERS} === 5")
    assert_as_archived(page)
    assert page.evaluate("document.querySelector('.ai-notice').innerText").startswith("AI")


def test_a_tap_on_the_mentor_tells_why(page: Page, product: ProductServer) -> None:
    open_new(page, product.url)
    say(page, "I'm so stressed and worried about my exam, what should I do?")
    page.wait_for(f"{ANSWERS} === 1")
    page.click(".who")
    page.wait_for("!document.querySelector('.why').hidden")
    choices = page.evaluate("[...document.querySelectorAll('.why li')].map(e => e.innerText)")
    assert len(choices) == 3
    assert all("%" in choice for choice in choices)
    assert "scripted" in page.evaluate("document.querySelector('.why dl').innerText")
    assert page.evaluate("document.querySelector('.who').getAttribute('aria-expanded')") == "true"


def test_a_killed_server_comes_back_and_the_answer_is_whole_without_a_reload(
    browser: Browser, tmp_path: Path
) -> None:
    settings = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": "80",
        "ION_SCRIPTED_INTERVAL_MS": "50",
    }
    with running_product(tmp_path, settings) as server, browser.page() as page:
        open_new(page, server.url)
        page.evaluate("window.neverReloaded = true")
        say(page, "Please answer at length")
        page.wait_for("document.querySelector('.answer .prose')?.innerText.length > 40")
        server.kill()
        page.wait_for("document.querySelector('.banner')")
        say(page, "And this I write while you are away")
        page.wait_for("document.querySelectorAll('.said[data-status=pending]').length === 1")
        server.start()
        wait_answered(page, 2, within_s=60)
        assert page.evaluate("window.neverReloaded")
        assert_as_archived(page)
        page.wait_for("!document.querySelector('.banner')")


def test_what_is_written_offline_waits_and_is_sent_once(page: Page, line: Line) -> None:
    open_new(page, line.url)
    say(page, "First, with a network")
    page.wait_for(f"{ANSWERS} === 1")
    page.offline(True)
    line.cut()
    page.wait_for("document.querySelector('.banner')?.innerText.includes('offline')")
    say(page, "Second, in the tunnel")
    say(page, "Third, still in the tunnel")
    page.wait_for("document.querySelectorAll('.said[data-status=pending]').length === 2")
    line.mend()
    page.offline(False)
    wait_answered(page, 3)
    assert_as_archived(page)
    assert [each["text"] for each in archived(page) if each["role"] == "user"] == [
        "First, with a network",
        "Second, in the tunnel",
        "Third, still in the tunnel",
    ]


def test_a_first_message_written_offline_survives_a_reload(page: Page, line: Line) -> None:
    open_new(page, line.url)
    line.cut()
    say(page, "Nobody has heard this yet")
    page.wait_for("document.querySelectorAll('.said[data-status=pending]').length === 1")
    line.mend()
    page.reload()
    page.wait_for(f"{ANSWERS} === 1", within_s=30)
    assert_as_archived(page)


def test_a_line_that_keeps_breaking_loses_and_doubles_nothing(page: Page, line: Line) -> None:
    open_new(page, line.url)
    for number in range(1, 6):
        say(page, f"Between two tunnels, {number}")
        page.wait_for(f"document.querySelectorAll('.said').length === {number}")
        line.cut()
        line.mend()
    wait_answered(page, 5, within_s=60)
    assert_as_archived(page)
    assert [each["text"] for each in archived(page) if each["role"] == "user"] == [
        f"Between two tunnels, {number}" for number in range(1, 6)
    ]


def test_stop_ends_the_answer_and_keeps_what_was_written(
    page: Page, slow_product: ProductServer
) -> None:
    open_new(page, slow_product.url)
    say(page, "Tell me everything")
    page.wait_for("document.querySelector('.answer .prose')?.innerText.length > 20")
    page.click("#stop")
    page.wait_for(f"{ANSWERS} === 1", within_s=3)
    page.wait_for("document.querySelector('.note')?.innerText === 'Stopped here.'")
    assert page.evaluate("document.querySelector('#stop').hidden")
    assert_as_archived(page)


def test_a_second_message_during_an_answer_is_answered_after_it(
    page: Page, slow_product: ProductServer
) -> None:
    open_new(page, slow_product.url)
    say(page, "One")
    page.wait_for("document.querySelector('.answer .prose')?.innerText.length > 5")
    say(page, "Two")
    page.wait_for("document.querySelectorAll('.said[data-status=sent]').length === 2")
    page.wait_for(f"{ANSWERS} === 2", within_s=30)
    assert_as_archived(page)


def test_conversations_are_listed_opened_renamed_and_deleted(
    page: Page, product: ProductServer
) -> None:
    page.emulate(1280, 800)
    open_new(page, product.url)
    for number, text in enumerate(("About the garden", "About the exam"), start=1):
        page.click("#new-chat")
        say(page, text)
        page.wait_for(f"{ANSWERS} === 1")
        page.wait_for(f"document.querySelectorAll('#sessions li').length === {number}")
    titles = "[...document.querySelectorAll('.row-title')].map(e => e.innerText)"
    page.wait_for(f'JSON.stringify({titles}) === \'["About the exam","About the garden"]\'')
    page.click("#sessions li:last-child a")
    page.wait_for("document.querySelector('.said-text')?.innerText === 'About the garden'")
    page.wait_for("document.querySelector('#title').innerText === 'About the garden'")
    page.click("#sessions li:last-child .icon-button")
    page.wait_for("document.activeElement.id === 'new-title'")
    page.evaluate("document.activeElement.select()")
    page.type("Tomatoes")
    page.press("Enter")
    page.wait_for("document.querySelector('#title').innerText === 'Tomatoes'")
    page.reload()
    page.wait_for("document.querySelector('#title').innerText === 'Tomatoes'")
    page.click("#sessions li:has([aria-current]) .icon-button")
    page.click("dialog .danger-quiet")
    page.wait_for("document.querySelector('dialog')?.innerText.includes('gone for good')")
    page.click("dialog .danger")
    page.wait_for(f"JSON.stringify({titles}) === '[\"About the exam\"]'")
    page.wait_for(READY)


def test_a_conversation_deleted_elsewhere_is_left(browser: Browser, product: ProductServer) -> None:
    with browser.pages() as (here, there):
        for page in (here, there):
            page.emulate(1280, 800)
        open_new(here, product.url)
        say(here, "Seen in two tabs")
        here.wait_for(f"{ANSWERS} === 1")
        there.navigate(here.evaluate("location.href"))
        there.wait_for(f"{ANSWERS} === 1")
        say(there, "And answered in both")
        here.wait_for(f"{ANSWERS} === 2")
        there.click("#sessions li .icon-button")
        there.click("dialog .danger-quiet")
        there.click("dialog .danger")
        for page in (here, there):
            page.wait_for(READY)
            assert page.errors() == []


def test_the_chosen_mentor_answers_and_the_choice_is_kept(
    page: Page, product: ProductServer
) -> None:
    open_new(page, product.url)
    choose(page, "Elro")
    say(page, "I am so sad today")
    page.wait_for(f"{ANSWERS} === 1")
    assert page.evaluate("document.querySelector('.who-name').innerText") == "Elro"
    page.wait_for("!Object.keys(localStorage).some(key => key.startsWith('ion.persona.'))")
    page.reload()
    page.wait_for("document.querySelector('#persona').innerText.trim() === 'Elro'")
    choose(page, "Whoever fits")
    page.wait_for("document.querySelector('#persona').innerText.trim() === 'Whoever fits'")
    page.wait_for("!Object.keys(localStorage).some(key => key.startsWith('ion.persona.'))")


def choose(page: Page, name: str) -> None:
    """Choose who answers."""
    page.click("#persona")
    names = "[...document.querySelectorAll('.persona-name')]"
    index = f"{names}.findIndex(e => e.innerText === {json.dumps(name)})"
    page.wait_for(f"{index} >= 0")
    page.click(f".personas li:nth-child({page.evaluate(index) + 1}) button")
    page.wait_for("!document.querySelector('dialog')")


def test_a_draft_is_kept_with_its_conversation(page: Page, product: ProductServer) -> None:
    page.emulate(1280, 800)
    open_new(page, product.url)
    say(page, "The first conversation")
    page.wait_for(f"{ANSWERS} === 1")
    page.type("half a thought")
    page.click("#new-chat")
    page.wait_for("document.querySelector('#text').value === ''")
    page.type("another thought")
    page.reload()
    page.wait_for("document.querySelector('#text').value === 'another thought'")
    page.click("#sessions li a")
    page.wait_for("document.querySelector('#text').value === 'half a thought'")


def test_enter_does_not_send_while_a_syllable_is_being_written(
    page: Page, product: ProductServer
) -> None:
    open_new(page, product.url)
    page.click("#text")
    page.compose("안녕하세")
    page.evaluate(
        "document.querySelector('#text').dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert page.evaluate("document.querySelectorAll('.said').length") == 0
    page.type("안녕하세요")
    page.press("Enter", shift=True)
    page.type("반가워요")
    page.press("Enter")
    page.wait_for(f"{ANSWERS} === 1")
    assert archived(page)[0]["text"] == "안녕하세요\n반가워요"
    assert page.evaluate("document.querySelector('.said-text').lang") == "ko"


def test_too_long_a_message_is_counted_and_not_sent(page: Page, product: ProductServer) -> None:
    open_new(page, product.url)
    page.click("#text")
    page.type("한" * 7_990)
    page.wait_for("document.querySelector('#text-count').innerText === '10 characters left'")
    page.type("글" * 11)
    page.wait_for("document.querySelector('#text-count').innerText === '1 characters too many'")
    page.press("Enter")
    assert page.evaluate("document.querySelector('#send').disabled")
    page.press("Backspace")
    page.press("Enter")
    page.wait_for(f"{ANSWERS} === 1")
    assert len(archived(page)[0]["text"]) == 8_000


def test_a_cry_for_help_shows_people_to_reach(page: Page, product: ProductServer) -> None:
    page.emulate(390, 844, language="en-US")
    page.call("Emulation.setTimezoneOverride", timezoneId="America/New_York")
    open_new(page, product.url)
    say(page, "I want to kill myself tonight")
    page.wait_for("document.querySelector('.safety')")
    page.wait_for(f"{ANSWERS} === 1")
    links = page.evaluate("[...document.querySelectorAll('a.contact')].map(e => e.href)")
    assert any(link.startswith("tel:") for link in links)
    page.reload()
    page.wait_for("document.querySelector('.safety')")


def test_an_answer_that_fails_can_be_asked_again(browser: Browser, tmp_path: Path) -> None:
    settings = {
        "ION_LLM": "openai",
        "ION_LLM_MODEL": "none",
        "ION_LLM_BASE_URL": "http://127.0.0.1:9",
    }
    with running_product(tmp_path, settings) as server, browser.page() as page:
        open_new(page, server.url)
        say(page, "Is anybody there?")
        page.wait_for("document.querySelector('.failure')", within_s=60)
        assert (
            page.evaluate("document.querySelector('.said-text').innerText") == "Is anybody there?"
        )
        page.click(".failure .small-button")
        page.wait_for("document.querySelector('.answer .dots')")
        page.wait_for(
            "document.querySelector('.failure .versions')?.innerText === '2/2'", within_s=60
        )
        assert page.evaluate(SAID) == [["sent", "Is anybody there?"]]


def test_the_reader_who_scrolled_up_is_left_alone(page: Page, slow_product: ProductServer) -> None:
    open_new(page, slow_product.url)
    for number in (1, 2):
        say(page, f"A long answer, please, number {number}")
        page.wait_for(f"{ANSWERS} === {number}", within_s=20)
    say(page, "And one more")
    page.wait_for("document.querySelector('#tail .prose')?.innerText.length > 5")
    page.wait_for(AT_BOTTOM)
    page.evaluate("document.querySelector('#scroll').scrollTop = 0")
    page.wait_for("!document.querySelector('#pill').hidden")
    assert page.evaluate("document.querySelector('#scroll').scrollTop") == 0
    page.click("#pill")
    page.wait_for(AT_BOTTOM)
    page.wait_for("document.querySelector('#pill').hidden")
    page.wait_for(f"{ANSWERS} === 3", within_s=20)
    page.wait_for(AT_BOTTOM)


AT_BOTTOM = (
    "(e => e.scrollHeight - e.scrollTop - e.clientHeight < 4)(document.querySelector('#scroll'))"
)


def test_a_user_the_server_forgot_begins_anew_and_loses_no_words(
    page: Page, product: ProductServer
) -> None:
    page.navigate(f"{product.url}/static/icon.svg")
    page.evaluate(
        "localStorage['ion.tokens'] = JSON.stringify({access_token: 'x.y.z', refresh_token: 'gone',"
        " user_id: 'u_gone', expires_at: 0})"
    )
    page.evaluate(
        "localStorage['ion.outbox.c_1'] = JSON.stringify({id: 'c_1', key: 's_gone', at: 1, n: 0,"
        " text: 'Said to nobody', status: 'pending', persona: null, error: null})"
    )
    page.navigate(f"{product.url}/#s_gone")
    page.wait_for(f"{ANSWERS} === 1")
    assert archived(page)[0]["text"] == "Said to nobody"


def test_the_page_speaks_korean(page: Page, product: ProductServer) -> None:
    page.emulate(390, 844, language="ko-KR")
    open_new(page, product.url)
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert "루아" in page.evaluate("document.querySelector('.faces').innerText")
    page.click(".starter")
    page.wait_for(f"{ANSWERS} === 1")
    page.click("#open-list")
    page.click("#language")
    page.wait_for("document.documentElement.lang === 'en'")
    page.reload()
    assert page.evaluate("document.documentElement.lang") == "en"
