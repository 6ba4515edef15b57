"""What was worked out of a text is not worked out again."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.memo import remembered


@given(st.lists(st.text(max_size=3), max_size=60), st.integers(1, 5))
def test_a_result_is_that_of_the_text_and_the_last_ones_are_kept(
    texts: list[str], most: int
) -> None:
    worked: list[str] = []

    @remembered(most=most)
    def shout(text: str) -> str:
        worked.append(text)
        return text.upper()

    recent: list[str] = []
    for text in texts:
        before = len(worked)
        assert shout(text) == text.upper()
        assert (len(worked) == before) is (text in recent)
        recent = [*(each for each in recent if each != text), text][-most:]


def test_nothing_is_a_result_like_others_and_half_a_pair_a_text() -> None:
    worked: list[str] = []

    @remembered(most=2)
    def nothing(text: str) -> None:
        worked.append(text)

    assert nothing("\ud800") is nothing("\ud800") is None
    assert len(worked) == 1


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Have the interpreter change threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_threads_that_ask_at_once_hear_the_same() -> None:
    length = remembered(most=16)(len)

    def ask(step: int) -> bool:
        texts = [str(at * step % 997) for at in range(20_000)]
        return [length(each) for each in texts] == [len(each) for each in texts]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, (3, 7, 11, 13)))
