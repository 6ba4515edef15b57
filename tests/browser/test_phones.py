"""The page of simulated phones: what comes is shown once, and what is read elsewhere goes."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cdp import Browser, Page, Theme
from tests.browser.test_access import AUDIT, CONTRAST
from tests.browser.test_page import ANSWERS, api, open_new, say
from tests.product import ProductServer

PHONES = "[...document.querySelectorAll('.phone')]"
CARDS = f"{PHONES}.map(p => [...p.querySelectorAll('.lock-card')].map(c => c.dataset.kind))"
BODIES = f"{PHONES}.map(p => p.querySelector('.card-body')?.innerText)"
BADGES = f"{PHONES}.map(p => p.querySelector('.app-badge').innerText.split('\\n')[0])"
CONSENTS = "[...document.querySelectorAll('#consents .switch')]"
CHECKED = f"{CONSENTS}.map(each => each.ariaChecked)"
NO_QUIET = {"quiet_from": "00:00", "quiet_to": "00:00"}


def is_now(expression: str, value: str) -> str:
    return f"JSON.stringify({expression}) === '{value}'"


def two_phones(page: Page, product: ProductServer) -> None:
    """Register two phones, of which the second shows words."""
    page.navigate(f"{product.url}/phones")
    page.wait_for("document.querySelector('#note').innerText === 'There is no phone yet.'")
    for number in (1, 2):
        page.click("#add")
        page.wait_for(f"{PHONES}.length === {number}")
    page.click(".phone:nth-child(2) .switch")
    page.wait_for(f"{PHONES}[1].querySelector('.switch').ariaChecked === 'true'")
    with api(page) as http:
        http.patch("/notifications/settings", json=NO_QUIET).raise_for_status()


def ask_and_leave(page: Page, product: ProductServer) -> None:
    """Say something, and look at the phones before it is answered."""
    open_new(page, product.url)
    say(page, "How do I plan my week?")
    page.wait_for("document.querySelector('.said[data-status=sent]')")
    page.navigate(f"{product.url}/phones")
    page.wait_for(f"{PHONES}.length === 2")


def audited(page: Page) -> None:
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    found: dict[str, Any] = page.evaluate(AUDIT)
    assert found["nameless"] == found["small"] == []
    assert set(found["headings"]) == {1, 2}
    assert len(found["ids"]) == len(set(found["ids"]))
    assert not found["wide"]
    assert page.evaluate(CONTRAST)["poor"] == []


def requests_to_show(product: ProductServer) -> int:
    """Return how often any device was asked to show that an answer is there."""
    lines = [line for line in product.output().splitlines() if "reply_ready" in line]
    return sum("clear=False" in line or '"clear":false' in line.replace(" ", "") for line in lines)


def pictured(page: Page, name: str) -> None:
    """Keep a picture where ION_TEST_PICTURES says."""
    if directory := os.environ.get("ION_TEST_PICTURES"):
        page.screenshot(Path(directory) / f"{name}.png")


def test_an_answer_is_shown_once_on_both_phones_and_read_on_one_it_leaves_the_other(
    browser: Browser, slow_product: ProductServer
) -> None:
    with browser.pages() as (page, reader):
        page.emulate(1280, 800)
        two_phones(page, slow_product)
        ask_and_leave(page, slow_product)
        page.wait_for(is_now(CARDS, '[["reply_ready"],["reply_ready"]]'), within_s=40)
        hidden, words = page.evaluate(BODIES)
        assert hidden == "You have a new answer"
        assert len(words) > len(hidden)
        assert page.evaluate(BADGES) == ["1", "1"]
        assert requests_to_show(slow_product) == 2
        for theme in ("light", "dark"):
            page.emulate(1280, 800, theme=theme)
            audited(page)
            pictured(page, f"phones-desk-{theme}")
        # opened on the first phone; the test goes there itself, in another tab
        there = page.evaluate("document.querySelector('.card-link').href")
        page.evaluate("addEventListener('click', event => event.preventDefault())")
        page.click(".phone:first-child .card-link")
        page.wait_for(is_now(CARDS, '[[],["reply_ready"]]'))
        pictured(page, "phones-desk-opened-on-one")
        reader.navigate(there)
        reader.wait_for(f"{ANSWERS} === 1")
        page.wait_for(is_now(CARDS, "[[],[]]"), within_s=20)
        pictured(page, "phones-desk-cleared")
        page.wait_for(is_now(BADGES, '["",""]'))
        assert requests_to_show(slow_product) == 2
        assert [*page.errors(), *reader.errors()] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_test_is_shown_in_the_languages_of_the_page_on_a_small_screen(
    page: Page, product: ProductServer, theme: Theme
) -> None:
    page.emulate(320, 640, theme=theme, language="ko-KR")
    page.navigate(f"{product.url}/phones")
    page.wait_for("document.querySelector('#note').innerText")
    page.click("#add")
    page.wait_for(f"{PHONES}.length === 1")
    page.click(".phone-actions button")
    page.wait_for(is_now(CARDS, '[["account"]]'))
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert page.evaluate("document.querySelector('.card-title').innerText") == (
        "알림이 잘 도착했어요"
    )
    audited(page)
    pictured(page, f"phones-small-{theme}")
    page.click(".lock-card .icon-button")
    page.wait_for(is_now(CARDS, "[[]]"))
    page.click(".phone-actions button:last-child")
    page.wait_for(f"{PHONES}.length === 0")


@pytest.mark.parametrize(
    ("theme", "language", "names"),
    [
        (
            "light",
            "en-US",
            "Mentors may write to me first|Remind me of days I named"
            "|A word when I was away for some days",
        ),
        (
            "dark",
            "ko-KR",
            "멘토가 먼저 말을 걸어도 좋아요|내가 말한 날을 알려 주세요"
            "|며칠 쉬면 한마디 건네도 좋아요",
        ),
    ],
)
def test_consents_are_switched_on_and_off_and_are_off_at_first(
    page: Page, product: ProductServer, theme: Theme, language: str, names: str
) -> None:
    page.emulate(390, 844, theme=theme, language=language)
    page.navigate(f"{product.url}/phones")
    page.wait_for("document.querySelector('#consents').disabled === false")
    assert page.evaluate(f"{CONSENTS}.map(each => each.innerText).join('|')") == names
    assert page.evaluate(f"{CONSENTS}.map(each => each.role)") == ["switch"] * 3
    assert page.evaluate(CHECKED) == ["false"] * 3
    for name in ("reminders", "nudges"):
        page.click(f"#consents [data-name={name}]")
        page.wait_for(f"document.querySelector('[data-name={name}]').ariaChecked === 'true'")
    audited(page)
    pictured(page, f"phones-consents-{theme}")
    with api(page) as http:
        kept = http.get("/notifications/settings").json()
    page.click("#consents [data-name=nudges]")
    page.wait_for("document.querySelector('[data-name=nudges]').ariaChecked === 'false'")
    page.navigate(f"{product.url}/phones?again")
    page.wait_for("document.querySelector('#consents').disabled === false")

    assert [kept[each] for each in ("check_ins", "reminders", "nudges")] == [False, True, True]
    assert page.evaluate(CHECKED) == ["false", "true", "false"]
    assert page.errors() == []


def test_nobody_sees_the_phones_of_another(page: Page, product: ProductServer) -> None:
    page.navigate(f"{product.url}/phones")
    page.wait_for("document.querySelector('#note').innerText")
    page.click("#add")
    page.wait_for(f"{PHONES}.length === 1")
    page.click(".phone-actions button")
    page.wait_for(is_now(CARDS, '[["account"]]'))
    name = page.evaluate("document.querySelector('.phone').dataset.id")
    with api(page) as http:
        http.headers["authorization"] = f"Bearer {product.anonymous()['access_token']}"
        assert http.get("/phones").json() == {"phones": []}
        assert http.delete(f"/phones/{name}/cards/test").status_code == 404
        del http.headers["authorization"]
        assert http.get("/phones").status_code == 401
