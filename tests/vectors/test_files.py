"""The vectors speak the protocol, and cover what a client has to survive."""

import json
from typing import Any

import msgspec
import pytest

from schemas.frames import CLIENT_FRAMES, ServerFrame
from tests.vectors.frames import filled
from tests.vectors.server import VECTORS

FILES = sorted(VECTORS.glob("*.json"))
NEEDED = {
    *("happy", "drop_in_delta", "drop_before_ack", "duplicates", "gap_and_snapshot"),
    *("epoch_change", "offline_queue", "stop_during_resume", "unknown_frame", "token_expiry"),
    *("zombie_socket", "drain", "two_devices", "emoji_split", "merge_burst", "turn_restarted"),
}
CLIENT_STEPS = {
    *("connect", "close", "wake", "send", "stop", "regenerate", "read", "open", "restart"),
    *("retry", "discard", "await", "signal"),
}
SERVER_STEPS = {"accept", "refuse", "receive", "send", "close", "abort", "stall", "wait"}
STATUSES = {"queued", "sent", "streaming", "done", "stopped", "failed"}
NEW = {"weather", "mood_changed"}


def loaded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


def test_every_trouble_has_its_vector() -> None:
    assert {each.stem for each in FILES} >= NEEDED


@pytest.mark.parametrize("name", [each.stem for each in FILES])
def test_a_vector_has_known_steps_alone(name: str) -> None:
    vector = loaded(name)
    assert set(vector) == {"name", "about", "client", "server", "expect"}
    assert vector["name"] == name
    for step in vector["client"]:
        assert set(step) - {"policy"} <= CLIENT_STEPS
        assert len(set(step) - {"policy"}) == 1
    for step in vector["server"]:
        (kind,) = step
        assert kind in SERVER_STEPS
    signals = [each["signal"] for each in vector["client"] if "signal" in each]
    assert signals == [each["wait"] for each in vector["server"] if "wait" in each]
    states = [each["await"] for each in vector["client"] if "await" in each]
    for state in (*states, vector["expect"]):
        assert set(state) <= {"state", "unread", "messages"}
        assert {each["status"] for each in state.get("messages", ())} <= STATUSES


@pytest.mark.parametrize("name", [each.stem for each in FILES])
def test_the_server_of_a_vector_says_only_what_the_contract_allows(name: str) -> None:
    tags = {each.__struct_config__.tag for each in CLIENT_FRAMES}
    for step in loaded(name)["server"]:
        if "receive" in step:
            assert step["receive"]["type"] in tags
        if "send" in step and step["send"]["type"] not in NEW:
            msgspec.convert(filled(step["send"]), ServerFrame)


@pytest.mark.parametrize("name", [each.stem for each in FILES])
def test_the_log_of_a_vector_has_whole_answers(name: str) -> None:
    pieces: dict[str, str] = {}
    cursor = ("e1", 0)
    for frame in (filled(each["send"]) for each in loaded(name)["server"] if "send" in each):
        turn_id = frame.get("turn_id", "")
        match frame["type"]:
            case "attached" | "snapshot":
                running = frame.get("running_turn") or {}
                pieces[running.get("turn_id", "")] = running.get("text", "")
                cursor = (frame["epoch"], frame["seq"])
            case "turn_started" | "turn_restarted" if frame["seq"] > cursor[1]:
                pieces[turn_id] = ""
            case "delta" if frame["seq"] == cursor[1] + 1:
                pieces[turn_id] = pieces.get(turn_id, "") + frame["text"]
            case "turn_done" if frame["seq"] > cursor[1]:
                assert frame["text"] == pieces[turn_id]
        if frame.get("seq") == cursor[1] + 1:
            cursor = (cursor[0], frame["seq"])
