"""People write in bursts: how long an answer is held while the user is still writing."""

from msgspec import Struct

__all__ = ["MOST_HELD_S", "QUIET_S", "TYPING_S", "Burst"]

TYPING_S = 6.0
QUIET_S = 3.0
MOST_HELD_S = 15.0


class Burst(Struct, frozen=True):
    """What is known of the user's writing; times are seconds of one monotonic clock.

    Signs of typing last 6 s. Who stops without sending is given 3 s of quiet. A message ends the
    writing, so that nobody waits who has said it all. Source: protocol 2.1, section 4.
    """

    typing_until: float = 0.0
    quiet_until: float = 0.0

    def typing(self, active: bool, now: float) -> "Burst":
        """Return the burst after a sign that the user writes, or has stopped."""
        if active:
            return Burst(typing_until=now + TYPING_S)
        if now < self.typing_until:
            return Burst(quiet_until=now + QUIET_S)
        return self

    def spoken(self) -> "Burst":
        """Return the burst after a message."""
        return Burst()

    def held_until(self, first_at: float) -> float:
        """Return until when the answer to a burst that began at `first_at` is held."""
        return min(first_at + MOST_HELD_S, max(self.typing_until, self.quiet_until))
