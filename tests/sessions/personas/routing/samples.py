"""A small model that knows four words."""

import numpy as np

from sessions.personas.resonance import CORE
from sessions.personas.routing import BUCKETS, Blend, Model, grams

KNOWN = {"lua": "moon", "elro": "stone", "riri": "river", "nana": "bridge"}


def small_model(*, encoder: str = "four") -> Model:
    words = np.zeros((4, BUCKETS), np.int16)
    for row, word in enumerate(KNOWN.values()):
        words[row, grams(word)[0]] = 100
    blend = {"words_sure": 0.0, "meaning_sure": 0.0, "resonance": 1.0, "topic": 1.0}
    return Model(
        labels=CORE,
        words=words,
        words_scale=np.full(4, 0.05, np.float32),
        rarity=np.ones(BUCKETS, np.float16),
        meaning=5 * np.eye(4, dtype=np.float32),
        centre=np.zeros(4, np.float32),
        encoder=encoder,
        without_vector=Blend(words=1.0, meaning=0.0, **blend),
        with_vector=Blend(words=0.5, meaning=2.0, **blend),
    )
