"""Recall of one user with 10,000 and with 200,000 turns: time, bytes on disk and in memory.

Turns have a message of 20 words and an answer of 60, both with a vector, in sessions of 32 turns.
The words are drawn by Zipf's law from 30,000; a question has ten. Vectors are random ones about
500 themes, of 384 dimensions. All in one process, on one core; the encoder is not part of it.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct, structs

from bench.harness import drive, percentile, report, spread
from schemas.resources import Usage
from sessions.archive import (
    COLLECTIONS,
    SESSIONS,
    TURNS,
    AnswerDocument,
    SessionDocument,
    TurnDocument,
    UserMessage,
)
from sessions.embedding import Vector
from sessions.memory.recall.context import RECIPE
from sessions.memory.recall.documents import RECALL
from sessions.memory.recall.passages import passages
from sessions.memory.recall.reading import row_of
from sessions.memory.recall.recall import Recall
from sessions.memory.recall.rows import Row, opened
from sessions.memory.recall.sealing import Sealer
from sessions.memory.recall.segments import Segments, segment_of_turn
from sessions.memory.recall.vectors import packed
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.clocks import FakeClock

__all__ = ["main"]

SIZES = (10_000, 200_000)
QUESTIONS = 300
NOTES = 200
IN_SESSION = 32
IN_SEGMENT = 16
VOCABULARY = 30_000
THEMES = 500
PATTERNS = 2_000
SAMPLE = 200
LIMIT = 8
DIMENSIONS = 384
SEED = 20261129
SECRET = "a secret that only benchmarks share, on loopback"  # noqa: S105 - of no worth
USER = "u"
START = datetime(2024, 1, 1, tzinfo=UTC)


class Words:
    """Texts of made-up words, by Zipf's law."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        sizes = [chance.randint(3, 9) for _ in range(VOCABULARY)]
        self._words = ["".join(chance.choices("aeioulnrstdm", k=size)) for size in sizes]
        self._sums = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def text(self, words: int) -> str:
        """Return a text of so many words."""
        return " ".join(self._chance.choices(self._words, cum_weights=self._sums, k=words))


class Themes:
    """An embedder whose vectors lie about themes, whatever the text."""

    id = "themes"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._chance = np.random.default_rng(SEED)
        self._centre = 3 * self._chance.standard_normal(DIMENSIONS)
        self._themes = self._chance.standard_normal((THEMES, DIMENSIONS))

    async def embed(self, texts: Sequence[str], *, passages: bool = False) -> list[Vector]:
        """Return one unit vector for each text."""
        return list(self.vectors(len(texts)))

    def vectors(self, count: int) -> npt.NDArray[np.float32]:
        """Return so many unit vectors."""
        at = self._chance.integers(THEMES, size=count)
        own = self._chance.standard_normal((count, DIMENSIONS))
        raw = self._centre + self._themes[at] + own
        unit: npt.NDArray[np.float32] = raw / np.linalg.norm(raw, axis=1, keepdims=True)
        return unit.astype(np.float32)


class Figures(Struct, frozen=True, kw_only=True):
    """What was measured of one size; times in seconds, those of questions wall and CPU."""

    turns: int
    bytes_a_turn: float
    held_mb: float
    cold_s: float
    asks_s: list[float]
    asks_cpu_s: list[float]
    notes_s: list[float]


async def measure(directory: Path, turns: int) -> Figures:
    """Fill a file with turns and their index, then read it, ask, and note some more."""
    words, themes, clock = Words(random.Random(SEED)), Themes(), FakeClock(START)
    documents = SqliteDocuments(directory / "ion.sqlite", COLLECTIONS)
    await documents.open()
    tasks = Tasks(lambda name, error: print(name, error))
    await _fill(documents, clock, words, themes, turns)
    recall = Recall(documents=documents, clock=clock, tasks=tasks, secret=SECRET, embedder=themes)
    began = time.perf_counter()
    await recall.warm(USER)
    cold_s = time.perf_counter() - began
    asks, cpu = [], []
    for _ in range(QUESTIONS):
        (vector,) = await themes.embed([""])
        query, used, began = words.text(10), time.process_time(), time.perf_counter()
        found = await recall.recall(USER, query, now=clock.now(), vector=vector)
        asks.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        if found.state != "ready" or len(found.hits) < LIMIT or found.entries < 2 * turns:
            raise AssertionError("the index is not whole")
    notes = [await _note(recall, documents, clock, words, turns + at) for at in range(NOTES)]
    loaded, _ = await recall._loading.get(USER)
    segments = await documents.find(RECALL, "by_user", {"user_id": USER}, limit=SAMPLE)
    held = sum(len(opened(each).rows) for each in segments)
    size = sum(len(msgspec.json.encode(each)) for each in segments) / held
    await tasks.cancel()
    await documents.aclose()
    return Figures(
        turns=turns,
        bytes_a_turn=size,
        held_mb=loaded.nbytes / 1e6,
        cold_s=cold_s,
        asks_s=asks,
        asks_cpu_s=cpu,
        notes_s=notes,
    )


