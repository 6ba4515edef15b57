"""How much of what answers a question is recalled, over dialogues that the product indexes."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from schemas.resources import Usage
from sessions.archive import (
    SESSIONS,
    TURNS,
    AnswerDocument,
    SessionDocument,
    TurnDocument,
    UserMessage,
)
from sessions.embedding import Embedder, Vector
from sessions.stores.documents import Documents

from .dialogues import Dialogue, Query, Session, Utterance
from .recall import Recall

__all__ = ["House", "Report", "measure", "table"]

CUTS = (1, 5, 10, 20)
TOLD_EVERY = 200
_BETWEEN = timedelta(seconds=30)


class House(Struct, frozen=True, kw_only=True):
    """The product's parts that are measured."""

    documents: Documents
    recall: Recall
    embedder: Embedder | None = None


class Shares(Struct, frozen=True, kw_only=True):
    """Means over questions: the share of evidence in the first k, whether any is, whether all."""

    questions: int
    recall_at: dict[int, float]
    any_at: dict[int, float]
    all_at: dict[int, float]


class Latency(Struct, frozen=True, kw_only=True):
    """Milliseconds from a question and its vector to the hits, one question at a time."""

    p50: float
    p95: float


class Report(Struct, frozen=True, kw_only=True):
    """What was found; `left_out` are questions without evidence, `turns` single utterances."""

    recall_at: dict[int, float]
    any_at: dict[int, float]
    all_at: dict[int, float]
    by_category: dict[str, Shares]
    latency_ms: Latency
    turns: int
    questions: int
    left_out: int
    encoder: str | None


class _Outcome(Struct, frozen=True, kw_only=True):
    query: Query
    found: tuple[str, ...]
    ms: float


async def measure(
    dialogues: Sequence[Dialogue],
    houses: Sequence[House],
    *,
    tell: Callable[[str], object] = lambda _: None,
) -> Report:
    """Index every dialogue as one user's turns, one in each house at a time, then ask.

    Raises StoreUnavailable.
    """
    places: list[House | None] = [None] * len(dialogues)
    vectors: dict[str, Vector] = {}
    waiting = iter(range(len(dialogues)))
    total = sum(len(each.utterances) for talk in dialogues for each in talk.sessions)
    progress = _Progress(total, tell)

    async def work(house: House) -> None:
        for at in waiting:
            await _index(dialogues[at], _user(at), house, progress)
            await _understand(dialogues[at], house, vectors)
            places[at] = house

    async with asyncio.TaskGroup() as group:
        for house in houses:
            group.create_task(work(house))
    outcomes: list[_Outcome] = []
    for at, (talk, place) in enumerate(zip(dialogues, places, strict=True)):
        if place is not None:
            outcomes += await _ask(talk, _user(at), place, vectors)
        tell(f"asked {len(outcomes):,} questions\n")
    embedder = houses[0].embedder
    return _report(
        outcomes,
        turns=total,
        left_out=sum(talk.left_out for talk in dialogues),
        encoder=embedder.id if embedder is not None else None,
    )


def _user(at: int) -> str:
    return f"u_{at}"


class _Progress:
    """Tells from time to time how many turns are indexed."""

    def __init__(self, total: int, tell: Callable[[str], object]) -> None:
        self._total = total
        self._tell = tell
        self._done = 0

    def add(self, turns: int) -> None:
        """Count turns, and tell at every few hundred of them."""
        before, self._done = self._done, self._done + turns
        if before // TOLD_EVERY < self._done // TOLD_EVERY or self._done == self._total:
            self._tell(f"indexed {self._done:,} of {self._total:,} turns\n")


async def _index(talk: Dialogue, user_id: str, house: House, progress: _Progress) -> None:
    for session in talk.sessions:
        session_id = f"{user_id}.s_{session.number}"
        await house.documents.insert(
            SESSIONS,
            SessionDocument(
                id=session_id,
                user_id=user_id,
                title="",
                created_at=session.at,
                updated_at=session.at,
            ),
        )
        for turn in _turns(session, talk.speaker_a, user_id, session_id):
            await house.documents.insert(TURNS, turn)
            await house.recall.note_turn(turn, user_name=talk.speaker_a)
        progress.add(len(session.utterances))


def _turns(
    session: Session, user_name: str, user_id: str, session_id: str
) -> Iterator[TurnDocument]:
    """Yield what speaker A says as the user's messages, and what B says as answers to them."""
    messages: list[UserMessage] = []
    number = 0
    for place, said in enumerate(session.utterances):
        at = session.at + place * _BETWEEN
        if said.speaker == user_name:
            messages.append(
                UserMessage(
                    id=said.dia_id, client_msg_id=said.dia_id, text=said.told, created_at=at
                )
            )
        if said.speaker != user_name or place == len(session.utterances) - 1:
            number += 1
            answer = None if said.speaker == user_name else _answer(said, at)
            yield _turn(number, messages, answer, user_id, session_id, at)
            messages = []


