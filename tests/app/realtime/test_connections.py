"""All connections of a process."""

from app.realtime.connections import Connections


class Fake:
    def __init__(self) -> None:
        self.left: list[int] = []
        self.drains: list[int] = []

    def leave(self, code: int, reason: str) -> None:
        self.left.append(code)

    def announce_drain(self, reconnect_in_ms: int) -> None:
        self.drains.append(reconnect_in_ms)


def test_one_more_than_allowed_replaces_the_oldest_of_that_user_alone() -> None:
    connections, mine, other = Connections(most=2), [Fake() for _ in range(3)], Fake()
    connections.add("u2", other)
    for each in mine:
        connections.add("u1", each)

    assert [each.left for each in (*mine, other)] == [[4409], [], [], []]
    assert len(connections) == 3


def test_a_connection_that_ended_makes_room() -> None:
    connections, one, two = Connections(most=1), Fake(), Fake()
    connections.add("u1", one)
    connections.remove("u1", one)
    connections.remove("u1", one)
    connections.add("u1", two)

    assert (one.left, len(connections)) == ([], 1)


def test_a_drain_is_told_to_all_who_are_here_and_who_come() -> None:
    connections, early, late = Connections(), Fake(), Fake()
    connections.add("u1", early)
    connections.drain()
    connections.add("u2", late)
    connections.close()

    assert all(200 <= each.drains[0] <= 3000 for each in (early, late))
    assert early.left == late.left == [1012]
