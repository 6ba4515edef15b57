"""A user is steered wrongly, corrects it twice, and is understood the third time."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.product import ProductServer, running_product

CODE = [
    "My code throws an error, what is wrong with this function?",
    "My code throws another error, what is wrong with this class?",
    "My code throws an error again, what is wrong with this loop?",
]
WEDDING = "We are planning a wedding with forty guests, who does what?"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    """The product as `make run` starts it."""
    directory: Path = tmp_path_factory.mktemp("learning")
    with running_product(directory, {"ION_WORKERS": "2"}) as server:
        yield server


class User:
    """Talks over plain HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._said = 0

    def ask(self, text: str, session_id: str | None = None) -> dict[str, Any]:
        """Say something in a session, by default a new one; return how it was answered."""
        session_id = session_id or self.post("/sessions", {})["id"]
        ack = self.post(f"/sessions/{session_id}/messages", {"text": text, **self._key()})
        return self._answer(session_id, ack["turn_id"])

    def correct(self, answered: dict[str, Any], persona: str) -> dict[str, Any]:
        """Have a message answered again by somebody else."""
        path = f"/sessions/{answered['session_id']}/regenerate"
        body = {"turn_id": answered["turn_id"], "persona": persona, **self._key()}
        return self._answer(answered["session_id"], self.post(path, body)["turn_id"])

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self._client.post(path, json=body).raise_for_status().json()
        return found

    def profile(self, language: str = "en") -> dict[str, Any]:
        headers = {"accept-language": language}
        answer = self._client.get("/profile", headers=headers).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def until_learned(self, turns: int) -> None:
        """Wait until so many turns are in the profile."""
        until(lambda: self.profile()["turns"] == turns)

    def erase(self) -> int:
        return self._client.delete("/profile").status_code

    def _key(self) -> dict[str, str]:
        self._said += 1
        return {"client_msg_id": f"c{self._said}"}

    def _answer(self, session_id: str, turn_id: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            page = self._client.get(f"/sessions/{session_id}/messages").raise_for_status().json()
            for message in page["messages"]:
                answered: dict[str, Any] = message.get("answered", {})
                if answered.get("turn_id") == turn_id:
                    return answered | {"session_id": session_id}
            return None

        answered: dict[str, Any] = until(found)
        return answered


@pytest.fixture
def new_user(product: ProductServer) -> Iterator[Callable[[], User]]:
    """Makes users who have not talked yet."""
    with ExitStack() as stack:

        def make() -> User:
            headers = {"authorization": f"Bearer {product.anonymous()['access_token']}"}
            base_url = f"{product.url}/api/v2.1"
            return User(
                stack.enter_context(httpx.Client(base_url=base_url, headers=headers, timeout=30))
            )

        yield make


def until(found: Callable[[], Any], *, deadline_s: float = 20) -> Any:
    give_up_at = time.monotonic() + deadline_s
    while (value := found()) is None or value is False:
        assert time.monotonic() < give_up_at, "it did not come"
        time.sleep(0.02)
    return value


def test_two_corrections_are_enough_there_and_change_nothing_elsewhere(
    new_user: Callable[[], User],
) -> None:
    user, other = new_user(), new_user()
    routed: list[str] = []
    wanted = ""
    for number, text in enumerate(CODE[:2], start=1):
        answered = user.ask(text)
        routed.append(answered["persona"])
        wanted = wanted or answered["choices"][1]["persona"]
        corrected = user.correct(answered, wanted)
        assert corrected["persona"] == wanted
        user.until_learned(2 * number)

    third = user.ask(CODE[2])
    elsewhere = user.ask(WEDDING)
    words = user.profile()["words"]

    assert routed[0] == routed[1] != wanted, "it was steered wrongly twice"
    assert third["persona"] == wanted
    assert " has suited you in moments like this" in third["choices"][0]["reason"]
    assert other.ask(CODE[2])["persona"] == routed[0], "nobody else is steered by it"
    assert elsewhere["persona"] == other.ask(WEDDING)["persona"] == "nana"
    assert any(line.startswith("You usually prefer ") for line in words)
    assert other.profile()["turns"] <= 2


def test_erasing_starts_anew(new_user: Callable[[], User]) -> None:
    user = new_user()
    for text in CODE[:2]:
        answered = user.ask(text)
        user.correct(answered, "lua")
    user.until_learned(4)
    korean = user.profile("ko-KR,ko")["words"]

    assert any("선호하세요" in line for line in korean)
    assert user.erase() == 204
    assert user.profile()["turns"] == 0
    assert user.ask(CODE[2])["persona"] == answered["persona"]
