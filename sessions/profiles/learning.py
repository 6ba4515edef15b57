"""How evidence gathers in a profile, and what follows from it: values in, values out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from msgspec import structs

from .documents import Evidence, Folded, ProfileDocument
from .posterior import DAY_S, Posterior, faded
from .signals import outcome
from .situation import Situation, likeness

__all__ = ["MOST_EVIDENCE", "forgetting", "learned", "pulls", "suiting", "taste"]

MOST_EVIDENCE = 64
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_PERIOD_S = 15 * DAY_S
Likeness = Callable[[str, str | None], float]


def learned(
    profile: ProfileDocument, news: Iterable[Evidence], *, now: datetime
) -> ProfileDocument:
    """Return the profile with evidence taken in; evidence that was taken in before counts once.

    What comes in later of the same turn and persona replaces earlier signals of the same kind; a
    signal that is not a number (NaN) takes it back. Evidence older than what is folded is too
    late.
    """
    merged = {(each.key, each.persona): each for each in profile.evidence}
    for each in news:
        place = (each.key, each.persona)
        if (known := merged.get(place)) is not None:
            merged[place] = _merged(known, each)
        elif each.at > profile.folded_upto:
            merged[place] = _merged(structs.replace(each, signals={}, style={}), each)
    ordered = sorted(merged.values(), key=lambda each: (each.at, each.key, each.persona))
    if tuple(ordered) == profile.evidence:
        return profile
    old, kept = ordered[:-MOST_EVIDENCE], ordered[-MOST_EVIDENCE:]
    changed = structs.replace(
        profile,
        evidence=tuple(kept),
        folded=_folded(profile.folded, old),
        folded_upto=old[-1].at if old else profile.folded_upto,
    )
    return forgetting(changed, now=now)


def forgetting(profile: ProfileDocument, *, now: datetime) -> ProfileDocument:
    """Return the profile without evidence older than its retention, and when that is next due."""
    retention = timedelta(days=profile.retention_days)
    oldest = (now - retention).timestamp()
    evidence = tuple(each for each in profile.evidence if each.at > oldest)
    folded = tuple(each for each in profile.folded if each.since > oldest)
    begins = min((*(each.at for each in evidence), *(each.since for each in folded)), default=None)
    due = NEVER if begins is None else datetime.fromtimestamp(begins, UTC) + retention
    return structs.replace(profile, evidence=evidence, folded=folded, stale_at=due)


def suiting(profile: ProfileDocument, *, now: datetime, like: Likeness) -> dict[str, Posterior]:
    """Return how each persona suits where `like` (0 to 1, by intent and mood) says so."""
    sums, at, alike = _Sums(), now.timestamp(), cache(like)
    for each in profile.evidence:
        if each.signals and (known := outcome(each.signals)) is not None:
            weight = known.count * alike(each.intent, each.mood) * faded(at - each.at)
            sums.add(each.persona, weight * known.reward, weight * (1.0 - known.reward))
    for cell in profile.folded:
        if cell.persona:
            weight = alike(cell.intent, None) * faded(at - cell.at)
            sums.add(cell.persona, weight * cell.good, weight * cell.bad)
    return sums.posteriors()


def pulls(profile: ProfileDocument, situation: Situation, *, now: datetime) -> dict[str, float]:
    """Return what was learned of each persona for a situation, -1 (never) to 1 (always)."""
    suits = suiting(profile, now=now, like=lambda intent, mood: likeness(situation, intent, mood))
    return {persona: posterior.pull for persona, posterior in suits.items()}


def taste(profile: ProfileDocument, *, now: datetime) -> dict[str, Posterior]:
    """Return the posterior of each trait of style: good is long, steps, brisk."""
    sums, at = _Sums(), now.timestamp()
    for each in profile.evidence:
        if each.style:
            left = faded(at - each.at)
            for name, vote in each.style.items():
                sums.add(name.partition("/")[2], max(0.0, vote) * left, max(0.0, -vote) * left)
    for cell in profile.folded:
        if not cell.persona:
            left = faded(at - cell.at)
            sums.add(cell.intent, cell.good * left, cell.bad * left)
    return sums.posteriors()


class _Sums:
    """Observations by name, added up."""

    def __init__(self) -> None:
        self._good: dict[str, float] = defaultdict(float)
        self._bad: dict[str, float] = defaultdict(float)

    def add(self, name: str, good: float, bad: float) -> None:
        """Add observations."""
        self._good[name] += good
        self._bad[name] += bad

    def posteriors(self) -> dict[str, Posterior]:
        """Return a posterior for each name."""
        return {
            name: Posterior(good=good, bad=self._bad[name]) for name, good in self._good.items()
        }


def _merged(known: Evidence, news: Evidence) -> Evidence:
    return structs.replace(
        known,
        signals=_newest(known.signals, news.signals),
        style=_newest(known.style, news.style),
        session=known.session or news.session,
        pinned=known.pinned or news.pinned,
    )


def _newest(known: Mapping[str, float], news: Mapping[str, float]) -> dict[str, float]:
    both = {**known, **news}
    return {kind: both[kind] for kind in sorted(both) if both[kind] == both[kind]}


def _folded(cells: Sequence[Folded], old: Sequence[Evidence]) -> tuple[Folded, ...]:
    merged = {(each.persona, each.intent, each.since // _PERIOD_S): each for each in cells}
    for each in old:
        for fresh in _cells(each):
            place = (fresh.persona, fresh.intent, fresh.since // _PERIOD_S)
            merged[place] = _summed(merged[place], fresh) if place in merged else fresh
    return tuple(merged.values())


def _cells(each: Evidence) -> list[Folded]:
    cells = []
    if (known := outcome(each.signals)) is not None:
        suits = Posterior().plus(reward=known.reward, count=known.count)
        cells.append(_cell(each, each.persona, each.intent, suits, len(each.signals)))
    for name, vote in each.style.items():
        trait = name.partition("/")[2]
        suits = Posterior(good=max(0.0, vote), bad=max(0.0, -vote))
        cells.append(_cell(each, "", trait, suits, 1))
    return cells


def _cell(each: Evidence, persona: str, name: str, suits: Posterior, signals: int) -> Folded:
    return Folded(
        persona=persona,
        intent=name,
        since=each.at,
        at=each.at,
        good=suits.good,
        bad=suits.bad,
        signals=signals,
    )


def _summed(one: Folded, other: Folded) -> Folded:
    at = max(one.at, other.at)
    mine, its = faded(at - one.at), faded(at - other.at)
    return structs.replace(
        one,
        since=min(one.since, other.since),
        at=at,
        good=one.good * mine + other.good * its,
        bad=one.bad * mine + other.bad * its,
        signals=one.signals + other.signals,
    )
