"""Second answers, edits, reading, ratings and typing over a real WebSocket."""

from typing import Any

import pytest

from tests.device import Device, Frame, View
from tests.house import House


async def asked(house: House) -> tuple[Device, Frame, View]:
    """Return a connected device whose first message was answered."""
    device = await house.device()
    await device.connect()
    done = await device.ask("hello", "c1")
    return device, done, device.views[done["session_id"]]


async def acked(device: Device, frame: Frame) -> Frame:
    await device.say(frame)
    key = frame["client_msg_id"]
    await device.until(lambda: key in device.acks)
    return device.acks[key]


def of(view: View, kind: str) -> list[Frame]:
    return [each for each in view.frames if each["type"] == kind]


async def test_an_answer_is_made_again_once_however_often_it_is_asked_for(house: House) -> None:
    device, done, view = await asked(house)
    session_id = done["session_id"]
    frame = {
        "type": "regenerate",
        "session_id": session_id,
        "turn_id": done["turn_id"],
        "client_msg_id": "again",
    }
    first = await acked(device, frame)
    device.acks.clear()
    second = await acked(device, frame)
    end = await device.answer(first["turn_id"], session_id)
    await device.close()

    assert second == first | {"duplicate": True}
    assert end["turn_id"] != done["turn_id"]
    assert of(view, "turn_started")[-1]["supersedes"] == done["turn_id"]
    assert len(of(view, "message")) == 1


async def test_an_edited_message_supersedes_the_old_one(house: House) -> None:
    device, done, view = await asked(house)
    [message] = view.messages.values()
    ack = await acked(
        device,
        {
            "type": "edit",
            "session_id": done["session_id"],
            "message_id": message["id"],
            "client_msg_id": "e",
            "text": "hello again",
        },
    )
    await device.answer(ack["turn_id"], done["session_id"])
    fresh = await house.device(device.token)
    await fresh.connect()
    there = await fresh.attach(done["session_id"])
    await fresh.close()
    await device.close()

    assert of(view, "message")[-1]["message"]["supersedes"] == message["id"]
    users = [each for each in there.messages.values() if each["role"] == "user"]
    assert [each["text"] for each in users] == ["hello again"]
    assert users[0]["siblings"] == [done["turn_id"], ack["turn_id"]]


async def test_reading_and_rating_are_told_to_every_device(house: House) -> None:
    device, done, view = await asked(house)
    session_id = done["session_id"]
    other = await house.device(device.token)
    await other.connect()
    there = await other.attach(session_id)
    await device.say({"type": "read", "session_id": session_id, "seq": done["seq"]})
    feedback = {"type": "feedback", "session_id": session_id, "turn_id": done["turn_id"]}
    await device.say(feedback | {"rating": 1, "reason": "kind"})
    await other.until(lambda: bool(of(there, "read")) and bool(of(there, "feedback")))
    await device.until(lambda: bool(of(view, "read")) and bool(of(view, "feedback")))
    await other.close()
    await device.close()

    [read], [rated] = of(there, "read"), of(there, "feedback")
    assert (read["message_id"], read["unread"]) == (done["message_id"], 0)
    assert (rated["turn_id"], rated["rating"]) == (done["turn_id"], 1)


async def test_typing_is_taken_without_a_word(house: House) -> None:
    device, done, _ = await asked(house)
    await device.say({"type": "typing", "session_id": done["session_id"], "active": True})
    again = await device.ask("and this", "c2", done["session_id"])
    await device.close()

    assert again["finish_reason"] == "stop"
    assert device.errors == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "regenerate", "turn_id": "t_no", "client_msg_id": "x"}, "not_found"),
        ({"type": "regenerate", "client_msg_id": "x"}, "bad_frame"),
        (
            {"type": "regenerate", "turn_id": "TURN", "client_msg_id": "x", "persona": "zeus"},
            "bad_frame",
        ),
        ({"type": "edit", "message_id": "m_no", "client_msg_id": "x", "text": "y"}, "not_found"),
        ({"type": "edit", "message_id": "m_no", "client_msg_id": "x", "text": " "}, "bad_frame"),
        (
            {"type": "edit", "message_id": "m", "client_msg_id": "x", "text": "y" * 8001},
            "text_too_long",
        ),
        ({"type": "feedback", "turn_id": "TURN", "rating": 2}, "bad_frame"),
        ({"type": "feedback", "turn_id": "t_no", "rating": 1}, "not_found"),
        ({"type": "read"}, "bad_frame"),
        ({"type": "read", "seq": -1}, "bad_frame"),
        ({"type": "read", "message_id": "m_no"}, "not_found"),
        ({"type": "typing"}, "bad_frame"),
    ],
)
async def test_frames_that_make_no_sense_are_answered_with_an_error(
    house: House, frame: dict[str, Any], code: str
) -> None:
    device, done, _ = await asked(house)
    named = {key: done["turn_id"] if value == "TURN" else value for key, value in frame.items()}
    await device.say(named | {"session_id": done["session_id"]})
    await device.until(lambda: bool(device.errors))
    await device.close()

    assert device.errors[0]["code"] == code
    assert device.errors[0]["ref"] == frame.get("client_msg_id", done["session_id"])


@pytest.mark.parametrize("kind", ["regenerate", "edit", "feedback", "read", "typing"])
async def test_other_peoples_sessions_do_not_exist(house: House, kind: str) -> None:
    device, done, _ = await asked(house)
    await device.close()
    frame = {
        "type": kind,
        "session_id": done["session_id"],
        "turn_id": done["turn_id"],
        "message_id": done["message_id"],
        "client_msg_id": "x",
        "text": "y",
        "rating": 1,
        "active": True,
    }
    async with await house.device() as stranger:
        await stranger.say(frame)
        await stranger.until(lambda: bool(stranger.errors))

    assert stranger.errors[0]["code"] == "not_found"
