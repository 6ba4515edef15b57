"""A deterministic check for messages that call for human help, before any engine answers.

It is a net made of phrases, not a diagnosis: it errs towards listening.
"""

from collections.abc import Sequence

from msgspec import Struct

from .hits import Heard, hear
from .lexicon import About, Category, Lexicon, Rule, Severity, lexicon
from .reading import plain

__all__ = ["Risk", "check"]

REMEMBERED = 3
CARRY = 0.5
ANSWER_UNITS = 8
URGENCY: tuple[Category, ...] = (
    "medical_emergency",
    "suicide",
    "self_harm",
    "abuse",
    "harm_others",
)


class Risk(Struct, frozen=True, kw_only=True):
    """Why a message calls for human help; `rules` are ids, never what was written.

    `about` is "other" when the writer worries about someone else.
    """

    category: Category
    severity: Severity
    language: str
    rules: tuple[str, ...]
    about: About = "self"


def check(text: str, *, previous: Sequence[str] = ()) -> Risk | None:
    """Return the risk that `text` speaks of, or None.

    `previous` are the user's earlier messages, oldest first: the last three tell what a short
    answer means and whether despair adds up. Time is linear in the characters read.
    """
    heard = _hear(text)
    risks = [risk for words, each in heard if (risk := _alone(words, each)) is not None]
    if risks:
        return min(risks, key=_order)
    earlier = previous[-REMEMBERED:]
    return _answering(heard, earlier) or _adding_up(heard, earlier)


def _hear(text: str) -> tuple[tuple[Lexicon, Heard], ...]:
    seen = plain(text)
    return tuple((words, hear(seen, words)) for words in (lexicon("en"), lexicon("ko")))


def _order(risk: Risk) -> tuple[bool, int, bool]:
    return risk.severity != "acute", URGENCY.index(risk.category), risk.about != "self"


def _alone(words: Lexicon, heard: Heard) -> Risk | None:
    """Return the most urgent risk that a text speaks of by itself."""
    plainly = [rule for rule in heard.rules if not rule.points and not rule.raises]
    if not plainly:
        return _despair(words, heard, _points(heard))
    raised = {rule.category for rule in heard.rules if rule.raises}
    risks = [
        _risk(rule, heard, words, acute=rule.severity == "acute" or rule.category in raised)
        for rule in plainly
    ]
    return min(risks, key=_order)


def _risk(rule: Rule, heard: Heard, words: Lexicon, *, acute: bool) -> Risk:
    return Risk(
        category=rule.category,
        severity="acute" if acute else "elevated",
        language=words.language,
        rules=tuple(rule.id for rule in heard.rules),
        about=rule.about,
    )


def _points(heard: Heard) -> float:
    return sum(rule.points for rule in heard.rules)


def _despair(words: Lexicon, heard: Heard, points: float) -> Risk | None:
    """Return an elevated risk when small signs add up to the threshold."""
    signs = [rule for rule in heard.rules if rule.points > 0]
    if points < words.threshold or len(signs) < words.signs:
        return None
    return Risk(
        category="suicide",
        severity="elevated",
        language=words.language,
        rules=tuple(rule.id for rule in heard.rules),
    )


def _answering(heard: Sequence[tuple[Lexicon, Heard]], earlier: Sequence[str]) -> Risk | None:
    """Return the risk that a short answer confirms, when an earlier message spoke of one."""
    risks = [risk for text in reversed(earlier) if (risk := check(text)) is not None]
    if not risks:
        return None
    for words, each in heard:
        just_now = check(earlier[-1]) is not None and each.units <= ANSWER_UNITS
        raised = any(rule.raises and rule.category == risks[0].category for rule in each.rules)
        if "follow" in each.marks or raised or ("refuse" in each.marks and just_now):
            return Risk(
                category=risks[0].category,
                severity="acute",
                language=words.language,
                rules=("context.follow",),
                about=risks[0].about,
            )
    return None


def _adding_up(heard: Sequence[tuple[Lexicon, Heard]], earlier: Sequence[str]) -> Risk | None:
    """Return a risk when despair grows over messages; the newest must add to it."""
    before = [points for text in earlier for points in [_all_points(_hear(text))]]
    for words, each in heard:
        points = _points(each)
        if points and (risk := _despair(words, each, points + CARRY * sum(before))) is not None:
            return risk
    return None


def _all_points(heard: Sequence[tuple[Lexicon, Heard]]) -> float:
    return sum(_points(each) for _, each in heard)
