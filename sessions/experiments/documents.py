"""What is stored of experiments."""

from datetime import datetime

from msgspec import field

from sessions.stores.documents import Collection, Document, Index

from .experiment import Experiment

__all__ = ["EXPERIMENTS", "EXPOSURES", "ExperimentDocument", "ExposureDocument"]


class ExperimentDocument(Document, frozen=True, kw_only=True):
    """An experiment under its name, when it began and changed last, and why it was rolled back."""

    experiment: Experiment
    kind: str = "experiment"
    started_at: datetime
    changed_at: datetime
    reason: str = ""


class ExposureDocument(Document, frozen=True, kw_only=True):
    """One user who was given one variant, first at `at`; the id is a pseudonym of all three.

    `values` has the sum and the count of what was recorded of the user by metric.
    """

    experiment: str
    variant: str
    at: datetime
    expires_at: datetime
    values: dict[str, tuple[float, int]] = field(default_factory=dict)


EXPERIMENTS = Collection(
    name="experiments",
    type=ExperimentDocument,
    indexes=(
        Index(name="by_start", fields=("kind", "started_at"), serves="listing all experiments"),
    ),
)
EXPOSURES = Collection(
    name="exposures",
    type=ExposureDocument,
    indexes=(
        Index(name="by_experiment", fields=("experiment", "at"), serves="reporting an experiment"),
    ),
    expires="expires_at",
)
