"""Whether a policy may take the place of the one in force."""

from msgspec import Struct

from .policy import Policy
from .replay import Evaluation

__all__ = ["FEWEST_ROWS", "FEWEST_USERS", "LEAST_SUPPORT", "Verdict", "judge"]

FEWEST_ROWS = 200
FEWEST_USERS = 20
LEAST_SUPPORT = 0.95


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether to promote, and why in one sentence."""

    promotable: bool
    why: str


def judge(policy: Policy, new: Evaluation, current: Policy, old: Evaluation) -> Verdict:
    """Promote only what is better beyond doubt, on a log that can tell.

    The doubly robust interval of the new policy must lie above that of the current one.
    """
    if policy.parameters() == current.parameters():
        return _refused(f"{policy.name} is the policy in force")
    if new.rows < FEWEST_ROWS or new.users < FEWEST_USERS:
        return _refused(
            f"{new.rows} rewarded choices by {new.users} users are too few: "
            f"{FEWEST_ROWS} by {FEWEST_USERS} are needed"
        )
    if new.support < LEAST_SUPPORT:
        return _refused(
            f"the log could have made only {new.support:.0%} of what {policy.name} would choose: "
            f"{LEAST_SUPPORT:.0%} are needed"
        )
    if new.dr.low <= old.dr.high:
        crosses = "crosses that" if new.dr.high >= old.dr.low else "lies below that"
        return _refused(
            f"the interval of {policy.name} {crosses} of {current.name}, which is in force"
        )
    return Verdict(
        promotable=True,
        why=f"the interval of {policy.name} lies above that of {current.name}, which is in force",
    )


def _refused(why: str) -> Verdict:
    return Verdict(promotable=False, why=why)
