"""Who may send now: a pace for projects and devices, breakers for what can be out of order."""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

import structlog
from msgspec import Struct

from push.breaker import Breaker, Period
from push.outcomes import (
    Accepted,
    Ambiguous,
    Configuration,
    Held,
    Outcome,
    Permanent,
    Scope,
    Temporary,
)
from push.pace import Pace
from sessions.clock import Clock

__all__ = ["Lane", "LaneReport", "Lanes", "Permit"]

log = structlog.get_logger(__name__)

Lane: TypeAlias = tuple[Scope, str]

_QUOTA_WAIT_S = 60.0
_JUDGED = 50
_SAMPLE = 5
_WRONG_SHARE = 0.2
_MOST_CLIENT_ERRORS = 0.05


class Permit(Struct, frozen=True):
    """Leave to make one request, in `wait_s` seconds; it must be given back."""

    wait_s: float
    periods: tuple[tuple[Lane, Period], ...]


class LaneReport(Struct, frozen=True):
    """How a lane fares, for operators.

    `client_errors` is the share of the last requests that were our fault or a dead address: FCM
    denies more quota above 5 %, which is an `alarm` (A20).
    """

    scope: Scope
    name: str
    is_closed: bool
    wait_s: float
    client_errors: float
    alarm: bool


class Lanes:
    """Admits requests to their lanes and learns from what they came to.

    A project may have `per_minute` requests, rising to that over `ramp_s`; a device has one a
    second, far below FCM's 240 a minute (B4). A request whose slot is further than `patience_s`
    is held. Of more than `most_lanes` those of devices and
    hosts that were used least lately are forgotten.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        per_minute: float = 20_000,
        ramp_s: float = 60.0,
        device_per_minute: float = 60,
        patience_s: float = 2.0,
        most_lanes: int = 10_000,
    ) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._ramp_s = ramp_s
        self._device_per_minute = device_per_minute
        self._patience_s = patience_s
        self._most_lanes = most_lanes
        self._lanes: dict[Lane, _Lane] = {}

    def enter(self, names: Sequence[Lane]) -> Permit | Held:
        """Return leave for one request in all of these lanes, or what holds it back."""
        lanes = [(name, self._lane(name)) for name in names]
        for name, lane in lanes:
            if (wait := lane.wait_s(self._clock.monotonic())) > 0:
                return _held("out of order", wait, name)
        paces = [(name, lane.pace) for name, lane in lanes if lane.pace is not None]
        for name, pace in paces:
            if pace.wait_s > self._patience_s:
                return _held("full", pace.wait_s, name)
        wait = max((pace.wait_s for _, pace in paces), default=0.0)
        for _, pace in paces:
            pace.take()
        return Permit(wait, tuple((name, lane.breaker.enter()) for name, lane in lanes))

    def leave(self, permit: Permit, outcome: Outcome | None) -> Outcome | None:
        """Give leave back with what the request came to, None when it was cancelled.

        Returns the outcome to act on: where many addresses of a project are said to be another's,
        and it never took any, it is our credential that is wrong, and they are kept (A4).
        """
        outcome = self._judged(permit, outcome)
        for name, period in permit.periods:
            lane = self._lane(name)
            match outcome:
                case Configuration() if (outcome.scope, outcome.lane) == name:
                    lane.breaker.tripped(period)
                case Ambiguous() | Temporary(quota=False) if name[0] != "device":
                    lane.breaker.failed(period)
                case Accepted() | Permanent() | Configuration() | Temporary(quota=True):
                    if lane.breaker.answered(period):
                        lane.reopened()
                case _:
                    lane.breaker.abandoned(period)
        if isinstance(outcome, Temporary) and outcome.quota:
            self._slow(outcome)
        return outcome

    def report(self) -> tuple[LaneReport, ...]:
        """Return how each lane fares but for those of devices."""
        now = self._clock.monotonic()
        return tuple(
            LaneReport(
                *name, lane.breaker.is_closed, lane.wait_s(now), lane.client_errors(), lane.alarm
            )
            for name, lane in self._lanes.items()
            if name[0] != "device"
        )

    def _judged(self, permit: Permit, outcome: Outcome | None) -> Outcome | None:
        if not isinstance(outcome, Accepted | Permanent):
            return outcome
        for name, _ in permit.periods:
            lane = self._lane(name)
            lane.note(outcome)
            if name[0] != "device" and lane.alarms():
                log.error("push_client_errors", lane=name, share=lane.client_errors())
            if name[0] == "project" and lane.is_another_project(outcome):
                return Configuration(reason="wrong_project", scope="project", lane=name[1])
        return outcome

    def _slow(self, outcome: Temporary) -> None:
        wait = outcome.retry_after.total_seconds() if outcome.retry_after else _QUOTA_WAIT_S
        lane = self._lane((outcome.scope, outcome.lane))
        lane.closed_until = max(lane.closed_until, self._clock.monotonic() + wait)
        if lane.pace is not None:
            lane.pace.restart(after_s=lane.closed_until - self._clock.monotonic())

    def _lane(self, name: Lane) -> "_Lane":
        lane = self._lanes.pop(name, None)
        if lane is None:
            self._forget()
            lane = _Lane(Breaker(self._clock), self._pace(name[0]))
        # the last used is the last forgotten
        self._lanes[name] = lane
        return lane

    def _pace(self, scope: Scope) -> Pace | None:
        match scope:
            case "project":
                return Pace(self._clock, per_minute=self._per_minute, ramp_s=self._ramp_s)
            case "device":
                return Pace(self._clock, per_minute=self._device_per_minute, ramp_s=0)
            case _:
                return None

    def _forget(self) -> None:
        while len(self._lanes) >= self._most_lanes:
            # their names come from users
            oldest = next((n for n in self._lanes if n[0] in ("device", "host")), None)
            if oldest is None:
                return
            del self._lanes[oldest]


class _Lane:
    def __init__(self, breaker: Breaker, pace: Pace | None) -> None:
        self.breaker = breaker
        self.pace = pace
        self.closed_until = 0.0
        self.answers: deque[Accepted | Permanent] = deque(maxlen=_JUDGED)
        self.errors = 0
        self.alarm = False
        self.took = False

    def wait_s(self, now: float) -> float:
        return max(self.breaker.wait_s, self.closed_until - now, 0.0)

    def note(self, answer: Accepted | Permanent) -> None:
        if len(self.answers) == self.answers.maxlen:
            self.errors -= isinstance(self.answers[0], Permanent)
        self.answers.append(answer)
        self.errors += isinstance(answer, Permanent)
        self.took = self.took or isinstance(answer, Accepted)

    def reopened(self) -> None:
        self.answers.clear()
        self.errors = 0
        if self.pace is not None:
            self.pace.restart()

    def client_errors(self) -> float:
        return self.errors / max(1, len(self.answers))

    def alarms(self) -> bool:
        """Judge the last answers, once there are enough; tell whether there is cause since now."""
        before = self.alarm
        enough = len(self.answers) == _JUDGED
        self.alarm = enough and self.client_errors() > _MOST_CLIENT_ERRORS
        return self.alarm and not before

    def is_another_project(self, outcome: Accepted | Permanent) -> bool:
        # what took one of our messages is our project; users may register any address
        if self.took or not isinstance(outcome, Permanent) or outcome.address != "wrong":
            return False
        wrong = sum(isinstance(a, Permanent) and a.address == "wrong" for a in self.answers)
        return wrong >= max(_SAMPLE, _WRONG_SHARE * len(self.answers))


def _held(reason: str, wait_s: float, name: Lane) -> Held:
    return Held(reason=reason, retry_after=timedelta(seconds=wait_s), scope=name[0], lane=name[1])
