"""The figures of the routing, on a few messages."""

import numpy as np
import pytest

from sessions.embedding import Vector
from sessions.personas.catalogue import Catalogue, load_catalogue
from sessions.personas.evaluate_routing import Labelled, measure, table
from tests.sessions.personas.routing.samples import small_model

EXAMPLES = [
    Labelled(message="moon moon", label="lua", community="sky"),
    Labelled(message="stone stone", label="elro", community="earth"),
    Labelled(message="river river", label="nana"),
]


class Always:
    """An encoder to whom everything is Riri's."""

    id = "four"
    dimensions = 4

    def encode(self, text: str, *, passage: bool = False) -> Vector:
        return np.array([0, 0, 9, 0], np.float32)


def catalogue() -> Catalogue:
    packaged = load_catalogue()
    return Catalogue([packaged.get(one) for one in packaged.ids], small_model())


def test_shares_are_of_the_products_own_choice() -> None:
    report = measure(EXAMPLES, catalogue(), None)
    assert report.n == 3
    assert report.accuracy == pytest.approx(2 / 3)
    assert report.by_label == {"elro": 1.0, "lua": 1.0, "nana": 0.0}
    assert report.by_community == {"earth": 1.0, "sky": 1.0}
    assert 0.0 <= report.intervals["accuracy"].low <= report.accuracy
    assert 0.0 < report.latency_ms.p50 <= report.latency_ms.p95
    assert "66.7%" in table(report)


def test_the_encoder_takes_part() -> None:
    assert measure(EXAMPLES, catalogue(), Always()).accuracy == 0.0


def test_an_empty_message_is_measured_too() -> None:
    assert measure([Labelled(message=" ", label="lua")], catalogue(), Always()).n == 1
