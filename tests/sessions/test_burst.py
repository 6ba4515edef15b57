"""How long an answer is held while the user still writes."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.burst import BREATH_S, MOST_HELD_S, QUIET_S, TYPING_S, Burst

SIGNS = st.lists(st.tuples(st.floats(0, 10), st.sampled_from(["on", "off", "said"])), max_size=20)


def fold(signs: list[tuple[float, str]]) -> tuple[Burst, float]:
    burst, now = Burst(), 0.0
    for pause_s, sign in signs:
        now += pause_s
        burst = burst.spoken() if sign == "said" else burst.typing(sign == "on", now)
    return burst, now


def test_nobody_who_does_not_type_is_held() -> None:
    assert Burst().held_until(100.0) <= 100.0


def test_typing_holds_for_six_seconds_and_is_renewed() -> None:
    once = Burst().typing(True, 10.0)
    again = once.typing(True, 14.0)

    assert (once.held_until(10.0), again.held_until(10.0)) == (16.0, 20.0)


def test_who_stops_without_sending_is_given_three_seconds_of_quiet() -> None:
    assert Burst().typing(True, 10.0).typing(False, 11.0).held_until(10.0) == 14.0


def test_to_stop_without_having_begun_holds_nothing() -> None:
    assert Burst().typing(False, 10.0) == Burst()


def test_typing_that_has_run_out_needs_no_more_quiet() -> None:
    assert Burst().typing(True, 10.0).typing(False, 17.0).held_until(10.0) == 16.0


def test_a_breath_holds_the_first_word_and_outlasts_the_message_it_waits_for() -> None:
    burst = Burst().breathing(10.0).spoken()

    assert burst.held_until(10.0, breath=True) == 10.0 + BREATH_S
    assert burst.held_until(10.0) <= 10.0
    assert burst.breathing(10.3).held_until(10.0, breath=True) == 10.3 + BREATH_S
    assert burst.typing(True, 10.0).held_until(10.0) == 10.0 + TYPING_S
    assert burst.breathing(40.0).held_until(10.0, breath=True) == 10.0 + MOST_HELD_S


@given(SIGNS, st.floats(0, 50))
def test_no_answer_is_held_longer_than_fifteen_seconds(
    signs: list[tuple[float, str]], first_at: float
) -> None:
    burst, now = fold(signs)

    assert burst.held_until(first_at) <= first_at + MOST_HELD_S
    assert burst.held_until(now) <= now + max(TYPING_S, QUIET_S)


@given(SIGNS)
def test_a_message_ends_the_hold(signs: list[tuple[float, str]]) -> None:
    burst, now = fold([*signs, (0.0, "said")])

    assert burst.held_until(now) <= now
