"""The parts of an answer: each is a sentence or two, chosen for this turn."""

import re
from collections.abc import Callable, Mapping

from sessions.llm.offline import english
from sessions.llm.offline.doing import EARLY_TURNS
from sessions.llm.offline.easing import easy_tiers, wants
from sessions.llm.offline.laying import LAYING
from sessions.llm.offline.plans import BRIEF, REACTIONS
from sessions.llm.offline.reading import Turn
from sessions.llm.offline.table import LEAST_ROWS, figure_rows
from sessions.llm.offline.tending import TENDING

__all__ = ["beat", "is_short"]

SLOT = re.compile(r"\{(\w+)")
ASKS = {
    "explore": "ask",
    "understand": "dig",
    "options": "choose",
    "step": "when",
    "follow": "review",
    "plan": "plan_ask",
    "good": "check",
    "bad": "after_bad",
}
PUSHES = {"options": "idea", "step": "step", "follow": "cheer"}
HEADS = {"en": "| from message {number} | figure |", "ko": "| {number}번째 말씀에서 | 숫자 |"}
COUNTED = frozenset(["money", "career", "study", "rest", "habit"])
DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow|\d ?[ap]m)\b"
    r"|[월화수목금토일]요일|오늘|내일|모레|\d+\s?시|주말",
    re.IGNORECASE,
)
# Not asked when the day was just told.
ASKS_DAY = re.compile(r"\b(?:when|which day|what time|before)\b|언제|요일|몇 시", re.IGNORECASE)
SHORT_WORDS, SHORT_CHARS = 4, 40


def beat(turn: Turn, name: str) -> str | None:
    """Return the part `name` of the answer, None when there is nothing fresh to say for it."""
    make = MAKERS.get(name)
    return make(turn) if make is not None else turn.pick(name)


def is_short(turn: Turn) -> bool:
    """Tell whether the message is a few words that name something rather than tell it."""
    few = len(turn.text.split()) <= SHORT_WORDS and len(turn.text) <= SHORT_CHARS
    return turn.act.name == "tell" and few and "said" not in turn.facts.fillers


def _opener(turn: Turn) -> str | None:
    reaction = REACTIONS.get(turn.act.name)
    return turn.pick(reaction) if reaction is not None else None


def _case(turn: Turn) -> str | None:
    """Say what this is about: the message when it tells something, else what is known."""
    if "said" in turn.facts.fillers or turn.act.name in ("tell", "code"):
        return _said_back(turn)
    known = [each for tier in turn.pool("case") for each in tier]
    slots = {each: len(SLOT.findall(each)) for each in known}
    rich = [[each for each in known if slots[each] == number] for number in (2, 1)]
    return turn.writer.pick(*rich, again=True) or turn.pick("plainly")


def _reflect(turn: Turn) -> str | None:
    name, told = turn.act.name, "said" in turn.facts.fillers
    opening = _opener(turn)
    if name == "correction":
        return _both(opening, turn.pick("new_goal", again=True) or _said_back(turn))
    if name in BRIEF and not (name == "accept" and told):
        return opening or turn.pick("plainly")
    if is_short(turn):
        heard = turn.pick("on_short") or _said_back(turn)
        return _both(heard, turn.pick("feel_mild") if turn.hard else None)
    return _both(opening, _said_back(turn) if opening is None or told else None)


def _said_back(turn: Turn) -> str | None:
    """Say back what was told, the most particular way that is still fresh."""
    if turn.act.name in ("accept", "progress_good", "progress_bad"):
        plain = (turn.book.common[f"{move}_plain"] for move in ("also", "said"))
        return turn.writer.pick(*plain, turn.book.common["said"], again=True)
    order = ("also", "said") if turn.number % 2 else ("said", "also")
    weighed = [f"{move}_heavy" for move in order] if turn.facts.weighty else []
    moves = [order[0], order[1]]
    for heavy in reversed(weighed):
        moves.insert(moves.index(heavy.removesuffix("_heavy")), heavy)
    tiers = [tier for move in moves for tier in turn.pool(move)]
    told = turn.writer.pick(*tiers, again=True)
    rest = [tier for move in ("mood", "quote", "topical", "plainly") for tier in turn.pool(move)]
    return told or turn.writer.pick(*rest, again=True)


def _ask(turn: Turn) -> str | None:
    if turn.blank and turn.act.name in BRIEF and turn.piece is None:
        return turn.pick("open")
    if turn.blank and not (turn.hard or wants(turn)) and _met_now(turn):
        return turn.pick("brings")
    if turn.number <= EARLY_TURNS and turn.phase in ("explore", "understand"):
        return turn.writer.pick(*easy_tiers(turn)) or turn.pick("open")
    return _deep_ask(turn)


