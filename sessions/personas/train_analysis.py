"""Learns what clues speak for: python -m sessions.personas.train_analysis DEV.jsonl ...

Softmax regression on top of the lexicon's own odds, by AdaGrad (Duchi et al. 2011) with an L2
penalty; nothing but labelled messages and a seed goes in, and the same weights come out.
"""

import random
import sys
from collections import Counter
from math import exp, log
from pathlib import Path

import msgspec

from .analysis import INTENTS, PACES, TONES, distribution
from .evaluate_analysis import Labelled
from .evidence import find, read
from .features import without_code
from .learned import ARTEFACT, Weights

GROUPS = {"tone": TONES, "pace": PACES, "intent": INTENTS}
LABELS = tuple(f"{group}/{name}" for group, names in GROUPS.items() for name in names)
EPOCHS, RATE, PENALTY, SEED = 12, 0.15, 0.004, 7
RARE, SMALL = 2, 0.06

Example = tuple[dict[str, float], dict[str, float]]


def main(paths: list[str]) -> None:
    """Write the artefact from the labelled messages in `paths`."""
    decoder = msgspec.json.Decoder(Labelled)
    rows = [decoder.decode(line) for path in paths for line in Path(path).read_bytes().splitlines()]
    examples = _examples([row.text for row in rows])
    learned: dict[str, dict[int, float]] = {}
    for group, names in GROUPS.items():
        truths = [getattr(row, group) for row in rows]
        for clue, weights in _fit(group, names, examples, truths).items():
            learned.setdefault(clue, {}).update(weights)
    kept = Weights(labels=LABELS, clues=dict(sorted(learned.items())))
    target = Path(__file__).parent / "lexicons" / ARTEFACT
    target.write_bytes(msgspec.json.encode(kept) + b"\n")
    sys.stdout.write(f"{len(rows)} messages, {len(kept.clues)} clues, {target.stat().st_size} B\n")


def _examples(texts: list[str]) -> list[Example]:
    """Return scores and clues; a phrase of one message alone is no witness for that message."""
    found = [{hit.entry for hit in find(without_code(text))} for text in texts]
    uses = Counter(entry for entries in found for entry in entries)
    return [
        read(text, ignored={entry for entry in entries if uses[entry] == 1})
        for text, entries in zip(texts, found, strict=True)
    ]


def _fit(
    group: str, names: tuple[str, ...], examples: list[Example], truths: list[str]
) -> dict[str, dict[int, float]]:
    seen = Counter(clue for _, clues in examples for clue in clues)
    base = [distribution(group, names, _bare(group, scores), {}) for scores, _ in examples]
    offsets = [[log(odds[name]) for name in names] for odds in base]
    weights = {clue: [0.0] * len(names) for clue, count in seen.items() if count >= RARE}
    steps = {clue: [1e-8] * len(names) for clue in weights}
    order, chance = list(range(len(examples))), random.Random(SEED)  # noqa: S311 - an order
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for at in order:
            clues = [(clue, x) for clue, x in examples[at][1].items() if clue in weights]
            logits = list(offsets[at])
            for clue, x in clues:
                for label, weight in enumerate(weights[clue]):
                    logits[label] += x * weight
            top = max(logits)
            raw = [exp(value - top) for value in logits]
            total = sum(raw)
            wrong = [
                value / total - (name == truths[at]) for name, value in zip(names, raw, strict=True)
            ]
            for clue, x in clues:
                row, past = weights[clue], steps[clue]
                for label, error in enumerate(wrong):
                    slope = x * error + PENALTY * row[label]
                    past[label] += slope * slope
                    row[label] -= RATE * slope / past[label] ** 0.5
    return {clue: kept for clue, row in weights.items() if (kept := _kept(group, names, row))}


def _bare(group: str, scores: dict[str, float]) -> dict[str, float]:
    return {
        label.partition("/")[2]: score for label, score in scores.items() if label.startswith(group)
    }


def _kept(group: str, names: tuple[str, ...], row: list[float]) -> dict[int, float]:
    return {
        LABELS.index(f"{group}/{name}"): round(weight, 3)
        for name, weight in zip(names, row, strict=True)
        if abs(weight) >= SMALL
    }


if __name__ == "__main__":
    main(sys.argv[1:])
