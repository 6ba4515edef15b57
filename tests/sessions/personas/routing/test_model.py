"""The trained weights: kept, checked, read."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sessions.conversation import Conversation
from sessions.personas.analysis import analyse
from sessions.personas.catalogue import MODEL, load_catalogue
from sessions.personas.recommend import Recommendation, recommend
from sessions.personas.resonance import CORE
from sessions.personas.routing import ModelInvalid, Vector, grams, load_model, save_model
from tests.sessions.personas.routing.samples import KNOWN, small_model


def ask(text: str, model: Path, vector: Vector | None = None) -> Recommendation:
    nobody = Conversation(session_id="")
    catalogue = load_catalogue(model=model)
    return recommend(text, analyse(text), nobody, catalogue, chosen=None, vector=vector)


def test_a_model_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    save_model(small_model(), tmp_path / "m.npz")
    loaded = load_model(tmp_path / "m.npz")
    assert loaded.labels == CORE
    assert loaded.with_vector == small_model().with_vector
    assert (loaded.words == small_model().words).all()


def test_known_words_decide_and_are_the_reason(tmp_path: Path) -> None:
    save_model(small_model(), tmp_path / "m.npz")
    for persona, word in KNOWN.items():
        found = ask(f"{word} {word}", tmp_path / "m.npz")
        assert found.persona == persona
        assert found.choices[0].reason.startswith("Messages like this one fit")


def test_a_vector_counts_with_the_words_and_one_of_another_size_does_not(tmp_path: Path) -> None:
    save_model(small_model(), tmp_path / "m.npz")
    riri = np.array([0, 0, 1, 0], np.float32)
    assert ask("moon moon", tmp_path / "m.npz", riri).persona == "riri"
    assert ask("moon moon", tmp_path / "m.npz", np.ones(3, np.float32)).persona == "lua"
    odds, _ = structs.replace(small_model(), encoder="").read(grams("moon"), riri)
    assert max(odds, key=lambda one: odds[one]) == "lua"


@given(st.text(max_size=100))
def test_log_odds_are_finite_and_sum_to_nothing(text: str) -> None:
    odds, _ = small_model().read(grams(text), None)
    assert sum(odds.values()) == pytest.approx(0.0, abs=1e-3)
    assert np.isfinite(list(odds.values())).all()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _noise(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[200:400] = b"?" * 200
    path.write_bytes(whole)


def _pickled(path: Path) -> None:
    with np.load(path) as stored:
        np.savez(path, **{**dict(stored), "labels": np.array([print], dtype=object)})


def _endless(path: Path) -> None:
    save_model(structs.replace(small_model(), words_scale=np.full(4, np.nan, np.float32)), path)


def _short(path: Path) -> None:
    save_model(structs.replace(small_model(), words=np.zeros((4, 9), np.int16)), path)


@pytest.mark.parametrize(
    "spoil", [_cut, _noise, _pickled, _endless, _short, Path.unlink, lambda p: p.write_bytes(b"")]
)
def test_a_model_that_is_missing_or_spoilt_is_done_without(spoil: object, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    save_model(small_model(), path)
    assert callable(spoil)
    spoil(path)
    with pytest.raises(ModelInvalid):
        load_model(path)
    assert load_catalogue(model=path).model is None
    assert ask("my python script has a bug", path).persona == "elro"


def test_the_packaged_model_is_whole_and_small() -> None:
    assert load_model(MODEL).labels == CORE
    assert MODEL.stat().st_size < 15_000_000
