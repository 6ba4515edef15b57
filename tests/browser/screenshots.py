"""Photographs of the page: `python -m tests.browser.screenshots OUTDIR URL`."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.browser.cdp import Browser, Page, Theme, find_chromium, running_browser

__all__ = ["main", "talk"]

TALK = (
    "I can't switch off after work. Even on the train home I keep going through my list.",
    "It's worse since my team lead left. I'm doing both jobs and nobody has noticed.",
    "Okay, but how do I plan next week so that I leave on time twice?",
    "Is it worth it to ask for a raise now? I get 3,100 a month, the two roles pay 3,900.",
    "Thank you. I think I'll try the first step tonight.",
)
LAST = "document.querySelector('#thread .answer:last-child')"
SCREENS = {"phone": (390, 844, 2.0), "desk": (1280, 800, 1.0)}
THEMES: tuple[Theme, ...] = ("light", "dark")


def main(arguments: list[str] | None = None) -> int:
    """Take all pictures; returns 0, or 1 without Chromium."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("outdir", type=Path)
    parser.add_argument("url")
    options = parser.parse_args(arguments)
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write("Chromium is not installed\n")
        return 1
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        running_browser(chromium, Path(profile)) as browser,
    ):
        _photograph(browser, options.url, options.outdir)
    return 0


def talk(page: Page, texts: tuple[str, ...] = TALK) -> None:
    """Say each text, and wait for its answer."""
    for number, text in enumerate(texts, start=1):
        page.click("#text")
        page.type(text)
        page.press("Enter")
        page.wait_for(f"document.querySelectorAll('#log .answer').length === {number}", within_s=60)


def _photograph(browser: Browser, url: str, outdir: Path) -> None:
    with browser.page() as page:
        for name, (width, height, scale) in SCREENS.items():
            for theme in THEMES:
                page.emulate(width, height, theme=theme, scale=scale)
                _empty(page, url)
                page.screenshot(outdir / f"{name}-{theme}-empty.png")
        page.emulate(1280, 800)
        _empty(page, url)
        talk(page)
        page.click("#log .answer:last-child .tools > .tool:nth-child(3)")
        page.wait_for(f"{LAST}.querySelector('.versions').innerText === '2/2'", within_s=60)
        page.wait_for(f"!{LAST}.querySelector('.tools').hidden", within_s=60)
        page.click("#log .answer:last-child [aria-pressed]")
        for name, (width, height, scale) in SCREENS.items():
            for theme in THEMES:
                page.emulate(width, height, theme=theme, scale=scale)
                page.reload()
                page.wait_for("document.querySelectorAll('#log .answer').length === 5")
                page.wait_for("document.fonts.ready.then(() => true)")
                page.screenshot(outdir / f"{name}-{theme}-talk.png")
                page.click("#log .answer:last-child .who")
                page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
                page.screenshot(outdir / f"{name}-{theme}-why.png")
                page.click(".said .pencil")
                page.wait_for("document.activeElement.closest('.editor')")
                page.screenshot(outdir / f"{name}-{theme}-edit.png")
                _open(page, "memory", ".memory, .panel-note:not([hidden])")
                page.screenshot(outdir / f"{name}-{theme}-memory.png")
                page.press("Escape")
                page.wait_for("!document.querySelector('dialog')")
                _open(page, "planned", "fieldset:not(:disabled)")
                page.screenshot(outdir / f"{name}-{theme}-planned.png")
        for name, (width, height, scale) in SCREENS.items():
            for theme in THEMES:
                page.emulate(width, height, theme=theme, scale=scale)
                _empty(page, url)
                page.click(".start-private")
                page.wait_for("!document.querySelector('#private').hidden")
                page.wait_for("document.querySelector('.welcome h2')")
                page.screenshot(outdir / f"{name}-{theme}-private.png")


def _open(page: Page, name: str, ready: str) -> None:
    """Open a panel of the menu, which a phone has in a drawer."""
    closed = "!document.querySelector('#sidebar').matches('.open')"
    if page.evaluate(f"{closed} && document.querySelector('#open-list').checkVisibility()"):
        page.click("#open-list")
    page.click(f"#{name}")
    page.wait_for(f"document.querySelector('dialog').querySelector('{ready}')?.innerText")
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")


def _empty(page: Page, url: str) -> None:
    page.navigate(url)
    page.wait_for("document.querySelectorAll('.face').length >= 4")


if __name__ == "__main__":
    raise SystemExit(main())
