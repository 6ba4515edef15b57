"""Whether everybody can use the page: names, order, contrast, size, keyboard, themes."""

from itertools import pairwise
from typing import Any

import pytest

from tests.browser.cdp import Page, Theme
from tests.browser.test_page import ANSWERS, open_new, say
from tests.product import ProductServer

AUDIT = """
(() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert]");
  const named = (e) => (e.getAttribute("aria-label")
    || (e.getAttribute("aria-labelledby") ?? "").split(" ")
      .map(id => document.getElementById(id)?.textContent).join("")
    || [...(e.labels ?? [])].map(l => l.textContent).join("") || e.innerText || "").trim();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const controls = all("button, a[href], input, textarea, [tabindex]").filter(seen);
  const box = (e) => e.getBoundingClientRect();
  return {
    nameless: controls.filter(e => !named(e)).map(e => e.outerHTML.slice(0, 120)),
    small: controls.filter(e => e.matches("button, a[href]:not(.skip)"))
      .filter(e => box(e).height < 43.5 || box(e).width < 43.5)
      .map(e => `${e.id || e.className} ${box(e).width}x${box(e).height}`),
    headings: all("h1, h2, h3").filter(seen).map(e => Number(e.tagName[1])),
    ids: all("[id]").map(e => e.id),
    landmarks: ["main", "nav", "aside"].filter(tag => document.querySelector(tag)),
    wide: document.documentElement.scrollWidth > innerWidth
      || all("#scroll, #thread").some(e => e.scrollWidth > e.clientWidth),
  };
})()
"""

# WCAG 2.2: relative luminance of what is painted, read back from a canvas so that every CSS
# colour counts; backgrounds that let others through are laid over them.
CONTRAST = """
(() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const over = (layers) => {
    ink.clearRect(0, 0, 1, 1);
    for (const layer of layers) { ink.fillStyle = layer; ink.fillRect(0, 0, 1, 1); }
    return [...ink.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const layersUnder = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      layers.unshift(getComputedStyle(at).backgroundColor);
      if (over([layers[0]])[3] === 255) break;
    }
    return layers;
  };
  const poor = [];
  let checked = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !e.checkVisibility({ visibilityProperty: true })) continue;
    if (e.closest(".visually-hidden, .skip, script, noscript, :disabled")) continue;
    const style = getComputedStyle(e);
    const under = layersUnder(e);
    const [a, b] = [luminance(over(under)), luminance(over([...under, style.color]))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    checked += 1;
    if (ratio < (large ? 3 : 4.5)) poor.push(`${ratio.toFixed(2)} ${e.className}: ${text}`);
  }
  return { checked, poor };
})()
"""


def assert_accessible(page: Page, *, targets: bool = True) -> None:
    """Fail unless the page, as it stands, passes the audit."""
    found: dict[str, Any] = page.evaluate(AUDIT)
    assert found["nameless"] == []
    assert found["small"] == [] or not targets
    assert found["headings"][0] <= 2
    assert found["headings"].count(1) == 1
    jumps = pairwise(found["headings"])
    assert all(after <= before + 1 for before, after in jumps)
    assert len(found["ids"]) == len(set(found["ids"]))
    assert found["landmarks"] == ["main", "nav", "aside"]
    assert not found["wide"]
    contrast = page.evaluate(CONTRAST)
    assert contrast["checked"] > 5
    assert contrast["poor"] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (1280, 800)])
def test_every_state_of_the_page_passes_the_audit(
    page: Page, product: ProductServer, theme: Theme, width: int, height: int
) -> None:
    page.emulate(width, height, theme=theme)
    open_new(page, product.url)
    assert_accessible(page)
    say(page, "I'm worried. " + "averyverylongwordthatdoesnotfit" * 8)
    page.wait_for(f"{ANSWERS} === 1")
    page.click(".who")
    page.wait_for("!document.querySelector('.why').hidden")
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    assert_accessible(page)
    say(page, "I want to kill myself tonight")
    page.wait_for(f"{ANSWERS} === 2")
    assert_accessible(page)
    page.click("#log .answer:last-child .tools > .tool:nth-child(3)")
    page.wait_for("document.querySelector('#log .answer:last-child .versions').innerText === '2/2'")
    page.click("#log .answer:last-child [aria-pressed]")
    assert_accessible(page)
    page.click("#log .said:nth-last-child(2) .pencil")
    page.wait_for("document.querySelector('.editor')")
    assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_and_the_drawer_pass_the_audit(
    page: Page, product: ProductServer, theme: Theme
) -> None:
    page.emulate(390, 844, theme=theme)
    open_new(page, product.url)
    say(page, "Something to list")
    page.wait_for(f"{ANSWERS} === 1")
    page.click("#persona")
    page.wait_for("document.querySelector('dialog[open]')")
    assert page.evaluate(CONTRAST)["poor"] == []
    page.press("Escape")
    page.wait_for("!document.querySelector('dialog')")
    page.click("#open-list")
    page.wait_for("document.activeElement.id === 'close-list'")
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    page.wait_for("document.querySelector('#sessions li')")
    assert page.evaluate(CONTRAST)["poor"] == []
    assert page.evaluate(AUDIT)["nameless"] == []
    assert page.evaluate(AUDIT)["small"] == []
    page.press("Escape")
    page.wait_for("document.activeElement.id === 'open-list'")


