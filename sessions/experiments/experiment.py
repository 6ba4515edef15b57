"""An experiment as its file or its document describes it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["STAGES", "Experiment", "Metric", "Share", "State", "Step"]

STAGES = (0.05, 0.10, 0.25, 0.50, 1.0)
State = Literal["running", "rolled_back", "stopped"]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Share = Annotated[float, Meta(gt=0.0, le=1.0)]
Weight = Annotated[float, Meta(gt=0.0)]


class Metric(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is compared by user: whether it ever happened (rate), or the mean of its values.

    A `guard` (an error rate, a latency) rolls the experiment back when it is significantly worse;
    so does any other metric.
    """

    name: Name
    kind: Literal["rate", "mean"]
    better: Literal["higher", "lower"] = "higher"
    guard: bool = False


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The users below `share` that no earlier step has, divided over variants by weight."""

    share: Share
    weights: Annotated[dict[Name, Weight], Meta(min_length=2)]


class Experiment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variants of one thing; `control` is the one that the others are compared with.

    Steps have growing shares and are only ever added to, so that nobody who takes part is moved.
    `minimum` is how many users a variant needs before anything but a guard is concluded.
    """

    name: Name
    salt: Annotated[str, Meta(min_length=1)]
    control: Name
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    metrics: Annotated[tuple[Metric, ...], Meta(min_length=1)]
    state: State = "running"
    minimum: Annotated[int, Meta(ge=2)] = 100
    alpha: Annotated[float, Meta(gt=0.0, lt=0.5)] = 0.05

    def __post_init__(self) -> None:
        shares = [step.share for step in self.steps]
        if shares != sorted(set(shares)):
            raise ValueError("the shares of steps must grow")
        if any(self.control not in step.weights for step in self.steps):
            raise ValueError("every step needs the control among its weights")
        if len({metric.name for metric in self.metrics}) < len(self.metrics):
            raise ValueError("a metric's name is there twice")

    @property
    def share(self) -> float:
        """Return the share of users that take part."""
        return self.steps[-1].share

    @property
    def variants(self) -> tuple[str, ...]:
        """Return all variants, the control first."""
        names = dict.fromkeys(name for step in self.steps for name in step.weights)
        return (self.control, *(name for name in names if name != self.control))

    def expected(self) -> dict[str, float]:
        """Return the share of each variant among those who take part."""
        parts = dict.fromkeys(self.variants, 0.0)
        below = 0.0
        for step in self.steps:
            total = sum(step.weights.values())
            for name, weight in step.weights.items():
                parts[name] += (step.share - below) / self.share * weight / total
            below = step.share
        return parts
