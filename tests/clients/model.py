"""Protocol 2.1 as a small model of the server: sessions, logs and readers, without I/O."""

import json
from collections import deque
from typing import Any

__all__ = ["Link", "Model", "Session", "Turn"]

Frame = dict[str, Any]
AT = "2026-11-23T09:00:00Z"


class Turn:
    """One turn as the archive has it; `keys` are the client_msg_ids that made it what it is."""

    def __init__(self, turn_id: str, messages: list[Frame], key: str) -> None:
        self.id = turn_id
        self.messages = [each | {"turn_id": turn_id} for each in messages]
        self.keys = [key]
        self.siblings: list[str] = []
        self.supersedes: str | None = None
        self.again = False
        self.state = "open"
        self.started = False
        self.attempt = 0
        self.text = ""
        self.answer: Frame | None = None

    @property
    def message(self) -> Frame:
        return self.messages[0]

    @property
    def joinable(self) -> bool:
        return self.state == "open" and not self.again

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.messages]


class Session:
    """An archive of turns and a log with an epoch; `lost` frames at its front are trimmed.

    `turns` are those of the shown branch, `gone` those that others took the place of. When
    `merging`, a message joins the last turn until its first text. `keys` are all client_msg_ids.
    """

    def __init__(self, session_id: str, number: int) -> None:
        self.id = session_id
        self.number = number
        self.epoch = "e1"
        self.log: list[Frame] = []
        self.lost = 0
        self.turns: list[Turn] = []
        self.gone: list[Turn] = []
        self.keys: list[str] = []
        self.merging = False
        self.restarts = 0

    @property
    def seq(self) -> int:
        return self.lost + len(self.log)

    def write(self, kind: str, /, **fields: Any) -> None:
        frame = {"type": kind, "session_id": self.id, "seq": self.seq + 1, "at": AT} | fields
        self.log.append(frame)

    def view(self) -> Frame:
        return {"id": self.id, "title": "", "created_at": AT, "updated_at": AT, "running": False}

    def messages(self) -> list[Frame]:
        found: list[Frame] = []
        for turn in self.turns:
            failed = {"failed": "internal"} if turn.state == "failed" else {}
            siblings = {"siblings": turn.siblings} if turn.siblings else {}
            found += [each | failed | siblings for each in turn.messages]
            if turn.answer is not None:
                found.append(turn.answer | siblings)
        return found

    def find(self, key: str) -> Turn | None:
        return next((each for each in (*self.turns, *self.gone) if key in each.keys), None)

    def open_turn(self) -> Turn | None:
        return next((turn for turn in self.turns if turn.state == "open"), None)

    def accept(self, client_msg_id: str, text: str) -> Turn:
        message = self._message(client_msg_id, text)
        last = self.turns[-1] if self.turns else None
        if self.merging and last is not None and last.joinable and not last.text:
            last.messages.append(message | {"turn_id": last.id})
            last.keys.append(client_msg_id)
            if last.started:
                self._begin(last)
        else:
            last = Turn(self._turn_id(), [message], client_msg_id)
            self.turns.append(last)
        self.write("message", message=last.messages[-1])
        return last

    def again(self, client_msg_id: str, turn_id: str) -> Turn:
        """Answer a turn again; what is not answered yet stops."""
        old = next(each for each in self.turns if each.id == turn_id)
        self.keys.append(client_msg_id)
        return self._fork(old, old.messages, client_msg_id)

    def edit(self, client_msg_id: str, message_id: str, text: str) -> Turn:
        """Put other words in the place of a message; what is not answered yet stops."""
        old = next(each for each in self.turns if message_id in each.ids)
        fresh = self._message(client_msg_id, text) | {"supersedes": message_id}
        messages = [fresh if each["id"] == message_id else each for each in old.messages]
        return self._fork(old, messages, client_msg_id, message_id=message_id)

    def _fork(
        self, old: Turn, messages: list[Frame], key: str, *, message_id: str | None = None
    ) -> Turn:
        new = Turn(self._turn_id(), messages, key)
        new.siblings = [*(old.siblings or [old.id]), new.id]
        new.supersedes = old.id
        new.again = message_id is None
        waiting = [each for each in self.turns if each.state == "open"]
        if message_id is not None:
            place = old.ids.index(message_id)
            self.write("message", message=new.messages[place])
        for turn in waiting:
            if not turn.started:
                self._begin(turn)
            self.finish(turn, "stopped")
        at = self.turns.index(old)
        for sibling in (*self.turns, *self.gone):
            if sibling.id in new.siblings:
                sibling.siblings = new.siblings
        self.gone += self.turns[at:]
        self.turns[at:] = [new]
        return new

    def _message(self, client_msg_id: str, text: str) -> Frame:
        self.keys.append(client_msg_id)
        return {
            "id": f"m{self.number}-{len(self.keys)}",
            "role": "user",
            "text": text,
            "created_at": AT,
            "client_msg_id": client_msg_id,
        }

    def _turn_id(self) -> str:
        return f"t{self.number}-{len(self.turns) + len(self.gone) + 1}"

    def _begin(self, turn: Turn) -> None:
        more = {"supersedes": turn.supersedes} if turn.supersedes else {}
        ids, attempt = turn.ids, max(turn.attempt, 1)
        self.write("turn_started", turn_id=turn.id, message_ids=ids, attempt=attempt, **more)

    def start(self, turn: Turn) -> None:
        turn.started, turn.attempt = True, turn.attempt + 1
        self._begin(turn)
        if turn.attempt > 1:
            self.write("turn_restarted", turn_id=turn.id, attempt=turn.attempt)
        self.write(
            "routed",
            turn_id=turn.id,
            persona="lua",
            choices=[],
            resonance_key="k",
            resonance_confidence=0.5,
            override=False,
        )

    def say(self, turn: Turn, text: str) -> None:
        turn.text += text
        self.write("delta", turn_id=turn.id, message_id=f"a{turn.id}", text=text)

    def restart(self, turn: Turn) -> None:
        """The process died, another goes on in the same log."""
        self.restarts += 1
        turn.text, turn.attempt = "", turn.attempt + 1
        self.write("turn_restarted", turn_id=turn.id, attempt=turn.attempt)

    def finish(self, turn: Turn, finish_reason: str = "stop") -> None:
        turn.state = "done"
        turn.answer = {
            "id": f"a{turn.id}",
            "role": "assistant",
            "text": turn.text,
            "created_at": AT,
            "turn_id": turn.id,
            "answered": {"turn_id": turn.id, "persona": "lua", "finish_reason": finish_reason},
        }
        self.write(
            "turn_done",
            turn_id=turn.id,
            message_id=f"a{turn.id}",
            persona="lua",
            text=turn.text,
            finish_reason=finish_reason,
            usage={"prompt_tokens": 1, "completion_tokens": 1},
            model="model",
            memories_used=[],
        )

    def fail(self, turn: Turn) -> None:
        turn.state = "failed"
        self.write("turn_failed", turn_id=turn.id, code="internal", message="", retryable=False)

    def trim(self) -> None:
        """Forget frames before the running turn."""
        self.lost, self.log = self.seq, []

    def new_epoch(self, *, keep: bool) -> None:
        """The log store is lost; `keep`: its writer lives and writes the running turn again."""
        self.epoch = f"e{int(self.epoch[1:]) + 1}"
        self.log, self.lost = [], 0
        turn = next((each for each in self.turns if each.state == "open" and each.started), None)
        if turn is None:
            return
        if keep:
            self._begin(turn)
            if turn.text:
                self.write("delta", turn_id=turn.id, message_id=f"a{turn.id}", text=turn.text)
            return
        self.restarts += 1
        turn.started, turn.text = False, ""
        for message in turn.messages:
            self.write("message", message=message)

    def running(self) -> Frame | None:
        turn = next((each for each in self.turns if each.state == "open" and each.started), None)
        if turn is None:
            return None
        return {
            "turn_id": turn.id,
            "message_id": f"a{turn.id}",
            "message_ids": turn.ids,
            "attempt": turn.attempt,
            "text": turn.text,
            "persona": "lua",
        } | ({"supersedes": turn.supersedes} if turn.supersedes else {})