def test_everything_can_be_done_with_the_keyboard_alone(page: Page, product: ProductServer) -> None:
    page.emulate(1280, 800)
    open_new(page, product.url)
    page.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.press("Enter")
    page.wait_for("document.activeElement.id === 'text'")
    page.type("Written without a mouse")
    page.press("Enter")
    page.wait_for(f"{ANSWERS} === 1")
    assert page.evaluate("document.activeElement.id") == "text"
    page.wait_for("document.querySelector('#sessions li')")
    order = []
    for _ in range(20):
        page.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    for stop in ("persona", "new-chat", "row-link", "theme", "language", "who"):
        assert stop in order, (stop, order)
    page.evaluate("document.querySelector('.who').focus()")
    page.press("Enter")
    page.wait_for("!document.querySelector('.why').hidden")
    page.evaluate("document.querySelector('#persona').focus()")
    page.press("Enter")
    page.wait_for("document.activeElement.closest('dialog')")
    page.press("Tab")
    page.press("Enter")
    page.wait_for("!document.querySelector('dialog')")


def test_focus_is_seen(page: Page, product: ProductServer) -> None:
    page.emulate(1280, 800)
    open_new(page, product.url)
    for _ in range(6):
        page.press("Tab")
        style = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style[0] == "solid"
        assert style[1] >= 2


def test_a_screen_reader_hears_whole_answers_and_no_history(
    page: Page, slow_product: ProductServer
) -> None:
    """Additions to the live log are what is read aloud: the answer comes once, when it is whole."""
    open_new(page, slow_product.url)
    page.evaluate(
        "window.heard = [];"
        "new MutationObserver(changes => { for (const c of changes) for (const n of c.addedNodes) {"
        " const live = n.parentElement?.closest('[aria-live]')?.ariaLive;"
        " if (live === 'polite') heard.push(n.innerText); } })"
        ".observe(document.querySelector('#log'), {childList: true, subtree: true})"
    )
    log = "document.querySelector('#log')"
    assert page.evaluate(f"[{log}.role, {log}.ariaLive, {log}.ariaLabel]") == [
        "log",
        "polite",
        "Conversation",
    ]
    say(page, "Read this to me")
    page.wait_for(f"{ANSWERS} === 1", within_s=20)
    heard = page.evaluate("heard")
    answer = page.evaluate("document.querySelector('.prose').innerText")
    assert sum(answer in text for text in heard) == 1
    assert len(heard) <= 3
    page.reload()
    page.wait_for(f"{ANSWERS} === 1")
    assert page.evaluate("document.querySelector('#log').ariaLive") == "off"
    page.wait_for("document.querySelector('#log').ariaLive === 'polite'")


def test_the_theme_follows_the_device_until_the_person_chooses(
    page: Page, product: ProductServer
) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    page.emulate(1280, 800, theme="dark")
    open_new(page, product.url)
    dark = page.evaluate(paper)
    page.emulate(1280, 800, theme="light")
    light = page.evaluate(paper)
    assert dark != light
    page.click("#theme")
    page.click("#theme")
    page.wait_for(f"{paper} === {dark!r}")
    page.reload()
    assert page.evaluate(paper) == dark
    page.wait_for("document.querySelector('#theme').innerText === 'Dark theme'")


def test_nothing_moves_for_those_who_asked_for_less_motion(
    page: Page, slow_product: ProductServer
) -> None:
    open_new(page, slow_product.url)
    page.call(
        "Emulation.setEmulatedMedia",
        features=[{"name": "prefers-reduced-motion", "value": "reduce"}],
    )
    say(page, "Slowly, please")
    page.wait_for("document.querySelector('.dots')")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_first_words_take_the_place_of_the_dots_without_a_jump(
    page: Page, slow_product: ProductServer
) -> None:
    open_new(page, slow_product.url)
    page.evaluate(
        "window.heights = [];"
        "new ResizeObserver(() => {"
        " const a = document.querySelector('.answer'); if (!a) return;"
        " heights.push([Boolean(a.querySelector('.prose').innerText), a.offsetHeight]);"
        "}).observe(document.querySelector('#thread'))"
    )
    say(page, "Hello")
    page.wait_for("document.querySelector('.prose')?.innerText")
    page.wait_for(f"{ANSWERS} === 1", within_s=20)
    heights = page.evaluate("heights")
    assert all(after >= before - 1 for (_, before), (_, after) in pairwise(heights))
