"""What was worked out of a text is not worked out again."""

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
