"""What one reader knows of one session, and whether the log was read to it without a fault."""

from collections.abc import Iterator

from msgspec import Struct

from tests.chaos.events import Frame
from tests.chaos.view import View

__all__ = ["End", "ReaderLog", "ends_in"]

Fault = tuple[str, str]


class End(Struct, frozen=True):
    """How a turn ended: `text` is the answer, or the code of the failure."""

    answered: bool
    text: str


class ReaderLog:
    """Takes what happens in order; methods yield (rule, detail) for each promise not kept."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.seq = -1
        self.attached = False
        self.shown = View()
        self.ends: dict[str, End] = {}
        self.texts: dict[str, str] = {}
        self._asked: tuple[str | None, int | None] | None = None
        self._trailing = False
        self._promised: tuple[str, int] | None = None

    def opened(self) -> None:
        """Begin on a new connection."""
        self.attached = self._trailing = False
        self._asked = self._promised = None

    def ask(self, epoch: str | None, after: int | None) -> Iterator[Fault]:
        """Ask for the log from a cursor, when nothing of an earlier reading is under way."""
        if after is not None and (epoch, after) != (self.epoch, self.seq):
            yield "a reader with another's cursor", f"{epoch}:{after} / {self.epoch}:{self.seq}"
        self.attached = self._trailing = False
        self._promised = None
        self._asked = (epoch, after)

    def detach(self) -> None:
        """Read no more; what is under way may still arrive until the next `ask`."""
        self._trailing = True
        self.attached = False
        self._promised = self._asked = None

    def attach(self, frame: Frame) -> Iterator[Fault]:
        """Take an `attached` frame."""
        cursor = (frame["epoch"], frame["seq"])
        if self._promised is not None:
            yield "attached without its snapshot", f"{self._promised}"
        if frame["recovered"]:
            yield from self._recover(cursor)
            self._promised = None
            self.epoch, self.seq = cursor
        else:
            # a cursor only with its snapshot: without it nothing before it is known
            self._promised = cursor
        self.attached, self._trailing, self._asked = True, False, None

    def _recover(self, cursor: tuple[str, int]) -> Iterator[Fault]:
        if self.attached:
            yield "attached twice", f"{cursor}"
        elif self._asked in (None, (None, None)):
            # a session that this reader's own message made is read from its very start, which may
            # cross what it asks for meanwhile
            if self.epoch is not None or cursor[1] != 0:
                yield "recovered what was not asked for", f"{cursor}"
        elif self._asked != cursor:
            yield "recovered from elsewhere", f"asked {self._asked}, got {cursor}"

    def snapshot(self, frame: Frame) -> Iterator[Fault]:
        """Take a snapshot: it replaces all that was known."""
        cursor = (frame["epoch"], frame["seq"])
        if self._promised != cursor:
            yield "snapshot out of place", f"{cursor}, promised {self._promised}"
        self._promised = None
        self.epoch, self.seq = cursor
        running = frame.get("running_turn")
        ends = ends_in(frame["messages"])
        for turn_id in self._forgotten(frame, ends):
            yield "an end was forgotten", turn_id
        self.shown = View(frame["messages"])
        if len(self.shown.messages) != len(frame["messages"]):
            yield "a message twice", f"in the snapshot {cursor}"
        self.ends = ends
        self.texts = {running["turn_id"]: running["text"]} if running else {}

    def _forgotten(self, frame: Frame, ends: dict[str, End]) -> list[str]:
        """Name turns that had ended, stand in the snapshot, and neither ended nor run there."""
        running = frame.get("running_turn")
        runs = running["turn_id"] if running else None
        turns = {each.get("turn_id") for each in frame["messages"]}
        return [each for each in self.ends if each in turns and each not in ends and each != runs]

    def take(self, frame: Frame) -> Iterator[Fault]:
        """Take a frame of the log."""
        if self._promised is not None:
            yield "no snapshot after recovered: false", f"{self._promised}"
            self.epoch, self.seq = self._promised
            self._promised = None
        if not self.attached:
            yield "a frame before attached", f"{frame['type']} {frame['seq']}"
            return
        seq = frame["seq"]
        if seq != self.seq + 1:
            rule = "a hole in the log" if seq > self.seq else "a frame again"
            yield rule, f"{seq} after {self.seq} in {self.epoch}"
        self.seq = seq
        yield from self._apply(frame)

    @property
    def trailing(self) -> bool:
        """Tell whether frames of a reading that was given up may still arrive."""
        return self._trailing

    def _apply(self, frame: Frame) -> Iterator[Fault]:
        kind, turn_id = frame["type"], frame.get("turn_id", "")
        if kind == "message":
            self.shown.add(frame["message"])
        elif kind in ("turn_started", "turn_restarted"):
            self.texts[turn_id] = ""
            if old := frame.get("supersedes"):
                self.shown.replace(old, turn_id, frame["message_ids"])
        elif kind == "delta":
            if turn_id not in self.texts:
                yield "a delta of a turn that does not run", turn_id
            self.texts[turn_id] = self.texts.get(turn_id, "") + frame["text"]
        elif kind == "turn_done":
            told = self.texts.pop(turn_id, None)
            if told != frame["text"]:
                yield "deltas are not the answer", f"{turn_id}: {told!r} / {frame['text']!r}"
            self.ends[turn_id] = End(True, frame["text"])
        elif kind == "turn_failed":
            if self.texts.pop(turn_id, None) is None:
                yield "the end of a turn that does not run", turn_id
            self.ends[turn_id] = End(False, frame["code"])


def ends_in(messages: list[Frame] | tuple[Frame, ...]) -> dict[str, End]:
    """Return how the turns of these messages ended, those that did."""
    ends = {}
    for each in messages:
        if each["role"] == "assistant":
            ends[each["turn_id"]] = End(True, each["text"])
        elif each.get("failed"):
            ends[each["turn_id"]] = End(False, each["failed"])
    return ends