def _answer(said: Utterance, at: datetime) -> AnswerDocument:
    return AnswerDocument(
        message_id=said.dia_id,
        text=said.told,
        persona=said.speaker,
        finish_reason="stop",
        usage=Usage(prompt_tokens=0, completion_tokens=0),
        model="",
        created_at=at,
    )


def _turn(
    number: int,
    messages: Sequence[UserMessage],
    answer: AnswerDocument | None,
    user_id: str,
    session_id: str,
    at: datetime,
) -> TurnDocument:
    return TurnDocument(
        id=f"{session_id}.t_{number}",
        session_id=session_id,
        user_id=user_id,
        number=number,
        messages=tuple(messages),
        client_msg_ids=tuple(each.client_msg_id for each in messages),
        created_at=messages[0].created_at if messages else at,
        updated_at=at,
        open=False,
        state="done",
        answer=answer,
    )


async def _understand(talk: Dialogue, house: House, vectors: dict[str, Vector]) -> None:
    for query in talk.queries:
        if house.embedder is not None and query.question not in vectors:
            (vectors[query.question],) = await house.embedder.embed([query.question])


async def _ask(
    talk: Dialogue, user_id: str, house: House, vectors: dict[str, Vector]
) -> list[_Outcome]:
    now = max((each.at for each in talk.sessions), default=None)
    if now is None:
        return []
    await house.recall.warm(user_id)
    outcomes = []
    for query in talk.queries:
        began = time.perf_counter()
        recalled = await house.recall.recall(
            user_id,
            query.question,
            now=now + timedelta(days=1),
            vector=vectors.get(query.question),
            limit=CUTS[-1],
        )
        ms = (time.perf_counter() - began) * 1000
        found = tuple(hit.message_id for hit in recalled.hits)
        outcomes.append(_Outcome(query=query, found=found, ms=ms))
    return outcomes


def _report(
    outcomes: Sequence[_Outcome], *, turns: int, left_out: int, encoder: str | None
) -> Report:
    by_category: dict[str, list[_Outcome]] = defaultdict(list)
    for each in outcomes:
        by_category[each.query.category].append(each)
    whole = _shares(outcomes)
    times = sorted(each.ms for each in outcomes)
    return Report(
        recall_at=whole.recall_at,
        any_at=whole.any_at,
        all_at=whole.all_at,
        by_category={name: _shares(some) for name, some in sorted(by_category.items())},
        latency_ms=Latency(p50=_percentile(times, 0.5), p95=_percentile(times, 0.95)),
        turns=turns,
        questions=len(outcomes),
        left_out=left_out,
        encoder=encoder,
    )


def _shares(outcomes: Sequence[_Outcome]) -> Shares:
    found = {cut: [_share(each, cut) for each in outcomes] for cut in CUTS}
    total = len(outcomes)
    return Shares(
        questions=total,
        recall_at={cut: sum(each) / total for cut, each in found.items()},
        any_at={cut: sum(share > 0 for share in each) / total for cut, each in found.items()},
        all_at={cut: sum(share == 1 for share in each) / total for cut, each in found.items()},
    )


def _share(outcome: _Outcome, cut: int) -> float:
    evidence = outcome.query.evidence
    return len(evidence.intersection(outcome.found[:cut])) / len(evidence)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def table(report: Report) -> str:
    """Return the report for people to read, shares in per cent."""
    lines = [
        f"{report.questions} questions about {report.turns} turns, by words"
        f"{f' and {report.encoder}' if report.encoder else ' alone'}; "
        f"{report.left_out} without evidence left out",
        f"{'':16}{'questions':>10}"
        + "".join(f"{f'R@{cut}':>8}" for cut in CUTS)
        + "".join(f"{f'any@{cut}':>8}" for cut in CUTS)
        + f"{'all@10':>8}",
    ]
    whole = Shares(
        questions=report.questions,
        recall_at=report.recall_at,
        any_at=report.any_at,
        all_at=report.all_at,
    )
    for name, shares in (("all", whole), *report.by_category.items()):
        label = name if name == "all" else f"category {name}"
        figures = (*shares.recall_at.values(), *shares.any_at.values(), shares.all_at[10])
        lines.append(
            f"{label:16}{shares.questions:>10}" + "".join(f"{100 * each:>8.1f}" for each in figures)
        )
    latency = report.latency_ms
    lines.append(f"recall takes {latency.p50} ms (p50), {latency.p95} ms (p95)")
    return "\n".join(lines) + "\n"
