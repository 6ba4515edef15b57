"""What is known from earlier conversations, as notes, and the promises that are made and kept."""

import re

from msgspec.structs import replace

from sessions.conversation import Note
from sessions.llm.provider import Promises, Prompt
from sessions.memory.extract.instead import without_dropped
from sessions.memory.extract.slots import event_slot
from sessions.memory.noting import notes_of
from sessions.notes import merge

__all__ = ["kept_promise", "new_promise", "with_memories"]

_EVENT = re.compile(
    r"^(?P<what>[a-z][a-z -]*?) (?P<day>tomorrow|next week"
    r"|(?:on |next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)$",
    re.IGNORECASE,
)
_EVENT_KO = re.compile(
    r"^(?P<day>(?:다음 ?주 |이번 ?주 )?[월화수목금토일]요일|내일|모레|다음 ?주) (?P<what>[가-힣]+)$"
)
_NO_EVENT = re.compile(r"\b(?:due|by|until|before|till)\b", re.IGNORECASE)
_PROMISED = re.compile(r"how it went with (?:your )?(?P<what>[^.?!(]+)", re.IGNORECASE)
_PROMISED_KO = re.compile(
    r"(?:그 뒤에 이야기할 때|(?:요일|내일|모레|다음 ?주)에?) (?P<what>.+?) 어떻게 됐는지"
)


def with_memories(prompt: Prompt) -> Prompt:
    """Return the prompt with what is remembered among the notes, older than all of them.

    A goal that the message gives up is not among them.
    """
    notes = [note for each in reversed(prompt.remembered) for note in notes_of(each)]
    talk = prompt.conversation
    said = {_event(each) for each in talk.summary.notes} - {""}
    notes = [each for each in notes if _event(each) not in said]
    known = without_dropped(merge(merge((), notes), talk.summary.notes), prompt.text)
    summary = replace(talk.summary, notes=known)
    return replace(prompt, conversation=replace(talk, summary=summary))


def _event(note: Note) -> str:
    return event_slot(note.text) if note.kind == "deadline" else ""


def new_promise(fresh: tuple[Note, ...], language: str, promises: Promises) -> dict[str, str]:
    """Return the fillers of a promise to ask about an event that the message tells the day of.

    Without the user's consent it is to ask when they are back, with it to ask on that day.
    """
    if promises == "none":
        return {}
    events = [note.text for note in fresh if note.kind == "deadline"]
    form = _EVENT_KO if language == "ko" else _EVENT
    for event in events:
        found = form.match(event)
        if found is not None and not _NO_EVENT.search(event):
            day = "event_day" if promises == "day" else "event_since"
            return {"event": found["what"], day: found["day"]}
    return {}


def kept_promise(prompt: Prompt, language: str) -> dict[str, str]:
    """Return the filler of a promise that is due, when this is the first word of a session."""
    if prompt.conversation.count:
        return {}
    form = _PROMISED_KO if language == "ko" else _PROMISED
    for each in prompt.remembered:
        found = form.search(each.text) if each.kind == "promise" and each.ripe else None
        if found is not None:
            return {"promised": found["what"].strip()}
    return {}
