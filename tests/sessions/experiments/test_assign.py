"""Assignment is uniform, and moves nobody who takes part."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.experiments.assign import assign
from sessions.experiments.canary import roll_back, stop, widened
from sessions.experiments.experiment import STAGES, Experiment, Metric, Step
from sessions.experiments.statistics import split_p_value

USERS = [f"u_{number}" for number in range(10_000)]
EVEN = {"control": 1.0, "a": 1.0}
weights = st.dictionaries(st.sampled_from("abcd"), st.floats(0.1, 5.0), min_size=1, max_size=4)
Drawn = list[tuple[float, dict[str, float]]]


def experiment(
    *steps: tuple[float, dict[str, float]], name: str = "e", salt: str = "s"
) -> Experiment:
    return Experiment(
        name=name,
        salt=salt,
        control="control",
        steps=tuple(Step(share=share, weights=each) for share, each in steps),
        metrics=(Metric(name="rating", kind="mean"),),
    )


def given_out(each: Experiment, users: list[str] = USERS) -> list[str | None]:
    return [assign(each, user) for user in users]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 1.0), weights), min_size=2, max_size=5), st.text("st"))
def test_more_steps_move_nobody_who_takes_part(drawn: Drawn, salt: str) -> None:
    shares = sorted({share for share, _ in drawn})
    steps = [
        (share, {"control": 1.0, **each}) for share, (_, each) in zip(shares, drawn, strict=False)
    ]
    whole = given_out(experiment(*steps, salt=salt), USERS[:100])
    for count in range(1, len(steps)):
        narrow = given_out(experiment(*steps[:count], salt=salt), USERS[:100])
        assert all(one in (None, other) for one, other in zip(narrow, whole, strict=True))


def test_a_canary_only_ever_takes_more_users_in() -> None:
    one = experiment((STAGES[0], EVEN))
    before = given_out(one)
    for stage in STAGES[1:]:
        one = widened(one)
        after = given_out(one)
        assert all(old in (None, new) for old, new in zip(before, after, strict=True))
        assert sum(each is not None for each in after) == pytest.approx(stage * len(USERS), rel=0.1)
        before = after
    assert None not in before


def test_variants_have_the_shares_of_their_weights() -> None:
    one = experiment((0.5, {"control": 2.0, "a": 1.0}), (1.0, {"control": 1.0, "a": 1.0, "b": 2.0}))
    counts = Counter(each for each in given_out(one) if each)

    assert one.expected() == pytest.approx({"control": 11 / 24, "a": 7 / 24, "b": 6 / 24})
    assert split_p_value(counts, one.expected()) > 0.001


@pytest.mark.parametrize(
    "other", [experiment((1.0, EVEN), name="f"), experiment((1.0, EVEN), salt="t")]
)
def test_experiments_are_independent_of_one_another(other: Experiment) -> None:
    pairs = zip(given_out(experiment((1.0, EVEN))), given_out(other), strict=True)
    counts = Counter(f"{one} {two}" for one, two in pairs)

    assert split_p_value(counts, dict.fromkeys(counts, 0.25)) > 0.001


def test_assignment_is_the_same_on_every_machine_for_ever() -> None:
    found = given_out(experiment((0.5, EVEN)), USERS[:12])

    assert [each or "-" for each in found] == [
        "a",
        "-",
        "a",
        "a",
        "a",
        "-",
        "-",
        "a",
        "control",
        "-",
        "control",
        "a",
    ]


@pytest.mark.parametrize("end", [stop, roll_back])
def test_nobody_is_in_what_has_ended(end: Callable[[Experiment], Experiment]) -> None:
    assert set(given_out(end(experiment((1.0, EVEN))), USERS[:50])) == {None}


@pytest.mark.parametrize(
    "steps",
    [((0.5, EVEN), (0.5, EVEN)), ((0.5, EVEN), (0.1, EVEN)), ((0.5, {"a": 1.0, "b": 1.0}),)],
)
def test_steps_without_sense_are_refused(steps: tuple[tuple[float, dict[str, float]], ...]) -> None:
    with pytest.raises(ValueError, match=r"share|control"):
        experiment(*steps)
