"""What of all that is known an answer may use, and in which order."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sessions.conversation import Remembered
from sessions.memory.asked import Asked
from sessions.memory.documents import FactDocument
from sessions.memory.selection import is_kept, is_tellable, selected
from tests.sessions.memory.made import NOW, fact

KINDS = ("name", "goal", "person", "deadline", "promise", "obstacle")


def ids(
    told: list[FactDocument],
    asks: Asked,
    *,
    own: list[FactDocument] | None = None,
    hits: list[Remembered] | None = None,
) -> list[str]:
    chosen = selected(told, own or [], hits or [], asks, now=NOW, session_id="s_1")
    return [each.id for each in chosen]


def deadline(name: str, days: int) -> FactDocument:
    return fact(name, kind="deadline", slot=f"event:{name}", due=NOW + timedelta(days=days))


def test_what_is_near_comes_before_what_the_message_brings_back_and_what_always_holds() -> None:
    hit = Remembered(id="t_9", kind="said", text="words", at=NOW)
    told = [fact("me"), deadline("exam", 3), deadline("wedding", 90)]
    own = [fact("corrected", kind="goal", edited=True)]
    assert ids(told, Asked(), own=own, hits=[hit]) == ["f_corrected", "f_exam", "t_9", "f_me"]


def test_who_asks_for_days_gets_those_to_come_however_far_but_none_that_are_over() -> None:
    told = [deadline("over", -3), deadline("far", 200), deadline("soon", 2)]
    assert ids(told, Asked(days=True)) == ["f_soon", "f_far"]
    assert ids(told, Asked()) == ["f_over", "f_soon"]


def test_who_asks_for_everything_is_told_what_is_kept_and_not_what_was_said() -> None:
    hit = Remembered(id="t_9", kind="said", text="words", at=NOW)
    told = [deadline("far", 200), fact("me")]
    assert ids(told, Asked(everything=True), hits=[hit]) == ["f_me", "f_far"]


@given(
    facts=st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(-40, 40), st.booleans()), max_size=12
    ),
    asks=st.builds(Asked, everything=st.booleans(), days=st.booleans(), promises=st.booleans()),
    again=st.booleans(),
)
def test_nothing_comes_twice_and_nothing_from_nowhere(
    facts: list[tuple[str, int, bool]], asks: Asked, again: bool
) -> None:
    told = [
        fact(str(at), kind=kind, slot=f"{kind}:{at}", due=NOW + timedelta(days=day), pinned=pinned)
        for at, (kind, day, pinned) in enumerate(facts)
    ]
    chosen = ids(told, asks, own=told if again else [])
    assert len(chosen) == len(set(chosen))
    assert set(chosen) <= {each.id for each in told}
    kept = {each.id for each in told if each.pinned and each.kind != "person"}
    past = {each.id for each in told if each.kind == "deadline" and each.due and each.due < NOW}
    assert kept - past <= set(chosen)


def test_what_is_sensitive_does_not_come_up_of_itself() -> None:
    assert is_tellable(fact(sharing="mentors"), "lua")
    assert not is_tellable(fact(sharing="mentors", sensitivity="sensitive"), "lua")
    assert not is_tellable(fact(sharing="persona", persona="elro"), "lua")


def test_a_promise_is_kept_by_an_answer_that_speaks_of_it_once_it_is_due() -> None:
    promise = fact(kind="promise", text="ask how the swimming went", slot="promise:", due=NOW)
    answer = "I wanted to ask you how the swimming went."
    assert is_kept(promise, answer, NOW)
    assert not is_kept(promise, answer, NOW - timedelta(minutes=1))
    assert not is_kept(promise, "Good morning!", NOW)