def _deep_ask(turn: Turn) -> str | None:
    move = ASKS[turn.phase]
    first = turn.pool("either") if turn.act.name == "unsure" else ()
    others = [each for each in ("dig", "ask", "either") if each != move]
    rest = [tier for other in others for tier in turn.pool(other)]
    pools = [*first, *turn.pool(move), *rest]
    if turn.act.name == "accept" and DAY.search(turn.text):
        pools = [tuple(each for each in pool if not ASKS_DAY.search(each)) for pool in pools]
    return turn.writer.pick(*pools)


def _plan_ask(turn: Turn) -> str | None:
    """Ask the one thing that a better plan needs, but no day that was told."""
    own = turn.book.plans.get(turn.matter, {}).get("ask", ())
    if DAY.search(turn.text) or "dated" in turn.facts.fillers:
        own = tuple(each for each in own if not ASKS_DAY.search(each))
    return turn.writer.pick(own, *turn.pool("choose"))


def _push(turn: Turn) -> str | None:
    early = turn.number <= EARLY_TURNS
    if turn.act.name == "accept" and (early or "said" in turn.facts.fillers):
        return None
    return turn.pick(PUSHES[turn.phase]) if turn.phase in PUSHES else None


def _feel(turn: Turn) -> str | None:
    if turn.facts.heavy:
        return turn.pick("feel")
    if turn.phase in PUSHES:
        return None
    if turn.hard and not turn.facts.glad:
        return turn.pick("feel_mild")
    return turn.pick("feel_good" if turn.facts.glad else "feel_plain")


def _cheer(turn: Turn) -> str | None:
    hard = turn.facts.heavy and turn.phase != "good"
    heavy = turn.pool("cheer_heavy") if hard else ()
    return turn.writer.pick(*heavy, *turn.pool("cheer"))


def _greet(turn: Turn) -> str | None:
    return turn.writer.pick(*turn.pool("hello_name"), *turn.pool("hello"))


def _link(turn: Turn) -> str | None:
    """Say what this goes with, once there is something that it could go with."""
    return turn.pick("link") if turn.number > EARLY_TURNS else None


def _thanks(turn: Turn) -> str | None:
    return turn.pick("thanks_first" if turn.blank else "thanks", again=True) or turn.pick("thanks")


def _keep(turn: Turn) -> str | None:
    return turn.pick("open") if turn.blank else turn.pick("keep")


def _opening(turn: Turn) -> str | None:
    """Ask how to begin, or go on where the conversation stood."""
    if turn.act.name == "introduce" and turn.blank:
        return turn.writer.pick(turn.book.common["brings"], *turn.pool("open"))
    if turn.act.name == "greeting" and (kept := turn.pick("kept_ask")) is not None:
        return kept
    later = turn.number > 1 and not turn.blank
    if turn.act.name == "greeting" and (later or "to_goal" in turn.facts.fillers):
        return turn.writer.pick(*turn.pool("back"), *turn.pool("open")) or _ask(turn)
    if turn.number > 2 and turn.topic and not turn.blank:
        return _ask(turn)
    return turn.pick("open") or _ask(turn)


def _met(turn: Turn) -> str | None:
    return turn.pick("met") if _met_now(turn) and turn.act.name != "greeting" else None


def _met_now(turn: Turn) -> bool:
    return any(note.kind == "name" for note in turn.facts.fresh)


def _table(turn: Turn) -> str | None:
    """Lay figures out when there are three or more that no earlier table had."""
    if turn.topic not in COUNTED:
        return None
    rows = [row for row in figure_rows(turn.text) if turn.writer.take(row) is not None]
    head = HEADS[turn.language].format(number=turn.number)
    if len(rows) < LEAST_ROWS or turn.writer.take(head) is None:
        return None
    return "\n".join([head, "|---|---|", *rows])


def _wrapped(inner: str) -> Callable[[Turn], str | None]:
    def make(turn: Turn) -> str | None:
        outer = [each for tier in turn.pool(f"open_{inner}") for each in tier]
        return turn.writer.wrap(inner, turn.pool(inner), outer)

    return make


def _both(first: str | None, second: str | None) -> str | None:
    if first and second:
        return f"{first} {english.capitalised(second)}"
    return first or second


MAKERS: Mapping[str, Callable[[Turn], str | None]] = {
    "opener": _opener,
    "case": _case,
    "reflect": _reflect,
    "ask": _ask,
    "push": _push,
    "feel": _feel,
    "cheer": _cheer,
    "greet": _greet,
    "opening": _opening,
    "met": _met,
    "link": _link,
    "thanks": _thanks,
    "keep": _keep,
    "table": _table,
    "open_idea": _wrapped("idea"),
    "open_step": _wrapped("step"),
    "plan_ask": _plan_ask,
    **LAYING,
    **TENDING,
}
