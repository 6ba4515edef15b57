"""When an experiment is widened, and when it is rolled back: values in, a decision out."""

from typing import Literal

from msgspec import Struct, structs

from .experiment import STAGES, Experiment, Step
from .report import Report

__all__ = ["GUARD_ALPHA", "Decision", "broken", "decide", "roll_back", "stop", "widened"]

# looked at every few minutes, for weeks
GUARD_ALPHA = 0.0005
Action = Literal["advance", "hold", "roll_back"]


class Decision(Struct, frozen=True, kw_only=True):
    """What to do, and why, in words."""

    action: Action
    reason: str


def decide(experiment: Experiment, report: Report) -> Decision:
    """Return whether to go on to the next stage, to wait, or to roll back.

    Rolled back is what a metric (an error rate or a latency, as any other) shows to be worse. What
    split wrongly is held, for its figures tell nothing.
    """
    if experiment.state != "running":
        return Decision(action="hold", reason=f"it is {experiment.state.replace('_', ' ')}")
    if report.mismatch:
        reason = f"the split is not as assigned (p = {report.split_p:.2g})"
        return Decision(action="hold", reason=reason)
    worse = [f"{found.metric.name} of {found.variant}" for found in report.findings if found.worse]
    if worse:
        return Decision(action="roll_back", reason=f"worse: {', '.join(worse)}")
    if not report.enough:
        return Decision(action="hold", reason=f"fewer than {experiment.minimum} users a variant")
    if experiment.share >= STAGES[-1]:
        return Decision(action="hold", reason="everybody takes part")
    return Decision(action="advance", reason="nothing is worse")


def broken(report: Report) -> str | None:
    """Return which guards are broken, in words, None when none is or the split tells nothing.

    Whoever looks again and again sees a difference by chance at last: this one asks for more than
    `alpha` does.
    """
    worse = [
        f"{found.metric.name} of {found.variant} (p = {found.adjusted_p:.2g})"
        for found in report.findings
        if found.metric.guard and found.worse and found.adjusted_p < GUARD_ALPHA
    ]
    if report.mismatch or not worse:
        return None
    return f"guard broken: {', '.join(worse)}"


def widened(experiment: Experiment) -> Experiment:
    """Return the experiment at its next stage; raises ValueError when there is none."""
    if experiment.state != "running":
        raise ValueError(f"{experiment.name} is {experiment.state.replace('_', ' ')}")
    share = next((stage for stage in STAGES if stage > experiment.share), None)
    if share is None:
        raise ValueError(f"everybody takes part in {experiment.name}")
    step = Step(share=share, weights=experiment.steps[-1].weights)
    return structs.replace(experiment, steps=(*experiment.steps, step))


def roll_back(experiment: Experiment) -> Experiment:
    """Return the experiment with nobody in it, for good."""
    return structs.replace(experiment, state="rolled_back")


def stop(experiment: Experiment) -> Experiment:
    """Return the experiment at its end."""
    return structs.replace(experiment, state="stopped")
