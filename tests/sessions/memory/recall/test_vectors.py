"""Vectors in bytes: the nearest are found among many, and scores are as they would be exactly."""

import numpy as np

from sessions.memory.recall.vectors import Vectors, packed


def test_the_nearest_of_many_are_found_by_their_signs() -> None:
    chance = np.random.default_rng(5)
    centre = chance.standard_normal(384) * 2  # like those of a real encoder, all lie to one side
    themes = chance.standard_normal((60, 384))
    raw = centre + themes[chance.integers(60, size=9_000)] + chance.standard_normal((9_000, 384))
    unit = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
    rows = np.frombuffer(b"".join(map(packed, unit)), np.int8).reshape(unit.shape)
    every = np.arange(len(rows), dtype=np.int32)
    vectors = Vectors(rows, every, len(rows))
    found = 0
    for at in range(0, 9_000, 450):
        query = unit[at] + np.float32(0.02) * chance.standard_normal(384).astype(np.float32)
        query /= np.linalg.norm(query)
        near, exact = vectors.near(query), unit @ query
        best = set(np.argsort(-exact)[:10].tolist())
        found += len(best & set(np.argsort(-near.cosines)[:10].tolist()))
        assert abs(near.mean - exact.mean()) < 0.01
        assert abs(near.deviation - exact.std()) < 0.01
        assert abs(near.cosines[at] - exact[at]) < 0.01
    assert found >= 190  # of 200


def test_entries_without_a_vector_are_as_near_as_is_usual() -> None:
    rows = np.array([[127, 0], [0, 127]], np.int8)
    near = Vectors(rows, np.array([0, 2], np.int32), 3).near(np.array([1, 0], np.float32))
    assert near.cosines.tolist() == [1.0, 0.5, 0.0]
