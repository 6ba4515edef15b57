"""When an experiment is widened, held and rolled back."""

import pytest
from msgspec import structs

from sessions.experiments.canary import decide, roll_back, stop, widened
from sessions.experiments.experiment import STAGES, Experiment, Metric, Step
from sessions.experiments.report import Report, report_of
from sessions.experiments.statistics import Sample

EXPERIMENT = Experiment(
    name="e",
    salt="s",
    control="control",
    steps=(Step(share=STAGES[0], weights={"control": 1.0, "new": 1.0}),),
    metrics=(
        Metric(name="helped", kind="rate"),
        Metric(name="failed", kind="rate", better="lower", guard=True),
        Metric(name="latency_ms", kind="mean", better="lower", guard=True),
    ),
)
LATENCY = Sample(count=1000, total=100_000, squares=1000 * (100**2 + 20**2))
SLOWER = Sample(count=1000, total=110_000, squares=1000 * (110**2 + 20**2))


def report(
    *,
    users: tuple[int, int] = (1000, 1000),
    helped: tuple[int, int] = (500, 500),
    failed: tuple[int, int] = (10, 10),
    latency: tuple[Sample, Sample] = (LATENCY, LATENCY),
) -> Report:
    def pair(counts: tuple[int, int]) -> dict[str, Sample]:
        return {"control": Sample(total=counts[0]), "new": Sample(total=counts[1])}

    outcomes = {
        "helped": pair(helped),
        "failed": pair(failed),
        "latency_ms": {"control": latency[0], "new": latency[1]},
    }
    return report_of(EXPERIMENT, {"control": users[0], "new": users[1]}, outcomes)


def test_what_harms_nobody_goes_through_all_stages() -> None:
    one, shares = EXPERIMENT, [EXPERIMENT.share]
    while decide(one, report()).action == "advance":
        one = widened(one)
        shares.append(one.share)

    assert shares == list(STAGES)
    assert decide(one, report()).reason == "everybody takes part"


@pytest.mark.parametrize(
    ("harm", "name"),
    [
        (report(failed=(10, 60)), "failed"),
        (report(latency=(LATENCY, SLOWER)), "latency_ms"),
        (report(helped=(500, 400)), "helped"),
    ],
)
def test_what_is_worse_is_rolled_back(harm: Report, name: str) -> None:
    decision = decide(EXPERIMENT, harm)

    assert decision.action == "roll_back"
    assert decision.reason == f"worse: {name} of new"


@pytest.mark.parametrize(
    "good",
    [
        report(failed=(60, 10)),
        report(helped=(400, 500)),
        report(latency=(SLOWER, LATENCY)),
    ],
)
def test_what_is_better_goes_on(good: Report) -> None:
    assert decide(EXPERIMENT, good).action == "advance"
    assert sum(each.better for each in good.findings) == 1


def test_a_guard_does_not_wait_for_the_minimum_but_other_metrics_do() -> None:
    few = (60, 60)

    assert (
        decide(EXPERIMENT, report(users=few, helped=(30, 30), failed=(0, 30))).action == "roll_back"
    )
    assert decide(EXPERIMENT, report(users=few, helped=(50, 10), failed=(0, 0))).action == "hold"


def test_a_split_that_is_off_is_held_whatever_the_figures_say() -> None:
    decision = decide(EXPERIMENT, report(users=(1000, 800), failed=(10, 60)))

    assert decision.action == "hold"
    assert "split" in decision.reason


def test_nothing_is_concluded_of_many_metrics_by_chance() -> None:
    """A p-value of 0.03 alone is no finding among three."""
    found = report(helped=(500, 549)).findings[0]

    assert 0.01 < found.compared.p_value < 0.05 < found.adjusted_p
    assert not found.better


@pytest.mark.parametrize("end", [stop, roll_back])
def test_what_has_ended_stays_as_it_is(end: object) -> None:
    assert callable(end)
    ended = end(EXPERIMENT)

    assert decide(ended, report(failed=(10, 60))).action == "hold"
    with pytest.raises(ValueError, match="e is"):
        widened(ended)


def test_there_is_no_stage_after_the_last() -> None:
    whole = structs.replace(
        EXPERIMENT, steps=(Step(share=1.0, weights={"control": 1.0, "new": 1.0}),)
    )

    with pytest.raises(ValueError, match="everybody"):
        widened(whole)
