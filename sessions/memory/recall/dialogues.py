"""Long dialogues with questions about them, in the layout of LoCoMo (Maharana et al. 2024)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

__all__ = ["Dialogue", "DialoguesInvalid", "Query", "Session", "Utterance", "read_dialogues"]

_SESSION = re.compile(r"session_(\d+)")
_EVIDENCE = re.compile(r"D:?\s*(\d+)\s*:\s*(\d+)")
_WHEN = ("%I:%M %p on %d %B, %Y", "%I:%M %p on %d %B %Y", "%d %B, %Y", "%Y-%m-%d")
_FIRST_DAY = datetime(2023, 1, 1, 12, tzinfo=UTC)


class DialoguesInvalid(Exception):
    """The file can't be read, or does not hold dialogues; the message says where."""


class Utterance(Struct, frozen=True, kw_only=True):
    """What one speaker said, and what was on the picture that they showed."""

    speaker: str
    dia_id: str
    text: str = ""
    blip_caption: str | None = None

    @property
    def told(self) -> str:
        """Return the words and those of the picture."""
        return "\n".join(each for each in (self.text, self.blip_caption) if each)


class Session(Struct, frozen=True, kw_only=True):
    """The utterances of one day."""

    number: int
    at: datetime
    utterances: tuple[Utterance, ...]


class Query(Struct, frozen=True, kw_only=True):
    """A question and the ids of the utterances that answer it."""

    question: str
    category: str
    evidence: frozenset[str]


class Dialogue(Struct, frozen=True, kw_only=True):
    """All sessions of two speakers, in order, and the questions; `left_out` have no evidence."""

    speaker_a: str
    sessions: tuple[Session, ...]
    queries: tuple[Query, ...]
    left_out: int


class _Asked(Struct, frozen=True, kw_only=True):
    question: str
    evidence: tuple[str, ...] | str | None = ()
    category: int | str | UnsetType = UNSET


class _Sample(Struct, frozen=True, kw_only=True):
    conversation: dict[str, Any]
    qa: tuple[_Asked, ...] = ()
    sample_id: Any = ""


def read_dialogues(path: Path) -> list[Dialogue]:
    """Return the dialogues of a file; raises DialoguesInvalid."""
    try:
        samples = msgspec.json.decode(path.read_bytes(), type=tuple[_Sample, ...])
    except OSError as error:
        raise DialoguesInvalid(f"{path} can't be read ({error.strerror})") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DialoguesInvalid(f"{path} holds no list of dialogues: {error}") from None
    try:
        dialogues = [_dialogue(sample, f"$[{at}]") for at, sample in enumerate(samples)]
    except msgspec.ValidationError as error:
        raise DialoguesInvalid(f"{path} holds a dialogue that can't be used: {error}") from None
    if not any(dialogue.queries for dialogue in dialogues):
        raise DialoguesInvalid(f"{path} holds no question with evidence")
    return dialogues


def _dialogue(sample: _Sample, where: str) -> Dialogue:
    talk = sample.conversation
    numbers = sorted(
        int(match[1]) for name in talk if (match := _SESSION.fullmatch(name)) and talk[name]
    )
    sessions: list[Session] = []
    known: set[str] = set()
    for number in numbers:
        try:
            said = msgspec.convert(talk[f"session_{number}"], tuple[Utterance, ...])
        except msgspec.ValidationError as error:
            at = f"{where}.conversation.session_{number}"
            raise msgspec.ValidationError(f"{error} in {at}") from None
        fresh = tuple(each for each in said if each.told and each.dia_id not in known)
        known |= {each.dia_id for each in fresh}
        earlier = sessions[-1].at if sessions else _FIRST_DAY
        at_time = _moment(talk.get(f"session_{number}_date_time"), earlier)
        sessions.append(Session(number=number, at=at_time, utterances=fresh))
    by_place = {place: each for each in known for place in _places(each)}
    queries = tuple(_queries(sample.qa, by_place))
    first = next((each.speaker for each in (*_said(sessions),)), "")
    return Dialogue(
        speaker_a=str(talk.get("speaker_a") or first),
        sessions=tuple(sessions),
        queries=queries,
        left_out=len(sample.qa) - len(queries),
    )


def _said(sessions: list[Session]) -> Iterator[Utterance]:
    for session in sessions:
        yield from session.utterances


def _queries(asked: tuple[_Asked, ...], by_place: dict[tuple[int, int], str]) -> Iterator[Query]:
    """Yield the questions with evidence that exists; ids are read however they are put together."""
    for each in asked:
        named = [each.evidence] if isinstance(each.evidence, str) else each.evidence or ()
        places = {place for text in named for place in _places(text)}
        evidence = frozenset(by_place[place] for place in places if place in by_place)
        if evidence:
            category = "" if each.category is UNSET else str(each.category)
            yield Query(question=each.question, category=category, evidence=evidence)


def _places(text: str) -> list[tuple[int, int]]:
    return [(int(match[1]), int(match[2])) for match in _EVIDENCE.finditer(text)]


def _moment(text: object, earlier: datetime) -> datetime:
    """Return when a session was; one that does not say so was a day after the one before."""
    for form in _WHEN:
        try:
            return datetime.strptime(str(text).strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return earlier + timedelta(days=1)
