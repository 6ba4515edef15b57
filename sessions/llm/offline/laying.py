"""The parts of an answer that lays out the first steps of a matter, in their order."""

from collections.abc import Callable, Mapping

from sessions.llm.offline.care import LIGHT, kind_of
from sessions.llm.offline.planning import ANY, asks_for_one
from sessions.llm.offline.reading import Turn

__all__ = ["LAYING"]

# A plan has more steps than an answer to a question, and a short-spoken persona's has fewer.
PLAN_STEPS, STEPS = 5, 3
OPENERS = {"plan": "on_plan", "how": "on_how", "advice": "on_first", "more": "on_steps"}
SHORT_SPOKEN = frozenset(["lua", "plain"])


def _own(turn: Turn, move: str) -> tuple[str, ...]:
    return turn.book.plans.get(turn.matter, {}).get(move, ())


def _open(turn: Turn) -> str | None:
    """Take up heavy news that came with the request, and say what follows."""
    kind = kind_of(turn.text, turn.language)
    lines = () if kind in LIGHT else turn.book.care.get(kind, {}).get("hear", ())
    move = "on_any" if turn.matter == ANY else OPENERS[turn.act.name]
    move = "on_one" if asks_for_one(turn.text) else move
    felt = turn.pick("feel_mild") if turn.hard and turn.persona == "lua" and not lines else None
    said = (felt or turn.writer.pick(lines), turn.pick(move, again=True))
    return " ".join(each for each in said if each) or turn.pick("on_steps", again=True)


def _case(turn: Turn) -> str | None:
    """Say back what the matter is known by, else what it is."""
    common = turn.book.common
    said = (common["said_plain"],) if turn.care.kind or turn.hard else turn.pool("said")
    return turn.writer.pick(*said, common["plan_about"], again=True)


def _most(turn: Turn) -> int:
    if asks_for_one(turn.text):
        return 1
    long = turn.act.name == "plan" and turn.persona not in SHORT_SPOKEN
    return PLAN_STEPS if long else STEPS


def _steps(turn: Turn, most: int) -> list[str]:
    """Return the next steps that were not named before."""
    found: list[str] = []
    for step in _own(turn, "steps"):
        if len(found) < most and (said := turn.writer.take(step)) is not None:
            found.append(said)
    return found


def _list(turn: Turn) -> str | None:
    if asks_for_one(turn.text):
        return _first(turn)
    return "\n".join(f"#) {each}" for each in _steps(turn, _most(turn))) or None


def _first(turn: Turn) -> str | None:
    return next(iter(_steps(turn, 1)), None)


def _rest(turn: Turn) -> str | None:
    """Return the steps that do not stand under a label of their own yet."""
    labelled = 2 if turn.persona == "elro" else 1
    return "\n".join(f"- {each}" for each in _steps(turn, _most(turn) - labelled)) or None


def _pick(move: str, fallback: str) -> Callable[[Turn], str | None]:
    def make(turn: Turn) -> str | None:
        return turn.writer.pick(_own(turn, move), *turn.pool(fallback))

    return make


def _trend(turn: Turn) -> str | None:
    """Speak of a pattern once there is more than one message that could have one."""
    return turn.pick("trend") if turn.number > 1 else None


def _how_any(turn: Turn) -> str | None:
    """Say what was asked, and that nothing is known of it."""
    said = (turn.pick("on_how", again=True), turn.pick("on_any"))
    return " ".join(each for each in said if each) or None


LAYING: Mapping[str, Callable[[Turn], str | None]] = {
    "how_any": _how_any,
    "plan_open": _open,
    "plan_case": _case,
    "plan_list": _list,
    "plan_first": _first,
    "plan_next": _first,
    "plan_rest": _rest,
    "plan_trend": _trend,
    "plan_why": _pick("why", "insight"),
    "plan_caution": _pick("caution", "caution"),
    "plan_say": _pick("say", "script"),
}
