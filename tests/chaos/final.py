"""What must hold when all is quiet: of a session's history, and of who read along."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from tests.chaos.branches import shown_turns
from tests.chaos.events import Forked, Frame, History, Violation
from tests.chaos.reading import ReaderLog, ends_in

__all__ = ["check_history", "check_reader"]


def check_history(
    history: History,
    sent: Mapping[tuple[str, str], str],
    acked: Mapping[str, Frame],
    forks: Mapping[str, Forked],
) -> list[Violation]:
    """Check the messages of a session against what was sent, acknowledged and forked.

    `acked` and `forks` are by client_msg_id.
    """
    found: list[tuple[str, str]] = []
    asked = [each for each in history.messages if each["role"] == "user"]
    ids = Counter(each["id"] for each in history.messages)
    keys = Counter(each["client_msg_id"] for each in asked)
    found += [("a message twice", each) for each, count in ids.items() if count > 1]
    found += [("a client_msg_id twice", each) for each, count in keys.items() if count > 1]
    for message in asked:
        text = sent.get((history.user, message["client_msg_id"]))
        if text is None:
            found.append(("a message nobody sent", message["id"]))
        elif text != message["text"]:
            found.append(("a message was altered", message["id"]))
    found += _check_branch(history, acked, forks)
    found += _check_ends(history)
    return [Violation(rule=rule, where=history.session_id, detail=detail) for rule, detail in found]


def _check_branch(
    history: History, acked: Mapping[str, Frame], forks: Mapping[str, Forked]
) -> list[tuple[str, str]]:
    """Check that all of the shown branch is there, and nothing of another."""
    made = {acked[key]["turn_id"]: fork.turn_id for key, fork in forks.items() if key in acked}
    shown = shown_turns({each["turn_id"] for each in acked.values()}, made)
    places = {each["id"]: each["turn_id"] for each in history.messages}
    found = [("a turn of another branch", each) for each in set(places.values()) - shown]
    for key, ack in acked.items():
        again = key in forks and forks[key].text is None
        if again or ack["turn_id"] not in shown:
            continue
        if ack["message_id"] not in places:
            found.append(("an acknowledged message is lost", f"{ack}"))
        elif places[ack["message_id"]] not in (ack["turn_id"], *made):
            turn_id = places[ack["message_id"]]
            found.append(("a message in another turn", f"{ack}, now {turn_id}"))
    return found


def _check_ends(history: History) -> list[tuple[str, str]]:
    """Check that every turn has exactly one end: an answer (stopped or not) or a failure."""
    ends: defaultdict[str, int] = defaultdict(int)
    failed = set()
    for message in history.messages:
        turn_id = message["turn_id"]
        ends[turn_id] += message["role"] == "assistant"
        if message.get("failed"):
            failed.add(turn_id)
    found = []
    for turn_id, answers in ends.items():
        count = answers + (turn_id in failed)
        if count != 1:
            found.append(("a turn is open" if count == 0 else "a turn has two ends", turn_id))
    return found


def check_reader(
    reader: str, log: ReaderLog, history: History, snapshot_turns: int
) -> list[Violation]:
    """Check what a reader knows in the end; of turns beyond a snapshot's reach it may know less."""
    where = f"{reader} {history.session_id}"
    found: list[tuple[str, str]] = []
    turns = list(dict.fromkeys(each["turn_id"] for each in history.messages))
    recent = set(turns[-snapshot_turns:])
    known = {each["id"]: each for each in history.messages}
    for message in history.messages:
        if message["turn_id"] in recent and message["role"] == "user":
            seen = log.shown.messages.get(message["id"])
            if seen is None:
                found.append(("a reader misses a message", message["id"]))
            elif seen["text"] != message["text"]:
                found.append(("a reader has another text", message["id"]))
    for turn_id, end in ends_in(history.messages).items():
        if turn_id in recent and log.ends.get(turn_id) != end:
            found.append(("a reader misses an end", f"{turn_id}: {log.ends.get(turn_id)} / {end}"))
    found += [
        ("a reader has a message that is not kept", each)
        for each in log.shown.messages
        if each not in known
    ]
    found += [("a reader sees a turn run", each) for each in log.texts]
    return [Violation(rule=rule, where=where, detail=detail) for rule, detail in found]
