"""The parts that learn whom a user likes to talk to, made once."""

from functools import partial

from msgspec import Struct

from app.background import Loops, every
from app.ground import Ground
from sessions.advice import Advice
from sessions.experiments.experiments import Experiments
from sessions.experiments.guarded_learner import GuardedLearner
from sessions.experiments.guards import Guards
from sessions.profiles.profiles import Profiles

__all__ = ["Learning", "open_learning"]

_TAKE_POLICY_S = 60
_TAKE_EXPERIMENTS_S = 10
_WRITE_GUARDS_S = 30
_JUDGE_EXPERIMENTS_S = 300
_FORGET_STALE_S = 3600


class Learning(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of learning; `loops` run as long as the process."""

    advice: Advice
    experiments: Experiments
    learner: GuardedLearner
    profiles: Profiles
    loops: Loops


def open_learning(ground: Ground) -> Learning:
    """Make all parts that learn, and that compare ways of choosing."""
    documents, clock, names = ground.documents, ground.clock, ground.names
    advice = Advice(documents=documents, clock=clock, names=names)
    experiments = Experiments(documents=documents, clock=clock, names=names)
    guards = Guards(experiments)
    learner = GuardedLearner(documents=documents, clock=clock, names=names, guards=guards)
    profiles = Profiles(
        documents=documents,
        clock=clock,
        names=names,
        catalogue=ground.catalogue,
        advice=advice,
        experiments=experiments,
    )
    loops = {
        "take experiments": partial(every, _TAKE_EXPERIMENTS_S, experiments.refresh),
        "write guards": partial(every, _WRITE_GUARDS_S, guards.write),
        "judge experiments": partial(every, _JUDGE_EXPERIMENTS_S, guards.judge),
        "take policy": partial(every, _TAKE_POLICY_S, learner.take_policy),
        "forget stale": partial(every, _FORGET_STALE_S, profiles.forget_stale),
    }
    return Learning(
        advice=advice, experiments=experiments, learner=learner, profiles=profiles, loops=loops
    )
