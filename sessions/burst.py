"""People write in bursts: how long an answer is held while the user is still writing."""

from msgspec import Struct, structs

__all__ = ["BREATH_S", "MOST_HELD_S", "QUIET_S", "TYPING_S", "Burst"]

TYPING_S = 6.0
QUIET_S = 3.0
BREATH_S = 0.4
MOST_HELD_S = 15.0


class Burst(Struct, frozen=True):
    """What is known of the user's writing; times are seconds of one monotonic clock.

    Signs of typing last 6 s. Who stops without sending is given 3 s of quiet. A message ends the
    writing, so that nobody waits who has said it all. After one that came by a request, whose
    sender shows no signs of typing, there is a breath of 0.4 s before the first word.
    Source: protocol 2.1, section 4.
    """

    typing_until: float = 0.0
    quiet_until: float = 0.0
    breath_until: float = 0.0

    def typing(self, active: bool, now: float) -> "Burst":
        """Return the burst after a sign that the user writes, or has stopped."""
        if active:
            return structs.replace(self, typing_until=now + TYPING_S, quiet_until=0.0)
        if now < self.typing_until:
            return structs.replace(self, typing_until=0.0, quiet_until=now + QUIET_S)
        return self

    def spoken(self) -> "Burst":
        """Return the burst after a message."""
        return Burst(breath_until=self.breath_until)

    def breathing(self, now: float) -> "Burst":
        """Return the burst after a message that another may follow at once."""
        return structs.replace(self, breath_until=now + BREATH_S)

    def held_until(self, first_at: float, *, breath: bool = False) -> float:
        """Return until when the answer to a burst that began at `first_at` is held.

        Its beginning waits for who is typing, its first word for a `breath`, too.
        """
        held = max(self.typing_until, self.quiet_until, self.breath_until if breath else 0.0)
        return min(first_at + MOST_HELD_S, held)
