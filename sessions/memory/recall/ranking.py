"""How well each entry answers a question: words and meaning, its neighbours, time and speakers."""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from .cues import ASKS
from .index import FACT, Index
from .postings import Floats
from .question import Question

__all__ = ["WEIGHTS", "Flags", "Scored", "Usual", "Weights", "ranked"]

Flags = npt.NDArray[np.bool_]
_TINY = 1e-9
_MANY_WORDS = 30
_EPOCH_DAY = 719163  # 1970-01-01 as date.toordinal counts
_DAY_S = 86400


class Weights(Struct, frozen=True, kw_only=True):
    """What counts how much, in deviations of a score over all of a user's entries.

    `near` and `nearer` are the shares of a score that the entries beside it and two away take.
    """

    words: float = 1.0
    meaning: float = 1.0
    near: float = 0.5
    nearer: float = 0.0
    session: float = 0.0
    speaker: float = 0.5
    cue: float = 0.3
    days: float = 1.0
    asks: float = 0.0
    length: float = 0.0


WEIGHTS = Weights()


class Usual(Struct, frozen=True, kw_only=True):
    """What is usual among a user's entries for one question: means and deviations."""

    rarity: dict[int, float]
    words: tuple[float, float]
    meaning: tuple[float, float]
    sessions: tuple[float, float]


class Scored(Struct, frozen=True, kw_only=True):
    """The score of each entry, what it is made of, and what was usual."""

    total: Floats
    words: Floats
    meaning: Floats | None
    days: Flags | None
    speaker: Flags | None
    usual: Usual


def ranked(
    index: Index, question: Question, weights: Weights = WEIGHTS, *, usual: Usual | None = None
) -> Scored:
    """Return scores in deviations from what is `usual`: in `index` itself, when it is not given."""
    speakers = question.names & index.speakers
    # whom one speaks with is named everywhere, and mostly by the other one
    terms = [term for term in question.terms if term not in speakers]
    rarity = index.postings.rarity(terms) if usual is None else usual.rarity
    raw = index.postings.scored(
        {term: rarity[term] * question.terms[term] for term in terms if term in rarity}
    )
    told = _spread(raw) if usual is None else usual.words
    words = _deviations(raw, told)
    meaning, spread = None, (0.0, 1.0)
    if question.vector is not None and index.vectors is not None:
        near = index.vectors.near(question.vector)
        spread = (near.mean, near.deviation) if usual is None else usual.meaning
        meaning = _deviations(near.cosines, spread)
    total = words * np.float32(weights.words)
    if meaning is not None:
        total += np.float32(weights.meaning) * meaning
    total = _smoothed(index, total, weights)
    best = _best(index, total)
    between = _spread(best) if usual is None else usual.sessions
    if weights.session and len(best):
        talk = index.session != FACT
        total[talk] += np.float32(weights.session) * _deviations(best, between)[index.session[talk]]
    days = _of_days(index, question) if question.days else None
    speaker = np.isin(index.speaker, list(speakers)) if speakers else None
    _add_hints(index, question, weights, total, (days, speaker))
    found = Usual(rarity=rarity, words=told, meaning=spread, sessions=between)
    return Scored(
        total=total, words=words, meaning=meaning, days=days, speaker=speaker, usual=found
    )


def _add_hints(
    index: Index,
    question: Question,
    weights: Weights,
    total: Floats,
    found: tuple[Flags | None, Flags | None],
) -> None:
    """Add what an entry has by itself, whatever is beside it."""
    days, speaker = found
    if days is not None:
        total += np.float32(weights.days) * days
    if speaker is not None:
        total += np.float32(weights.speaker) * speaker
    if question.asked:
        total += np.float32(weights.cue) * ((index.cues & question.asked) > 0)
    total -= np.float32(weights.asks) * ((index.cues & ASKS) > 0)
    total += np.float32(weights.length) * np.log1p(np.minimum(index.size, _MANY_WORDS))


def _spread(scores: Floats) -> tuple[float, float]:
    return (float(scores.mean()), float(scores.std())) if len(scores) else (0.0, 1.0)


def _deviations(scores: Floats, spread: tuple[float, float]) -> Floats:
    mean, deviation = spread
    return (scores - np.float32(mean)) / np.float32(max(deviation, _TINY))


def _smoothed(index: Index, scores: Floats, weights: Weights) -> Floats:
    """Add to each entry of a session shares of what the entries around it have."""
    total = scores.copy()
    for distance, share in ((1, weights.near), (2, weights.nearer)):
        if share and len(scores) > distance:
            beside = index.neighbours(distance) * np.float32(share)
            total[:-distance] += beside * scores[distance:]
            total[distance:] += beside * scores[:-distance]
    return total


def _best(index: Index, scores: Floats) -> Floats:
    """Return the best score of each session."""
    talk = index.session != FACT
    best = np.full(len(index.sessions), -np.inf, np.float32)
    np.maximum.at(best, index.session[talk], scores[talk])
    return best


def _of_days(index: Index, question: Question) -> Flags:
    """Tell which entries are of days that were asked for, or speak of them."""
    day = (index.at // _DAY_S).astype(np.int64) + _EPOCH_DAY
    found = np.zeros(index.parts, np.bool_)
    for days in question.days:
        found |= (day >= days.first) & (day <= days.last)
        met = (index.spans[:, 1] <= days.last) & (index.spans[:, 2] >= days.first)
        found[index.spans[met, 0]] = True
    return found
