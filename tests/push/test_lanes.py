from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from push.lanes import Lane, Lanes, Permit
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
from tests.clocks import FakeClock

PROJECT: Lane = ("project", "p")
IOS: Lane = ("platform", "ios")
ANDROID: Lane = ("platform", "android")
DEVICE: Lane = ("device", "d")
DOWN = Temporary(reason="unavailable")
WRONG = Permanent(reason="sender_id_mismatch", address="wrong")


def lanes(clock: FakeClock) -> Lanes:
    """Return lanes that are in full swing at once."""
    return Lanes(clock, per_minute=60_000_000, ramp_s=0, patience_s=5)


def run(lanes: Lanes, outcome: Outcome | None, *names: Lane) -> Outcome | None:
    """Make a request that comes to `outcome`; return Held when it is not admitted."""
    permit = lanes.enter(names)
    return permit if isinstance(permit, Held) else lanes.leave(permit, outcome)


@given(
    per_minute=st.integers(60, 1200),
    ramp_s=st.sampled_from([0, 1, 60]),
    gaps=st.lists(st.floats(0, 30), min_size=1, max_size=30),
)
@settings(max_examples=50)
def test_b1_no_minute_has_more_than_its_share_however_the_requests_come(
    per_minute: int, ramp_s: float, gaps: list[float]
) -> None:
    clock = FakeClock()
    pace = Pace(clock, per_minute=per_minute, ramp_s=ramp_s)
    slots: list[float] = []
    for gap in gaps:
        clock.advance(gap)
        for _ in range(20):
            slots.append(clock.monotonic() + pace.wait_s)
            pace.take()
    assert slots == sorted(slots)
    for first, slot in enumerate(slots):
        within = sum(slot <= other < slot + 60 for other in slots[first:])
        assert within <= per_minute + 1
    # evenly: none closer than the height of the rate allows
    closest = min((b - a for a, b in pairwise(slots)), default=1.0)
    assert closest >= 60 / per_minute - 1e-6


def test_b2_the_rate_grows_from_nothing_over_a_minute() -> None:
    clock = FakeClock()
    pace = Pace(clock, per_minute=6000)
    slots = []
    for _ in range(6000):
        slots.append(pace.wait_s)
        pace.take()
    in_seconds = [sum(n <= slot < n + 1 for slot in slots) for n in range(80)]
    assert in_seconds[0] <= 1
    # half the rate in the middle of the ramp, all of it after it
    assert 48 <= in_seconds[30] <= 52
    assert 99 <= in_seconds[70] <= 101
    assert sum(in_seconds[:60]) in range(2999, 3002)


def test_b2_what_is_idle_does_not_save_up() -> None:
    clock = FakeClock()
    pace = Pace(clock, per_minute=60)
    clock.advance(3600)
    waits = []
    for _ in range(3):
        waits.append(pace.wait_s)
        pace.take()
    assert waits == pytest.approx([0, 1, 2], abs=0.01)


def test_b2_a_request_too_far_back_is_held_and_takes_no_slot() -> None:
    clock = FakeClock()
    slow = Lanes(clock, per_minute=60, ramp_s=0, patience_s=2)
    admitted = [slow.enter([("device", str(n)), PROJECT]) for n in range(10)]
    assert [isinstance(each, Permit) for each in admitted] == [True] * 3 + [False] * 7
    held = admitted[-1]
    assert isinstance(held, Held)
    assert (held.reason, held.lane) == ("full", "p")
    clock.advance(1)
    assert isinstance(slow.enter([PROJECT]), Permit)


def test_b4_a_device_has_at_most_one_a_second() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    waits = [p.wait_s for _ in range(5) if isinstance(p := admitting.enter([DEVICE]), Permit)]
    assert waits == pytest.approx([0, 1, 2, 3, 4], abs=0.01)


def test_a9_a10_a_quota_holds_the_project_as_long_as_it_says_and_then_begins_slowly() -> None:
    clock = FakeClock()
    admitting = Lanes(clock, per_minute=6000, patience_s=5)
    clock.advance(120)
    told = Temporary(
        reason="quota", retry_after=timedelta(seconds=90), quota=True, scope="project", lane="p"
    )
    run(admitting, told, PROJECT)
    clock.advance(89)
    held = run(admitting, Accepted(), PROJECT)
    assert isinstance(held, Held)
    assert held.retry_after == timedelta(seconds=1)
    clock.advance(1)
    waits = [p.wait_s for _ in range(3) if isinstance(p := admitting.enter([PROJECT]), Permit)]
    assert waits[0] > 0.5
    untold = Temporary(reason="quota", quota=True, scope="project", lane="p")
    run(admitting, untold, PROJECT)
    held = run(admitting, None, PROJECT)
    assert isinstance(held, Held)
    assert held.retry_after == timedelta(seconds=60)