class Link:
    """The server's end of one connection: an answer queue and a cursor for each session."""

    def __init__(self) -> None:
        self.queue: deque[Frame] = deque()
        self.cursors: dict[str, tuple[str, int | None]] = {}
        self.greeted = False


class Model:
    """All sessions of one user."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.received: list[Frame] = []
        self.merging = False

    def receive(self, link: Link, data: str | bytes) -> Turn | None:
        """Obey a client's frame; return the turn that it began."""
        frame = json.loads(data)
        self.received.append(frame)
        match frame["type"]:
            case "hello":
                link.greeted = True
                link.queue.append(
                    {"type": "welcome", "connection_id": "c", "user_id": "u", "protocol": "2.1"}
                )
                for point in frame.get("attach", []):
                    self._attach(link, point)
            case "attach":
                self._attach(link, frame)
            case "detach":
                link.cursors.pop(frame["session_id"], None)
            case "send" | "edit" | "regenerate":
                return self._send(link, frame)
            case "stop":
                self._stop(frame)
            case "ping":
                link.queue.append({"type": "pong"})
        return None

    def next(self, link: Link) -> Frame | None:
        """Return the next frame for the client."""
        if link.queue:
            return link.queue.popleft()
        for session_id, (epoch, after) in link.cursors.items():
            session = self.sessions[session_id]
            if epoch != session.epoch or after is None or not session.lost <= after <= session.seq:
                return self._snapshot(link, session)
            if after < session.seq:
                link.cursors[session_id] = (epoch, after + 1)
                return session.log[after - session.lost]
        return None

    def _attach(self, link: Link, point: Frame) -> None:
        session = self.sessions.get(point["session_id"])
        if session is None:
            link.queue.append(_error("not_found", point["session_id"]))
            return
        epoch, after = point.get("epoch"), point.get("after")
        link.cursors[session.id] = (epoch or "", after)
        fits = after is not None and session.lost <= after <= session.seq
        if epoch == session.epoch and fits:
            link.queue.append(_attached(session, after, recovered=True))

    def _snapshot(self, link: Link, session: Session) -> Frame:
        link.cursors[session.id] = (session.epoch, session.seq)
        link.queue.append(
            {
                "type": "snapshot",
                "session": session.view(),
                "messages": session.messages(),
                "epoch": session.epoch,
                "seq": session.seq,
                "running_turn": session.running(),
            }
        )
        return _attached(session, session.seq, recovered=False)

    def _send(self, link: Link, frame: Frame) -> Turn | None:
        key = frame["client_msg_id"]
        session_id = frame.get("session_id") or f"s-{key}"
        session = self.sessions.get(session_id)
        if session is None:
            session = Session(session_id, len(self.sessions) + 1)
            session.merging = self.merging
            self.sessions[session_id] = session
        known = session.find(key)
        turn = known or self._said(session, frame)
        if turn is None:
            link.queue.append(_error("not_found", key))
            return None
        if session_id not in link.cursors:
            link.cursors[session_id] = (session.epoch, 0)
            if session.lost == 0:
                link.queue.append(_attached(session, 0, recovered=True))
        link.queue.append(
            {
                "type": "ack",
                "client_msg_id": key,
                "session_id": session_id,
                "turn_id": turn.id,
                "message_id": turn.message["id"],
                "duplicate": known is not None,
            }
        )
        return None if known or turn.keys[0] != key else turn

    @staticmethod
    def _said(session: Session, frame: Frame) -> Turn | None:
        """Obey a frame that begins a turn or joins one; None when there is nothing it names."""
        key = frame["client_msg_id"]
        try:
            match frame["type"]:
                case "edit":
                    return session.edit(key, frame["message_id"], frame["text"])
                case "regenerate":
                    return session.again(key, frame["turn_id"])
        except StopIteration:
            return None
        return session.accept(key, frame["text"])

    def _stop(self, frame: Frame) -> None:
        session = self.sessions[frame["session_id"]]
        for turn in session.turns:
            if turn.id == frame["turn_id"] and turn.state == "open":
                session.finish(turn, "stopped")


def _attached(session: Session, seq: int | None, *, recovered: bool) -> Frame:
    return {
        "type": "attached",
        "session_id": session.id,
        "epoch": session.epoch,
        "seq": seq,
        "recovered": recovered,
    }


def _error(code: str, ref: str, **fields: Any) -> Frame:
    return {"type": "error", "code": code, "message": "", "retryable": False, "ref": ref} | fields
