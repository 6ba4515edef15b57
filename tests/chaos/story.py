"""A small run in which all promises were kept, to be broken by tests."""

from tests.chaos.events import Acked, Asked, Detached, Event, Frame, Got, History, Opened, Sent

__all__ = [
    "ack",
    "answer",
    "attached",
    "delta",
    "done",
    "failed",
    "got",
    "kept",
    "message",
    "question",
    "snapshot",
    "started",
]

S = "s_1"


def got(reader: str, *frames: Frame) -> list[Event]:
    """Return that a reader was sent frames."""
    return [Got(reader=reader, frame=frame) for frame in frames]


def attached(seq: int, *, epoch: str = "e1", recovered: bool = True, session: str = S) -> Frame:
    """Return where reading begins."""
    return {
        "type": "attached",
        "session_id": session,
        "epoch": epoch,
        "seq": seq,
        "recovered": recovered,
    }


def snapshot(seq: int, *messages: Frame, epoch: str = "e1", running: Frame | None = None) -> Frame:
    """Return a session as of `seq`."""
    found: Frame = {"type": "snapshot", "session": {"id": S}, "epoch": epoch, "seq": seq}
    found["messages"] = list(messages)
    return found | ({"running_turn": running} if running else {})


def question(number: int, *, failed: str | None = None, text: str | None = None) -> Frame:
    """Return the user's message number `number` as histories show it."""
    found: Frame = {"id": f"m{number}", "role": "user", "turn_id": f"t{number}"}
    found |= {"client_msg_id": f"c{number}", "text": text or f"question {number}"}
    return found | ({"failed": failed} if failed else {})


def answer(number: int, text: str) -> Frame:
    """Return the answer to message `number`."""
    return {"id": f"a{number}", "role": "assistant", "turn_id": f"t{number}", "text": text}


def message(seq: int, number: int) -> Frame:
    """Return the frame of message `number`."""
    return _log(seq, "message", message=question(number))


def started(seq: int, number: int) -> Frame:
    """Return that turn `number` begins."""
    ids = [f"m{number}"]
    return _log(seq, "turn_started", turn_id=f"t{number}", message_ids=ids, attempt=1)


def delta(seq: int, number: int, text: str) -> Frame:
    """Return a piece of the answer of turn `number`."""
    return _log(seq, "delta", turn_id=f"t{number}", message_id=f"a{number}", text=text)


def done(seq: int, number: int, text: str) -> Frame:
    """Return the end of turn `number`."""
    return _log(seq, "turn_done", turn_id=f"t{number}", message_id=f"a{number}", text=text)


def failed(seq: int, number: int) -> Frame:
    """Return the failure of turn `number`."""
    return _log(seq, "turn_failed", turn_id=f"t{number}", code="provider_unavailable")


def ack(number: int, *, duplicate: bool = False, **other: str) -> Acked:
    """Return the acknowledgement of message `number`."""
    found: Frame = {"type": "ack", "client_msg_id": f"c{number}", "session_id": S}
    found |= {"turn_id": f"t{number}", "message_id": f"m{number}", "duplicate": duplicate}
    return Acked(user="u0", ack=found | other)


def kept() -> list[Event]:
    """Return a run without a fault: two turns, two readers, a resume, an epoch that was lost."""
    one, two = "u0/d0", "u0/d1"
    running: Frame = {"turn_id": "t1", "text": "a ", "attempt": 1}
    tail = [delta(4, 1, "b "), done(5, 1, "a b ")]
    rest = [message(1, 2), started(2, 2), failed(3, 2)]
    history = (question(1), answer(1, "a b "), question(2, failed="provider_unavailable"))
    return [
        Opened(reader=one),
        Sent(user="u0", client_msg_id="c1", text="question 1"),
        *got(one, attached(0)),
        ack(1),
        *got(one, message(1, 1), started(2, 1), delta(3, 1, "a "), tail[0]),
        ack(1, duplicate=True),
        Opened(reader=two),
        Asked(reader=two, session_id=S),
        *got(two, attached(3, recovered=False), snapshot(3, question(1), running=running), *tail),
        Opened(reader=one),
        Asked(reader=one, session_id=S, epoch="e1", after=4),
        *got(one, attached(4), tail[1]),
        Detached(reader=one, session_id=S),
        Asked(reader=one, session_id=S, epoch="e1", after=5),
        *got(one, attached(5)),
        Opened(reader=two),
        Asked(reader=two, session_id=S, epoch="e1", after=5),
        *got(two, attached(5)),
        Sent(user="u0", client_msg_id="c2", text="question 2"),
        ack(2),
        *(
            each
            for reader in (one, two)
            for each in got(
                reader,
                attached(0, epoch="e2", recovered=False),
                snapshot(0, question(1), answer(1, "a b "), epoch="e2"),
                *rest,
            )
        ),
        History(user="u0", session_id=S, messages=history),
    ]


def _log(seq: int, kind: str, **fields: object) -> Frame:
    return {"type": kind, "session_id": S, "seq": seq, "at": f"2026-11-25T14:00:0{seq}Z"} | fields
