"""Ids."""

from datetime import UTC, datetime, timedelta

from sessions.ids import answer_id, new_id, session_id_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_ids_sort_by_time_and_never_repeat() -> None:
    times = [NOW + timedelta(milliseconds=i) for i in range(1000)]
    ids = [new_id("t", each) for each in times]

    assert ids == sorted(ids)
    assert len({new_id("t", NOW) for _ in range(1000)}) == 1000
    assert all(len(each) == 22 for each in ids)


def test_the_answer_of_a_turn_has_one_id_at_every_attempt() -> None:
    assert answer_id("t_abc") == answer_id("t_abc") == "a_abc"


def test_a_resent_first_message_names_the_same_session_for_its_user_alone() -> None:
    assert session_id_of("u1", "c1") == session_id_of("u1", "c1")
    assert session_id_of("u1", "c1") != session_id_of("u2", "c1")
    assert session_id_of("u1", "c1") != session_id_of("u1", "c2")