def test_a9_of_two_quotas_the_longer_wait_holds() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    permits = [permit for _ in range(2) if isinstance(permit := admitting.enter([PROJECT]), Permit)]
    for permit, wait_s in zip(permits, (90, 10), strict=True):
        told = timedelta(seconds=wait_s)
        quota = Temporary(reason="q", retry_after=told, quota=True, scope="project", lane="p")
        admitting.leave(permit, quota)
    held = run(admitting, Accepted(), PROJECT)
    assert isinstance(held, Held)
    assert held.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("answer", [Accepted(), WRONG, Permanent(reason="too_big")])
def test_a13_b2_any_answer_to_a_probe_opens_the_way_slowly(answer: Outcome) -> None:
    clock = FakeClock()
    admitting = Lanes(clock, per_minute=6000, patience_s=5)
    clock.advance(120)
    ours = Configuration(reason="permission_denied", scope="project", lane="p")
    run(admitting, ours, PROJECT)
    clock.advance(30)
    assert run(admitting, answer, PROJECT) == answer
    waits = [p.wait_s for _ in range(2) if isinstance(p := admitting.enter([PROJECT]), Permit)]
    assert len(waits) == 2
    assert waits[0] > 0.5


def test_a11_a_devices_quota_holds_that_device_alone() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    run(admitting, Temporary(reason="q", quota=True, scope="device", lane="d"), DEVICE, PROJECT)
    clock.advance(10)
    assert isinstance(run(admitting, Accepted(), DEVICE, PROJECT), Held)
    assert run(admitting, Accepted(), ("device", "e"), PROJECT) == Accepted()


def test_a5_a_wrong_credential_stops_the_project_until_a_probe_is_answered() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    ours = Configuration(reason="permission_denied", scope="project", lane="p")
    assert run(admitting, ours, PROJECT) == ours
    assert isinstance(run(admitting, Accepted(), PROJECT), Held)
    clock.advance(30)
    probe = admitting.enter([PROJECT])
    assert isinstance(probe, Permit)
    # one at a time
    assert isinstance(run(admitting, Accepted(), PROJECT), Held)
    admitting.leave(probe, ours)
    clock.advance(59)
    assert isinstance(run(admitting, Accepted(), PROJECT), Held)
    clock.advance(1)
    assert run(admitting, Accepted(), PROJECT) == Accepted()
    assert run(admitting, Accepted(), PROJECT) == Accepted()
    assert admitting.report()[0].is_closed


def test_a7_apples_key_stops_apples_devices_and_no_others() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    run(
        admitting,
        Configuration(reason="third_party", scope="platform", lane="ios"),
        IOS,
        PROJECT,
    )
    assert isinstance(run(admitting, Accepted(), IOS, PROJECT), Held)
    assert run(admitting, Accepted(), ANDROID, PROJECT) == Accepted()


@pytest.mark.parametrize("failure", [DOWN, Ambiguous(reason="timeout")])
def test_a13_a_service_that_is_down_is_left_alone_and_tried_with_one(failure: Outcome) -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for _ in range(9):
        assert run(admitting, failure, PROJECT) == failure
    assert run(admitting, failure, PROJECT) == failure
    assert isinstance(run(admitting, Accepted(), PROJECT), Held)
    clock.advance(30)
    # a probe that is cancelled makes room for another
    assert run(admitting, None, PROJECT) is None
    assert run(admitting, Accepted(), PROJECT) == Accepted()


def test_a13_b2_nobody_waits_for_another_cool_down_behind_a_probe() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    down = Configuration(reason="permission_denied", scope="project", lane="p")
    for _ in range(6):
        assert run(admitting, down, PROJECT) == down
        clock.advance(900)
    probe, behind = admitting.enter([PROJECT]), admitting.enter([PROJECT])
    assert isinstance(probe, Permit)
    assert isinstance(behind, Held)
    assert behind.retry_after <= timedelta(seconds=5)
    admitting.leave(probe, Accepted())
    clock.advance(behind.retry_after.total_seconds())
    assert run(admitting, Accepted(), PROJECT) == Accepted()


def test_a13_after_an_answer_the_next_cool_down_is_a_short_one_and_none_is_over_15_minutes() -> (
    None
):
    clock = FakeClock()
    admitting = lanes(clock)
    ours = Configuration(reason="permission_denied", scope="project", lane="p")

    def waits() -> float:
        run(admitting, ours, PROJECT)
        held = run(admitting, None, PROJECT)
        assert isinstance(held, Held)
        clock.advance(held.retry_after.total_seconds())
        return held.retry_after.total_seconds()

    assert [waits() for _ in range(7)] == [30, 60, 120, 240, 480, 900, 900]
    assert run(admitting, Accepted(), PROJECT) == Accepted()
    assert waits() == 30


@pytest.mark.parametrize(
    "failure", [DOWN, Configuration(reason="permission_denied", scope="project", lane="p")]
)
def test_a13_many_that_fail_together_are_one_reason_to_wait(failure: Outcome) -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    permits = [
        permit for _ in range(40) if isinstance(permit := admitting.enter([PROJECT]), Permit)
    ]
    for permit in permits:
        admitting.leave(permit, failure)
    assert len(permits) == 40
    held = run(admitting, Accepted(), PROJECT)
    assert isinstance(held, Held)
    assert held.retry_after == timedelta(seconds=30)


