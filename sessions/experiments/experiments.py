"""Experiments of this installation: who is given what, what came of it, and changes of them."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta

import structlog
from msgspec import structs

from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, NotFound, StoreError
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .assign import assign
from .documents import EXPERIMENTS, EXPOSURES, ExperimentDocument, ExposureDocument
from .experiment import Experiment
from .report import Report, report_of
from .statistics import Sample

__all__ = ["Experiments"]

log = structlog.get_logger(__name__)
_MOST_EXPERIMENTS = 100
_MOST_KNOWN = 10_000
_TRIES = 5


class Experiments:
    """Assigns from experiments in memory, which `refresh` takes over from the documents.

    Exposures are kept `keep` after the first one. Who was given what is a pseudonym there.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        names: Pseudonyms,
        keep: timedelta = timedelta(days=90),
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names
        self._keep = keep
        self._running: dict[str, Experiment] = {}
        self._known: set[str] = set()

    async def refresh(self) -> None:
        """Take over what was started, widened or ended; raises StoreUnavailable."""
        stored = [document.experiment for document in await self.all()]
        self._running = {each.name: each for each in stored if each.state == "running"}

    async def expose(self, name: str, user_id: str) -> str | None:
        """Return the user's variant and log that it was given; None: the user takes no part.

        It is logged once, at the first time. Never raises StoreError: a variant that could not be
        logged is not given.
        """
        experiment = self._running.get(name)
        variant = assign(experiment, user_id) if experiment else None
        if variant is None:
            return None
        exposure = self._exposure(name, variant, user_id)
        if exposure.id in self._known:
            return variant
        try:
            await self._documents.insert(EXPOSURES, exposure)
        except Duplicate:
            pass
        except StoreError as error:
            log.warning("exposure_not_logged", experiment=name, code=str(error.code))
            return None
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known.add(exposure.id)
        return variant

    def measures(self, metric: str, user_id: str) -> bool:
        """Tell whether a running experiment may want to know this of a user."""
        return any(
            each.name == metric and assign(experiment, user_id) is not None
            for experiment in self._running.values()
            for each in experiment.metrics
        )

    def guarded(self) -> list[str]:
        """Return the names of the running experiments that have guards."""
        return [
            name
            for name, experiment in self._running.items()
            if any(metric.guard for metric in experiment.metrics)
        ]

    async def record(
        self,
        metric: str,
        user_id: str,
        value: float,
        *,
        count: int = 1,
        instead_of: float | None = None,
    ) -> None:
        """Note what a user did, for all experiments that measure it and gave the user a variant.

        `value` is the sum of `count` values.
        A value that stands `instead_of` one that was noted before counts in its place.
        Never raises StoreError: what could not be noted is missing from the report.
        """
        for name, experiment in self._running.items():
            if not any(each.name == metric for each in experiment.metrics):
                continue
            if variant := assign(experiment, user_id):
                try:
                    exposure = self._exposure(name, variant, user_id)
                    await self._record(exposure.id, metric, value, count, instead_of)
                except StoreError as error:
                    log.warning("outcome_not_noted", experiment=name, code=str(error.code))

    async def forget(self, user_id: str) -> int:
        """Delete what the user was given and what came of it, and count it.

        Raises StoreUnavailable.
        """
        gone = 0
        for document in await self.all():
            for variant in document.experiment.variants:
                exposure = self._exposure(document.id, variant, user_id)
                gone += await self._documents.delete(EXPOSURES, exposure.id)
                self._known.discard(exposure.id)
        return gone

    async def all(self) -> list[ExperimentDocument]:
        """Return all experiments, the oldest first; raises StoreUnavailable."""
        return await self._documents.find(
            EXPERIMENTS, "by_start", {"kind": "experiment"}, limit=_MOST_EXPERIMENTS
        )

    async def start(self, experiment: Experiment) -> None:
        """Begin an experiment; raises Duplicate when its name was used before."""
        now = self._clock.now()
        document = ExperimentDocument(
            id=experiment.name, experiment=experiment, started_at=now, changed_at=now
        )
        await self._documents.insert(EXPERIMENTS, document)

    async def change(
        self, name: str, to: Callable[[Experiment], Experiment], *, reason: str = ""
    ) -> Experiment:
        """Store what `to` makes of an experiment; raises NotFound, Conflict, what `to` raises.

        A `reason` is kept for operators.
        """
        stored = await self._stored(name)
        changed = to(stored.experiment)
        await self._documents.replace(
            EXPERIMENTS,
            structs.replace(
                stored, experiment=changed, changed_at=self._clock.now(), reason=reason
            ),
        )
        return changed

    async def report(self, name: str) -> tuple[Experiment, Report]:
        """Return an experiment and what came of it so far; raises NotFound, StoreUnavailable."""
        experiment = (await self._stored(name)).experiment
        rates = {each.name for each in experiment.metrics if each.kind == "rate"}
        counts: Counter[str] = Counter()
        outcomes: defaultdict[str, defaultdict[str, Sample]] = defaultdict(
            lambda: defaultdict(Sample)
        )
        for exposure in await self._exposures(name):
            counts[exposure.variant] += 1
            for metric, (total, count) in exposure.values.items():
                value = float(total > 0) if metric in rates else total / count
                outcomes[metric][exposure.variant] += value
        return experiment, report_of(experiment, counts, outcomes)

    async def _stored(self, name: str) -> ExperimentDocument:
        stored = await self._documents.get(EXPERIMENTS, name)
        if stored is None:
            raise NotFound(f"There is no experiment {name!r}.")
        return stored

    async def _exposures(self, name: str) -> list[ExposureDocument]:
        found = everything(self._documents, EXPOSURES, "by_experiment", {"experiment": name})
        # one that is seen meanwhile may come again
        return list({each.id: each async for each in found}.values())

    async def _record(
        self, exposure_id: str, metric: str, value: float, more: int, instead_of: float | None
    ) -> None:
        for attempt in range(_TRIES):
            stored = await self._documents.get(EXPOSURES, exposure_id)
            if stored is None:
                return
            total, count = stored.values.get(metric, (0.0, 0))
            if instead_of is None or not count:
                noted = (total + value, count + more)
            else:
                noted = (total + value - instead_of, count)
            values = stored.values | {metric: noted}
            try:
                await self._documents.replace(EXPOSURES, structs.replace(stored, values=values))
            except Conflict:
                if attempt == _TRIES - 1:
                    raise
            else:
                return

    def _exposure(self, name: str, variant: str, user_id: str) -> ExposureDocument:
        now = self._clock.now()
        return ExposureDocument(
            id=self._names.user(f"{len(name)} {name} {len(variant)} {variant} {user_id}"),
            experiment=name,
            variant=variant,
            at=now,
            expires_at=now + self._keep,
        )
