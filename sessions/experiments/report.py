"""What came of an experiment: every variant against the control, by metric."""

from collections.abc import Mapping

from msgspec import Struct, structs

from .experiment import Experiment, Metric
from .statistics import (
    Compared,
    Sample,
    adjusted,
    compare_means,
    compare_rates,
    split_p_value,
)

__all__ = ["Finding", "Outcomes", "Report", "report_of"]

Outcomes = Mapping[str, Mapping[str, Sample]]
# Below this a split is no accident; Fabijan et al., KDD 2019, use the order of magnitude.
SPLIT_ALPHA = 0.001


class Finding(Struct, frozen=True, kw_only=True):
    """One variant and metric; `adjusted_p` is for all findings of the report together.

    `enough`: both sides have the minimum of users. `worse` and `better` are significant.
    """

    variant: str
    metric: Metric
    control: Sample
    treated: Sample
    compared: Compared
    adjusted_p: float
    enough: bool
    alpha: float

    @property
    def better(self) -> bool:
        """Tell whether the variant is significantly better, on enough users."""
        return self.enough and self.adjusted_p < self.alpha and self._gain > 0

    @property
    def worse(self) -> bool:
        """Tell whether it is significantly worse; a guard does not wait for enough users."""
        known = self.enough or self.metric.guard
        return known and self.adjusted_p < self.alpha and self._gain < 0

    @property
    def _gain(self) -> float:
        sign = 1 if self.metric.better == "higher" else -1
        return sign * self.compared.difference


class Report(Struct, frozen=True, kw_only=True):
    """All findings; `split_p` is the chance of so uneven a split of those who took part."""

    counts: dict[str, int]
    split_p: float
    findings: tuple[Finding, ...]
    enough: bool

    @property
    def mismatch(self) -> bool:
        """Tell whether the sample ratio is off, so that nothing here may be trusted."""
        return self.split_p < SPLIT_ALPHA


def report_of(experiment: Experiment, counts: Mapping[str, int], outcomes: Outcomes) -> Report:
    """Compare; `counts` are exposed users by variant, `outcomes` samples by metric and variant."""
    raw = [
        _finding(experiment, counts, outcomes, metric, variant)
        for metric in experiment.metrics
        for variant in experiment.variants[1:]
    ]
    p_values = adjusted([finding.compared.p_value for finding in raw])
    return Report(
        counts={name: counts.get(name, 0) for name in experiment.variants},
        split_p=split_p_value(counts, experiment.expected()),
        findings=tuple(
            structs.replace(finding, adjusted_p=p_value)
            for finding, p_value in zip(raw, p_values, strict=True)
        ),
        enough=all(finding.enough for finding in raw),
    )


def _finding(
    experiment: Experiment,
    counts: Mapping[str, int],
    outcomes: Outcomes,
    metric: Metric,
    variant: str,
) -> Finding:
    samples = outcomes.get(metric.name, {})
    control = samples.get(experiment.control, Sample())
    treated = samples.get(variant, Sample())
    if metric.kind == "rate":
        # a user without an event is one to whom it did not happen
        control = structs.replace(control, count=counts.get(experiment.control, 0))
        treated = structs.replace(treated, count=counts.get(variant, 0))
    compare = compare_rates if metric.kind == "rate" else compare_means
    return Finding(
        variant=variant,
        metric=metric,
        control=control,
        treated=treated,
        compared=compare(control, treated, alpha=experiment.alpha),
        adjusted_p=1.0,
        enough=min(control.count, treated.count) >= experiment.minimum,
        alpha=experiment.alpha,
    )