async def _fill(
    documents: SqliteDocuments, clock: FakeClock, words: Words, themes: Themes, turns: int
) -> None:
    """Store turns, and each segment of their index in one write, as a rebuild makes it."""
    sealer = Sealer(SECRET)
    segments = Segments(documents, clock, key=sealer.key)
    await segments.begin(USER)
    patterns = [_turn(f"t_{at}", 1, clock.now(), words) for at in range(PATTERNS)]
    rows = [
        row_of(each.id, 1, passages(each), list(themes.vectors(2)), sealer=sealer)
        for each in patterns
    ]
    for first in range(0, turns, IN_SEGMENT):
        clock.advance(3600)
        session_id, number = f"s_{first // IN_SESSION}", first % IN_SESSION + 1
        if number == 1:
            await documents.insert(SESSIONS, _session(session_id, clock.now()))
        stretch, vectors = [], map(packed, themes.vectors(2 * IN_SEGMENT))
        for place in range(IN_SEGMENT):
            at = (first + place) % PATTERNS
            turn = _placed(patterns[at], session_id, number + place, clock.now())
            stretch.append((turn, _row(rows[at], turn, clock.now(), vectors)))
        await asyncio.gather(*(documents.insert(TURNS, turn) for turn, _ in stretch))
        encoder, name = f"{themes.id}/{RECIPE}", segment_of_turn(session_id, number)
        kept = [row for _, row in stretch]
        await segments.put(name, USER, session_id, kept, encoder=encoder)


def _row(row: Row, turn: TurnDocument, now: datetime, vectors: Iterator[bytes]) -> Row:
    said = passages(turn)
    parts = tuple(
        structs.replace(part, id=each.id, at=round(now.timestamp()), vector=next(vectors))
        for part, each in zip(row.parts, said, strict=True)
    )
    return Row(id=turn.id, number=turn.number, parts=parts)


def _session(session_id: str, now: datetime) -> SessionDocument:
    return SessionDocument(id=session_id, user_id=USER, title="", created_at=now, updated_at=now)


def _turn(turn_id: str, number: int, now: datetime, words: Words) -> TurnDocument:
    message = UserMessage(id="", client_msg_id="", text=words.text(20), created_at=now)
    turn = TurnDocument(
        id=turn_id,
        session_id="",
        user_id=USER,
        number=number,
        messages=(message,),
        client_msg_ids=(),
        created_at=now,
        updated_at=now,
        open=False,
        state="done",
        answer=AnswerDocument(
            message_id="",
            text=words.text(60),
            persona="lua",
            finish_reason="stop",
            usage=Usage(prompt_tokens=0, completion_tokens=0),
            model="",
            created_at=now,
        ),
    )
    return _placed(turn, "", number, now)


def _placed(turn: TurnDocument, session_id: str, number: int, now: datetime) -> TurnDocument:
    """Return a turn with the same words in another place, which it ends with."""
    name = f"{session_id}_{number}"
    message, answer = turn.messages[0], turn.answer
    assert answer is not None  # noqa: S101 - it has one
    return structs.replace(
        turn,
        id=f"t_{name}",
        session_id=session_id,
        number=number,
        messages=(
            structs.replace(
                message, id=f"m_{name}", client_msg_id=name, text=f"{message.text} {name}"
            ),
        ),
        client_msg_ids=(name,),
        updated_at=now,
        answer=structs.replace(answer, message_id=f"a_{name}", text=f"{answer.text} {name}"),
    )


async def _note(
    recall: Recall, documents: SqliteDocuments, clock: FakeClock, words: Words, at: int
) -> float:
    """Note one more turn, and return how long it took without the encoder."""
    clock.advance(60)
    session_id, number = f"s_{at // IN_SESSION}", at % IN_SESSION + 1
    if number == 1:
        await documents.insert(SESSIONS, _session(session_id, clock.now()))
    turn = _placed(_turn("", number, clock.now(), words), session_id, number, clock.now())
    await documents.insert(TURNS, turn)
    began = time.perf_counter()
    await recall.note_turn(turn)
    return time.perf_counter() - began


def main() -> None:
    """Measure, print and write bench/results/recall.json."""
    rows, figures = [], []
    for turns in SIZES:
        with tempfile.TemporaryDirectory(prefix="ion-bench-") as name:
            found, _ = drive(measure(Path(name), turns))
        rows.append(
            (
                f"{turns:,}",
                spread(found.asks_s, 0.5, 0.95),
                spread(found.asks_cpu_s, 0.5, 0.95),
                spread(found.notes_s, 0.5, 0.95),
                f"{found.bytes_a_turn:,.0f}",
                f"{found.held_mb:,.0f} MB",
                f"{found.cold_s:.1f} s",
            )
        )
        figures.append(_figures(found))
    report(
        "recall",
        f"recall of one user: {QUESTIONS} questions, {NOTES} more turns, {DIMENSIONS} dimensions",
        (
            *("turns", "recall p50 / p95", "its CPU", "note_turn p50 / p95"),
            *("bytes a turn", "in memory", "first reading"),
        ),
        rows,
        note="the encoder not counted; a turn is a message of 20 words and an answer of 60",
        figures=figures,
    )


def _figures(found: Figures) -> dict[str, float]:
    times = {"asks": found.asks_s, "asks_cpu": found.asks_cpu_s, "notes": found.notes_s}
    return {
        "turns": found.turns,
        "bytes_a_turn": found.bytes_a_turn,
        "held_mb": found.held_mb,
        "cold_s": found.cold_s,
        **{f"{name}_ms_p50": 1000 * percentile(each, 0.5) for name, each in times.items()},
        **{f"{name}_ms_p95": 1000 * percentile(each, 0.95) for name, each in times.items()},
    }


if __name__ == "__main__":
    main()