def test_a13_a_probe_that_fails_is_followed_by_a_longer_wait_and_another() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for _ in range(10):
        run(admitting, DOWN, PROJECT)
    clock.advance(30)
    assert run(admitting, DOWN, PROJECT) == DOWN
    clock.advance(59)
    assert isinstance(run(admitting, Accepted(), PROJECT), Held)
    clock.advance(1)
    assert run(admitting, Accepted(), PROJECT) == Accepted()
    # what failed before it opened counts no more
    for _ in range(9):
        assert run(admitting, DOWN, PROJECT) == DOWN
    assert run(admitting, Accepted(), PROJECT) == Accepted()


def test_a13_failures_of_long_ago_stop_nothing() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for _ in range(30):
        assert run(admitting, DOWN, PROJECT) == DOWN
        clock.advance(4)
    assert run(admitting, Accepted(), PROJECT) == Accepted()


def test_a13_a_few_failures_among_many_answers_stop_nothing() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for n in range(200):
        outcome = DOWN if n % 3 == 0 else Accepted()
        assert run(admitting, outcome, PROJECT) == outcome


def test_a13_answers_of_before_it_opened_count_for_nothing() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    late = admitting.enter([PROJECT])
    assert isinstance(late, Permit)
    for _ in range(10):
        run(admitting, DOWN, PROJECT)
    admitting.leave(late, Accepted())
    assert isinstance(run(admitting, Accepted(), PROJECT), Held)


def test_a4_many_foreign_addresses_mean_that_our_credential_is_wrong() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for _ in range(4):
        assert run(admitting, WRONG, PROJECT) == WRONG
    ours = Configuration(reason="wrong_project", scope="project", lane="p")
    assert run(admitting, WRONG, PROJECT) == ours
    assert isinstance(run(admitting, WRONG, PROJECT), Held)
    clock.advance(30)
    assert run(admitting, WRONG, PROJECT) == ours
    clock.advance(60)
    assert run(admitting, Accepted(), PROJECT) == Accepted()
    assert run(admitting, WRONG, PROJECT) == WRONG


def test_a4_a_foreign_address_now_and_then_is_just_that() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for n in range(300):
        outcome = WRONG if n % 10 == 0 else Accepted()
        assert run(admitting, outcome, PROJECT) == outcome


def test_a4_a_few_foreign_addresses_among_many_dead_ones_are_just_that() -> None:
    admitting = lanes(FakeClock())
    dead = Permanent(reason="unregistered", address="gone")
    for outcome in [*[dead] * 30, *[WRONG] * 6]:
        assert run(admitting, outcome, PROJECT) == outcome


def test_a4_whoever_registers_foreign_addresses_stops_nobody_else() -> None:
    admitting = lanes(FakeClock())
    assert run(admitting, Accepted(), PROJECT) == Accepted()
    for _ in range(100):
        assert run(admitting, WRONG, PROJECT) == WRONG
    assert run(admitting, Accepted(), PROJECT) == Accepted()


def test_a20_the_share_of_our_own_errors_is_reported() -> None:
    clock = FakeClock()
    admitting = lanes(clock)
    for n in range(40):
        dead = Permanent(reason="unregistered", address="gone")
        run(admitting, dead if n % 10 == 0 else Accepted(), DEVICE, PROJECT)
        clock.advance(1)
    (report,) = admitting.report()
    assert (report.scope, report.name, report.client_errors) == ("project", "p", 0.1)


@pytest.mark.parametrize("scope", ["device", "host"])
def test_devices_and_hosts_of_long_ago_are_forgotten(scope: Scope) -> None:
    clock = FakeClock()
    admitting = Lanes(clock, per_minute=60_000_000, ramp_s=0, most_lanes=50)
    for n in range(200):
        run(admitting, Accepted(), (scope, str(n)), PROJECT)
    assert len(admitting._lanes) <= 50
    assert [each.name for each in admitting.report() if each.scope == "project"] == ["p"]


def test_a20_many_client_errors_are_an_alarm_told_once_until_they_are_few_again(
    clock: FakeClock,
) -> None:
    gone = Permanent(reason="UNREGISTERED", address="gone")
    house = lanes(clock)

    def lived(*outcomes: Outcome) -> tuple[int, bool]:
        with capture_logs() as lines:
            for outcome in outcomes:
                run(house, outcome, PROJECT)
        [project] = house.report()
        return len(lines), project.alarm

    assert lived(*[gone] * 2, *[Accepted()] * 47) == (0, False)
    assert lived(gone, gone) == (1, True)
    assert lived(gone) == (0, True)
    assert lived(*[Accepted()] * 50) == (0, False)
    assert lived(*[gone] * 3) == (1, True)
