"""How well each entry answers a question: words and meaning, its neighbours, time and speakers."""

from math import sqrt

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from .index import Index
from .postings import Floats
from .question import Question

__all__ = ["WEIGHTS", "Flags", "Scored", "Usual", "Weights", "ranked"]

Flags = npt.NDArray[np.bool_]
_TINY = 1e-9
_HALF_DAYS = 30
_FEW = 50
# The deviation of BM25 as a share of the best score, over hundreds of messages.
_USUAL_SHARE = 0.13
_HELD = 0.5


class Weights(Struct, frozen=True, kw_only=True):
    """What counts how much, in deviations of a score over all of a user's entries.

    Entries beside one give it shares of their scores: `words_near` and `meaning_near` the next
    ones, `nearer` those two away. `recent` is what an entry of today has more than an old one.
    """

    words: float = 1.0
    meaning: float = 1.25
    words_near: float = 0.4
    meaning_near: float = 0.3
    nearer: float = 0.15
    speaker: float = 0.75
    cue: float = 0.3
    days: float = 1.5
    recent: float = 0.2


WEIGHTS = Weights()


class Usual(Struct, frozen=True, kw_only=True):
    """What is usual among a user's entries for one question: means and deviations.

    `best` is the score for words that no entry surpasses.
    """

    rarity: dict[int, float]
    best: float
    words: tuple[float, float]
    meaning: tuple[float, float]


class Scored(Struct, frozen=True, kw_only=True):
    """The score of each entry, what it is made of, and what was usual.

    `held` tells which entries have about as much of the question's words as the best: where most
    speak of what is asked for, none of them stands out by its words.
    """

    total: Floats
    words: Floats
    held: Flags
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
    raw = index.postings.scored({term: rarity[term] for term in terms if term in rarity})
    best = float(raw.max(initial=0.0)) if usual is None else usual.best
    told = _spread_of_words(raw) if usual is None else usual.words
    words = _deviations(raw, told)
    total = index.hint + np.float32(weights.words) * _smoothed(
        index, words, weights.words_near, weights.nearer
    )
    meaning, spread = None, (0.0, 1.0)
    if question.vector is not None and index.vectors is not None:
        near = index.vectors.near(question.vector)
        spread = (near.mean, near.deviation) if usual is None else usual.meaning
        meaning = _deviations(near.cosines, spread)
        total += np.float32(weights.meaning) * _smoothed(
            index, meaning, weights.meaning_near, weights.nearer
        )
    days = _of_days(index, question) if question.days else None
    if days is not None:
        total += np.float32(weights.days) * days
    speaker = _by_whom(index, question, speakers)
    if speaker is not None:
        total += np.float32(weights.speaker) * speaker
    if question.asked:
        total += np.float32(weights.cue) * ((index.cues & question.asked) > 0)
    total += np.float32(weights.recent) * _recent(index, question)
    return Scored(
        total=total,
        words=words,
        held=raw > max(_HELD * best, _TINY),
        meaning=meaning,
        days=days,
        speaker=speaker,
        usual=Usual(rarity=rarity, best=best, words=told, meaning=spread),
    )


def _by_whom(index: Index, question: Question, speakers: frozenset[int]) -> Flags | None:
    """Tell which entries are of whom the question names; None when it names nobody."""
    if speakers:
        return np.isin(index.speaker, list(speakers))
    if question.own is not None:
        found: Flags = index.own == question.own
        return found
    return None


def _recent(index: Index, question: Question) -> Floats:
    """Return 1 for what was said today, half of it for what is a month old, and so on."""
    age = np.maximum(question.now - index.day, 0).astype(np.float32)
    fresh: Floats = np.float32(_HALF_DAYS) / (np.float32(_HALF_DAYS) + age)
    return fresh


def _spread_of_words(scores: Floats) -> tuple[float, float]:
    """Return mean and deviation; few entries' deviation is drawn to what is usual among many.

    Otherwise the only entry with a word would never stand out among ten.
    """
    if not len(scores):
        return 0.0, 1.0
    few, usual = _FEW / (len(scores) + _FEW), _USUAL_SHARE * float(scores.max())
    own = float(scores.std())
    return float(scores.mean()), sqrt((1 - few) * own**2 + few * usual**2)


def _deviations(scores: Floats, spread: tuple[float, float]) -> Floats:
    mean, deviation = spread
    return (scores - np.float32(mean)) / np.float32(max(deviation, _TINY))


def _smoothed(index: Index, scores: Floats, near: float, nearer: float) -> Floats:
    """Add to each entry of a session shares of what the entries around it have."""
    total = scores.copy()
    for distance, share in ((1, near), (2, nearer)):
        if len(scores) > distance:
            beside = index.beside[distance] * np.float32(share)
            total[:-distance] += beside * scores[distance:]
            total[distance:] += beside * scores[:-distance]
    return total


def _of_days(index: Index, question: Question) -> Flags:
    """Tell which entries are of days that were asked for, or speak of them."""
    found = np.zeros(index.parts, np.bool_)
    for days in question.days:
        found |= (index.day >= days.first) & (index.day <= days.last)
        met = (index.spans[:, 1] <= days.last) & (index.spans[:, 2] >= days.first)
        found[index.spans[met, 0]] = True
    return found
