"""The promises of the protocol, checked from outside: events in, violations out."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.chaos.events import (
    Acked,
    Asked,
    Broken,
    Cut,
    Detached,
    Event,
    Forked,
    Frame,
    Got,
    History,
    Opened,
    Put,
    Sent,
    Serves,
    Stuck,
    Violation,
    user_of,
)
from tests.chaos.final import check_history, check_reader
from tests.chaos.reading import End, ReaderLog, ends_in

__all__ = ["SNAPSHOT_TURNS", "Checker", "check"]

SNAPSHOT_TURNS = 50
_HARMLESS = {"overloaded", "rate_limited", "turn_running"}


def check(events: Iterable[Event]) -> list[Violation]:
    """Return all promises that were not kept in a run, in order of their discovery."""
    checker = Checker()
    for event in events:
        checker.take(event)
    return checker.finish()


class Checker:
    """Takes the events of a run in the order in which they happened."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self._sent: dict[tuple[str, str], str] = {}
        self._acks: dict[tuple[str, str], Frame] = {}
        self._fresh: Counter[tuple[str, str]] = Counter()
        self._acked: defaultdict[str, dict[str, Frame]] = defaultdict(dict)
        self._forks: defaultdict[str, dict[str, Forked]] = defaultdict(dict)
        self._owners: dict[str, str] = {}
        self._logs: dict[tuple[str, str], ReaderLog] = {}
        self._wanted: dict[tuple[str, str], set[str]] = {}
        self._frames: dict[tuple[str, str, int], Frame] = {}
        self._ended_at: dict[tuple[str, str], tuple[str, int]] = {}
        self._ends: dict[tuple[str, str], End] = {}
        self._orders: list[tuple[str, str, list[str]]] = []
        self._histories: dict[str, History] = {}

    def take(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case Sent():
                self._sent[event.user, event.client_msg_id] = event.text
            case Forked():
                self._sent[event.user, event.client_msg_id] = event.text or ""
                self._forks[event.session_id][event.client_msg_id] = event
            case Acked():
                self._ack(event.user, event.ack)
            case Got():
                self._got(event.reader, event.frame)
            case History():
                self._histories[event.session_id] = event
            case Stuck():
                self._say("it never came to rest", "run", event.what)
            case Opened() | Asked() | Detached():
                self._move(event)
            case Broken() | Cut() | Put() | Serves():
                pass  # nothing that is promised depends on it

    def finish(self) -> list[Violation]:
        """Check what must hold in the end, and return all violations."""
        for user, key in self._sent:
            if (user, key) not in self._acks:
                self._say("a message was never acknowledged", user, key)
        for session_id, acked in self._acked.items():
            history = self._histories.get(session_id)
            if history is None:
                self._say("a session is gone", session_id, f"{len(acked)} acknowledged messages")
                continue
            forks = self._forks[session_id]
            self.violations += check_history(history, self._sent, acked, forks)
            for turn_id, end in ends_in(history.messages).items():
                self._outcome(session_id, turn_id, end, "history")
            for (reader, where), log in self._logs.items():
                if where == session_id and log.attached:
                    self.violations += check_reader(reader, log, history, SNAPSHOT_TURNS)
        self._check_orders()
        return self.violations

    def _say(self, rule: str, where: str, detail: str = "") -> None:
        self.violations.append(Violation(rule=rule, where=where, detail=detail))

    def _say_all(self, found: Iterable[tuple[str, str]], where: str) -> None:
        for rule, detail in found:
            self._say(rule, where, detail)

    def _log(self, reader: str, session_id: str) -> ReaderLog:
        return self._logs.setdefault((reader, session_id), ReaderLog())

    def _ack(self, user: str, ack: Frame) -> None:
        key = (user, ack["client_msg_id"])
        first = self._acks.setdefault(key, ack)
        names = ("session_id", "turn_id", "message_id")
        if any(first[name] != ack[name] for name in names):
            self._say("an ack changed", user, f"{first} / {ack}")
        if key not in self._sent:
            self._say("an ack of what was not sent", user, ack["client_msg_id"])
        if not ack["duplicate"]:
            self._fresh[key] += 1
            if self._fresh[key] == 2:
                self._say("a message was accepted twice", user, ack["client_msg_id"])
        self._own(user, ack["session_id"])
        self._acked[ack["session_id"]][ack["client_msg_id"]] = first

    def _own(self, user: str, session_id: str) -> bool:
        owner = self._owners.setdefault(session_id, user)
        if owner != user:
            self._say("somebody else's session", user, session_id)
        return owner == user

    def _move(self, event: Opened | Asked | Detached) -> None:
        if isinstance(event, Opened):
            for (reader, _), each in self._logs.items():
                if reader == event.reader:
                    each.opened()
        elif isinstance(event, Detached):
            self._log(event.reader, event.session_id).detach()
        else:
            session_id = event.session_id
            asked = self._log(event.reader, session_id).ask(event.epoch, event.after)
            self._say_all(asked, f"{event.reader} {session_id}")
            # where a session forks, only its history in the end tells what is shown
            acked = {} if self._forks[session_id] else self._acked[session_id]
            wanted = {each["message_id"] for each in acked.values()}
            self._wanted[event.reader, session_id] = wanted

    def _got(self, reader: str, frame: Frame) -> None:
        if frame["type"] == "error":
            return self._error(reader, frame)
        session = frame.get("session")
        session_id = frame.get("session_id") or (session["id"] if session else "")
        if not self._own(user_of(reader), session_id):
            return None
        log = self._log(reader, session_id)
        if log.trailing:
            return None
        if frame["type"] == "attached":
            found = log.attach(frame)
        elif frame["type"] == "snapshot":
            self._snapshot(reader, session_id, frame)
            found = log.snapshot(frame)
        else:
            found = log.take(frame)
        self._say_all(found, f"{reader} {session_id}")
        if "seq" in frame and frame["type"] not in ("attached", "snapshot") and log.attached:
            self._compare(session_id, log.epoch or "", frame)
        return None

    def _error(self, reader: str, frame: Frame) -> None:
        code, ref = frame["code"], frame.get("ref")
        if code in _HARMLESS:
            return
        user = user_of(reader)
        foreign = self._owners.get(ref or "", user) != user
        unsent = ref not in self._owners and (user, ref) not in self._sent
        if code == "not_found" and (foreign or unsent):
            return  # who asks for what belongs to somebody else is told so
        self._say("an error that nobody earned", reader, f"{code} for {ref}")

    def _snapshot(self, reader: str, session_id: str, frame: Frame) -> None:
        """Check a snapshot against what had been acknowledged when it was asked for."""
        messages = frame["messages"]
        self._orders.append((reader, session_id, [each["id"] for each in messages]))
        for turn_id, end in ends_in(messages).items():
            self._outcome(session_id, turn_id, end, reader)
        turns = {each.get("turn_id") for each in messages}
        wanted = self._wanted.get((reader, session_id), set())
        missing = wanted - {each["id"] for each in messages}
        if self._forks[session_id]:
            missing = set()
        if missing and len(turns) < SNAPSHOT_TURNS:
            names = ", ".join(sorted(missing))
            self._say("an acknowledged message misses in a snapshot", session_id, names)

    def _compare(self, session_id: str, epoch: str, frame: Frame) -> None:
        """Check a frame of a log against what others were sent under its number."""
        place = (session_id, epoch, frame["seq"])
        if self._frames.setdefault(place, frame) != frame:
            self._say("two frames with one number", session_id, f"{self._frames[place]} / {frame}")
        if frame["type"] not in ("turn_done", "turn_failed"):
            return
        answered = frame["type"] == "turn_done"
        end = End(answered, frame["text"] if answered else frame["code"])
        turn_id = frame["turn_id"]
        self._outcome(session_id, turn_id, end, f"{epoch}:{frame['seq']}")
        at = self._ended_at.setdefault((session_id, turn_id), (epoch, frame["seq"]))
        if at != (epoch, frame["seq"]):
            self._say("a turn ended twice", session_id, f"{turn_id} at {at} and {place[1:]}")

    def _outcome(self, session_id: str, turn_id: str, end: End, where: str) -> None:
        first = self._ends.setdefault((session_id, turn_id), end)
        if first != end:
            self._say("two ends of one turn", session_id, f"{turn_id}: {first} / {end} in {where}")

    def _check_orders(self) -> None:
        for reader, session_id, ids in self._orders:
            history = self._histories.get(session_id)
            if history is None:
                continue
            places = {each["id"]: i for i, each in enumerate(history.messages)}
            found = [places[each] for each in ids if each in places]
            if found != sorted(found):
                self._say("messages in another order", f"{reader} {session_id}")
