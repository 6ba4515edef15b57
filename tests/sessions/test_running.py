"""The running turn, folded from frames."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.running import Running
from tests.sessions.frames import delta, done, failed, restarted, routed, said, started


def folded(*frames: object) -> Running:
    running = Running()
    for frame in frames:
        running.apply(frame)  # type: ignore[arg-type]
    return running


def test_nothing_runs_in_an_empty_log() -> None:
    running = Running()

    assert running.view() is None
    assert running.turn_id is None
    assert running.frames() == []


def test_a_running_turn_shows_its_text_and_who_answers() -> None:
    view = folded(said(1), started(2), routed(3), delta(4, "I hear "), delta(5, "you")).view()

    assert view is not None
    assert (view.turn_id, view.message_id, view.text, view.persona, view.attempt) == (
        "t_1",
        "a_1",
        "I hear you",
        "lua",
        1,
    )


def test_a_restart_drops_the_partial_text_and_keeps_the_turn() -> None:
    running = folded(started(1), routed(2), delta(3, "half"), restarted(4))
    view = running.view()

    assert view is not None
    assert (view.text, view.attempt, view.persona, view.message_ids) == ("", 2, None, ("m_1",))
    assert running.seq == 1


def test_an_ended_turn_runs_no_more() -> None:
    assert folded(started(1), delta(2, "x"), done(3, "x")).view() is None
    assert folded(started(1), failed(2)).view() is None


@given(st.lists(st.text(min_size=1)), st.booleans(), st.booleans())
def test_its_frames_rebuild_it_for_a_reader_of_the_log_alone(
    texts: list[str], with_route: bool, again: bool
) -> None:
    frames = [started(1), *([restarted(2)] if again else []), *([routed(3)] if with_route else [])]
    running = folded(*frames, *(delta(4 + i, text) for i, text in enumerate(texts)))

    assert folded(*running.frames()).view() == running.view()
