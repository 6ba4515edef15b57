"""Users take turns."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sessions.fair_queue import FairQueue

USERS = ("a", "b", "c", "d")
Ticket = tuple[str, int]


class Line:
    """A queue in which ticket (user, n) is the user's n-th; each gets at most one slot."""

    def __init__(self, *, slots: int, slots_a_user: int, places: int = 1000) -> None:
        self.queue: FairQueue[Ticket] = FairQueue(
            slots=slots, slots_a_user=slots_a_user, places=places
        )
        self.made: Counter[str] = Counter()
        self.running: list[Ticket] = []
        self.waiting: list[Ticket] = []
        self.served: list[str] = []

    def ask(self, user_id: str) -> Ticket:
        ticket = (user_id, self.made[user_id])
        self.made[user_id] += 1
        if self.queue.ask(user_id, ticket):
            self.running.append(ticket)
        else:
            self.waiting.append(ticket)
        return ticket

    def end(self, ticket: Ticket) -> None:
        self.running.remove(ticket)
        if (following := self.queue.end(ticket[0])) is not None:
            self.waiting.remove(following)
            self.running.append(following)
            self.served.append(following[0])


def test_one_with_a_single_turn_does_not_wait_for_another_ones_fifty() -> None:
    line = Line(slots=1, slots_a_user=1)
    for _ in range(51):
        line.ask("a")
    line.ask("b")
    for _ in range(2):
        line.end(line.running[0])

    assert "b" in line.served


@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.integers(1, 4))
def test_who_keeps_waiting_is_served_as_often_as_anybody_else(
    counts: list[int], slots: int
) -> None:
    line = Line(slots=slots, slots_a_user=slots)
    for _ in range(slots):
        line.ask("before")
    for user, count in enumerate(counts):
        for _ in range(count):
            line.ask(f"u{user}")
    while line.running:
        line.end(line.running[0])
        shares = Counter(line.served)
        for user, count in enumerate(counts):
            if shares[f"u{user}"] < count:
                assert shares[f"u{user}"] >= max(shares.values()) - 1


@given(st.integers(1, 200), st.integers(0, 400))
def test_one_alone_fills_half_of_the_places_and_the_next_finds_room(
    places: int, wanted: int
) -> None:
    line = Line(slots=1, slots_a_user=1, places=places)
    line.ask("first")
    for _ in range(wanted):
        if line.queue.room_for("a"):
            line.ask("a")

    assert line.queue.waiting <= -(-places // 2)
    assert line.queue.room_for("b") or places == 1


def test_what_was_accepted_waits_even_beyond_the_places() -> None:
    line = Line(slots=1, slots_a_user=1, places=2)
    tickets = [line.ask("a") for _ in range(6)]
    assert not line.queue.room_for("b")
    for ticket in tickets:
        line.end(ticket)

    assert line.served == ["a"] * 5


class Sharing(RuleBasedStateMachine):
    """Whatever happens in which order, slots are neither lost nor given twice."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line(slots=4, slots_a_user=2)

    @rule(user_id=st.sampled_from(USERS))
    def ask(self, user_id: str) -> None:
        self.line.ask(user_id)

    @precondition(lambda self: self.line.running)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        self.line.end(data.draw(st.sampled_from(self.line.running)))

    @precondition(lambda self: self.line.waiting)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.line.waiting))
        assert self.line.queue.leave(ticket[0], ticket)
        assert not self.line.queue.leave(ticket[0], ticket)
        self.line.waiting.remove(ticket)

    @invariant()
    def the_counts_are_right(self) -> None:
        queue = self.line.queue
        assert (queue.running, queue.waiting) == (len(self.line.running), len(self.line.waiting))

    @invariant()
    def no_share_is_exceeded(self) -> None:
        assert len(self.line.running) <= 4
        assert all(n <= 2 for n in Counter(user for user, _ in self.line.running).values())

    @invariant()
    def nobody_waits_for_a_free_slot(self) -> None:
        running = Counter(user for user, _ in self.line.running)
        if len(self.line.running) < 4:
            assert all(running[user] == 2 for user, _ in self.line.waiting)

    @invariant()
    def each_user_is_served_in_order(self) -> None:
        for user in USERS:
            begun = [n for who, n in self.line.running if who == user]
            waiting = [n for who, n in self.line.waiting if who == user]
            assert not waiting or max(begun, default=-1) < min(waiting)


TestSharing = Sharing.TestCase
