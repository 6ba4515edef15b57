"""Chromium, and the product that it looks at."""

import os
from collections.abc import Iterator

import pytest

from tests.browser.cdp import Browser, Page, find_chromium, running_browser
from tests.product import ProductServer, running_product

PHONE = (390, 844)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Run Chromium; without one skip, or fail when CI is true."""
    chromium = find_chromium()
    if chromium is None:
        message = "Chromium is not installed: the page was NOT tested in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with running_browser(chromium, tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    """Run the product with answers of a known pace."""
    settings = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": "40",
        "ION_SCRIPTED_INTERVAL_MS": "10",
    }
    with running_product(tmp_path_factory.mktemp("product"), settings) as server:
        yield server


@pytest.fixture(scope="session")
def slow_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    """Run the product with answers that take several seconds."""
    settings = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": "120",
        "ION_SCRIPTED_INTERVAL_MS": "40",
    }
    with running_product(tmp_path_factory.mktemp("slow"), settings) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a tab on a phone; no script may have failed when the test ends."""
    with browser.page() as opened:
        opened.emulate(*PHONE)
        yield opened
        assert opened.errors() == []
