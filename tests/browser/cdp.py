"""A small driver of headless Chromium over the DevTools protocol."""

import base64
import contextlib
import json
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from websockets.sync.client import ClientConnection, connect

__all__ = ["Browser", "Page", "find_chromium", "running_browser"]

Theme = Literal["light", "dark"]
_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --disable-dev-shm-usage --hide-scrollbars --remote-debugging-port=0"
)
_KEYS: dict[str, dict[str, Any]] = {
    "Enter": {"code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Tab": {"code": "Tab", "windowsVirtualKeyCode": 9},
    "Escape": {"code": "Escape", "windowsVirtualKeyCode": 27},
    "Backspace": {"code": "Backspace", "windowsVirtualKeyCode": 8},
}
# Where an element is, once it can be used and has stopped moving.
_MIDDLE = """
async (selector) => {
  const element = document.querySelector(selector);
  if (!element || element.disabled) return null;
  element.scrollIntoView({ block: "nearest" });
  const before = element.getBoundingClientRect();
  await new Promise((done) => setTimeout(done, 50));
  const { x, y, width, height } = element.getBoundingClientRect();
  return width && x === before.x && y === before.y ? [x + width / 2, y + height / 2] : null;
}
"""
_SHIFT = 8
_CALL_S = 20.0
_WAIT_S = 15.0


def find_chromium() -> str | None:
    """Return the path of Chromium, or None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


class PageError(AssertionError):
    """The page did not do what was asked of it."""


class _Target:
    """One DevTools socket: calls in, events aside."""

    def __init__(self, url: str) -> None:
        self._open = contextlib.ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(url, max_size=None, proxy=None)
        )
        self._last_id = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and return its result; raises PageError."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params}
        self._socket.send(json.dumps(message))
        deadline = time.monotonic() + _CALL_S
        while True:
            reply = json.loads(self._socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            if reply.get("id") != self._last_id:
                self.events.append(reply)
            elif "error" in reply:
                raise PageError(f"{method}: {reply['error']}")
            else:
                result: dict[str, Any] = reply["result"]
                return result

    def close(self) -> None:
        """Close the socket."""
        self._open.close()


class Page:
    """One tab. Keys, clicks and text arrive as a person's would."""

    def __init__(self, url: str) -> None:
        self._target = _Target(url)
        self.call = self._target.call
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """Close the driver's end; the tab goes with its context."""
        self._target.close()

    def navigate(self, url: str) -> None:
        """Open an address and wait until its scripts have run."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def reload(self) -> None:
        """Reload, as a person would."""
        self.evaluate("window.isOld = true")
        self.call("Page.reload")
        self.wait_for("!window.isOld && document.readyState === 'complete'")

    def evaluate(self, expression: str) -> Any:
        """Return the JSON value of an expression; promises are awaited. Raises PageError."""
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise PageError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, expression: str, *, within_s: float = _WAIT_S) -> Any:
        """Return the expression's value as soon as it is truthy; raises PageError."""
        deadline = time.monotonic() + within_s
        awaited = f"(async v => (v = await v) instanceof Node || v)({expression})"
        while True:
            with contextlib.suppress(PageError):
                if value := self.evaluate(awaited):
                    return value
            if time.monotonic() > deadline:
                text = self.evaluate("document.body?.innerText ?? ''")
                raise PageError(f"never came true: {expression}\n{text}")
            time.sleep(0.02)

    def click(self, selector: str) -> None:
        """Click the middle of the first element that matches."""
        x, y = self._middle(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _middle(self, selector: str) -> tuple[float, float]:
        found = self.wait_for(f"({_MIDDLE})({json.dumps(selector)})")
        return found[0], found[1]

    def type(self, text: str) -> None:
        """Insert text where the focus is."""
        self.call("Input.insertText", text=text)

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key."""
        known = dict(_KEYS[key])
        text = known.pop("text", None)
        pressed = {"key": key, "modifiers": _SHIFT if shift else 0, **known}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **down, **pressed)
        self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def compose(self, text: str) -> None:
        """Show text that an input method is still putting together."""
        self.call("Input.imeSetComposition", text=text, selectionStart=len(text), selectionEnd=0)

    def emulate(
        self,
        width: int,
        height: int,
        *,
        theme: Theme = "light",
        scale: float = 1,
        language: str = "en",
    ) -> None:
        """Be a screen of that size, theme and language; narrow ones are phones."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        agent = self.evaluate("navigator.userAgent")
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def offline(self, offline: bool) -> None:
        """Let the browser believe that the network is gone, or back."""
        self.call(
            "Network.emulateNetworkConditions",
            offline=offline,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def screenshot(self, path: Path) -> None:
        """Write what is seen as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)[
            "data"
        ]
        path.write_bytes(base64.b64decode(data))

    def errors(self) -> list[str]:
        """Return uncaught exceptions and refusals of the content security policy so far."""
        self.call("Runtime.evaluate", expression="0")
        found = []
        for event in self._target.events:
            if event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(event["params"]["exceptionDetails"]))
            elif (
                event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"
            ):
                entry = event["params"]["entry"]
                if entry["source"] in ("security", "javascript"):
                    found.append(entry["text"])
        return found


class Browser:
    """A running Chromium."""

    def __init__(self, address: str) -> None:
        self._address = address
        with urllib.request.urlopen(f"http://{address}/json/version") as reply:
            self._target = _Target(json.load(reply)["webSocketDebuggerUrl"])

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Open a tab with a storage of its own."""
        context = self._target.call("Target.createBrowserContext")["browserContextId"]
        page = self._tab(context)
        try:
            yield page
        finally:
            page.close()
            self._target.call("Target.disposeBrowserContext", browserContextId=context)

    @contextmanager
    def pages(self) -> Iterator[tuple[Page, Page]]:
        """Open two tabs of the same person."""
        context = self._target.call("Target.createBrowserContext")["browserContextId"]
        both = self._tab(context), self._tab(context)
        try:
            yield both
        finally:
            for page in both:
                page.close()
            self._target.call("Target.disposeBrowserContext", browserContextId=context)

    def _tab(self, context: str) -> Page:
        target = self._target.call(
            "Target.createTarget", url="about:blank", browserContextId=context, newWindow=True
        )
        return Page(f"ws://{self._address}/devtools/page/{target['targetId']}")

    def close(self) -> None:
        """Close the driver's end."""
        self._target.close()


@contextmanager
def running_browser(chromium: str, profile: Path) -> Iterator[Browser]:
    """Run Chromium with a fresh profile."""
    command = [chromium, *_FLAGS.split(), f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        browser = Browser(_address(process, profile))
        try:
            yield browser
        finally:
            browser.close()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], profile: Path) -> str:
    file = profile / "DevToolsActivePort"
    deadline = time.monotonic() + 30
    while not (file.exists() and "\n" in (text := file.read_text())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Chromium did not start")
        time.sleep(0.05)
    return f"127.0.0.1:{text.splitlines()[0]}"
