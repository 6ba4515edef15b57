"""Runs over real HTTP, every event of which is checked by AG-UI's own types and a validator."""

import json
from typing import Any

import httpx
from ag_ui.core import Event as AguiEvent
from ag_ui.core import RunAgentInput, UserMessage
from ag_ui_validate.pytest_plugin import assert_valid_agui
from pydantic import TypeAdapter

from tests.house import House

__all__ = ["agui", "answer_of", "events_of", "kinds", "run", "user"]

_EVENT: TypeAdapter[Any] = TypeAdapter(AguiEvent)


def user(text: str, message_id: str = "u1") -> dict[str, Any]:
    return UserMessage(id=message_id, content=text).model_dump(by_alias=True, exclude_none=True)


def agui(thread: str, run_id: str, *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an input as the official Python types write it."""
    given = {"thread_id": thread, "run_id": run_id, "messages": list(messages)} | more
    asked = RunAgentInput.model_validate(given | {"protocol_version": "1.0"})
    body: dict[str, Any] = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
    return body


def events_of(body: str) -> list[dict[str, Any]]:
    """Return a stream's events; raises when one of them, or their order, is not AG-UI's."""
    lines = [line for line in body.split("\n") if line]
    assert "\r" not in body
    found = [json.loads(line.removeprefix("data: ")) for line in lines if line[0] != ":"]
    for event in found:
        _EVENT.validate_python(event)
    assert_valid_agui(found, features=["agentic-chat"], max_warnings=0)
    return found


async def run(house: House, token: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a run."""
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{house.url}/agui", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_of(answer.text)


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """Return the types of events, runs of the same one as one."""
    types = [event["type"] for event in events]
    return [each for place, each in enumerate(types) if place == 0 or types[place - 1] != each]


def answer_of(events: list[dict[str, Any]]) -> str:
    """Return the text that was told."""
    return "".join(each["delta"] for each in events if each["type"] == "TEXT_MESSAGE_CONTENT")
