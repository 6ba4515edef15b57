"""What the trained model reaches, as figures and as a card."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sessions.personas.metrics import Interval, accuracy, bootstrap, ece, macro_f1, top_k

__all__ = ["Figures", "card", "figures", "line"]

Floats = npt.NDArray[np.float32]
ROUNDS = 300


class Figures(Struct, frozen=True, kw_only=True):
    """Shares (0 to 1) over `n` posts, with bootstrapped 95 % intervals."""

    n: int
    accuracy: float
    accuracy_interval: Interval
    top2: float
    macro_f1: float
    ece: float
    ece_interval: Interval
    by_label: dict[str, float]
    by_community: dict[str, float]


def figures(
    odds: Floats, truth: Sequence[str], communities: Sequence[str], labels: Sequence[str]
) -> Figures:
    """Return the figures of log-odds (posts, labels) against `truth`."""
    ranked = [[labels[at] for at in row] for row in np.argsort(-odds, axis=1)]
    chances = np.exp(odds - odds.max(axis=1, keepdims=True))
    sure = (chances.max(axis=1) / chances.sum(axis=1)).tolist()
    pairs = [(right, guess[0]) for right, guess in zip(truth, ranked, strict=True)]
    bets = [(chance, right == guess) for chance, (right, guess) in zip(sure, pairs, strict=True)]
    return Figures(
        n=len(pairs),
        accuracy=accuracy(pairs),
        accuracy_interval=bootstrap(pairs, accuracy, rounds=ROUNDS),
        top2=top_k(list(zip(truth, ranked, strict=True))),
        macro_f1=macro_f1(pairs),
        ece=ece(bets),
        ece_interval=bootstrap(bets, ece, rounds=ROUNDS),
        by_label=_each(truth, pairs),
        by_community=_each(communities, pairs),
    )


def _each(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    return {
        name: round(
            accuracy([pair for pair, own in zip(pairs, names, strict=True) if own == name]), 4
        )
        for name in sorted(set(names))
    }


def line(name: str, found: Figures) -> str:
    """Return one line of the table."""
    low, high = found.accuracy_interval.low, found.accuracy_interval.high
    return (
        f"{name:<44}{found.n:>6}  {found.accuracy:6.1%} ({low:.1%} to {high:.1%})"
        f"  top-2 {found.top2:6.1%}  macro F1 {found.macro_f1:6.1%}  ECE {found.ece:.3f}"
    )


def card(found: Mapping[str, Figures], *, day: str, posts: int, embedded: int, written: int) -> str:
    """Return the model card."""
    rows = "\n".join(
        f"| {name} | {each.n} | {each.accuracy:.1%} ({each.accuracy_interval.low:.1%} to "
        f"{each.accuracy_interval.high:.1%}) | {each.top2:.1%} | {each.macro_f1:.1%} | "
        f"{each.ece:.3f} |"
        for name, each in found.items()
    )
    return CARD.format(rows=rows, day=day, posts=posts, embedded=embedded, written=written)


CARD = """# The model that reads which mentor a message is for

Written by `python -m sessions.personas.train` on {day}; `metrics.json` has all figures.

**What it is.** Two linear readers: hashed word and character n-grams, and (with the extra
`semantic`) the vector of multilingual-e5-small. Their log-odds are added to the resonance and the
topic words of the personas' files with weights fitted on communities that the readers had not seen.
`model.npz` holds numbers only: hashed buckets, no words and no texts.

**Data.** {posts} public self-posts of 2013 in 17 communities (PDDL 1.0), each community mapped to
one mentor ({embedded} of them with vectors), and {written} short messages written here in
English and Korean (`seeds.toml`). The posts are not part of the project.

**Figures.** "Unseen" leaves whole communities out (4 folds, those of a mentor in different folds);
the weights of the blend come from the other folds. Whoever wrote the topic words of the personas'
files knew these communities, so a topic word with more than 70 % of its uses in the communities
that are left out counts as not thought of; the rows "all topic words" keep them and flatter.
"Readers alone" has neither topic words nor resonance. "Seen" is the development split, on which
nothing was trained. Intervals are bootstrapped, 95 %.

| posts | n | accuracy | top-2 | macro F1 | ECE (15 bins) |
|---|---|---|---|---|---|
{rows}

**Limits.**
- English of 2013, from one site. Korean is only in the written examples and in the encoder.
- A community's topic stands for a need: someone who asks for comfort about a computer is labelled
  as a computer question.
- It is no judge of risk: the check for signs of crisis runs before it and does not depend on it.
"""
