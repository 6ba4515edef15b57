"""A deterministic check for messages that call for human help, before any engine answers.

It is a net made of phrases, not a diagnosis: it errs towards listening.
"""

from collections.abc import Sequence

from msgspec import Struct

from sessions.memo import remembered

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
_Ears = tuple[tuple[Lexicon, Heard], ...]


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
    if (risk := _alone(heard)) is not None:
        return risk
    earlier = [_hear(each) for each in previous[-REMEMBERED:]]
    return _answering(heard, earlier) or _adding_up(heard, earlier)


@remembered(most=4096)
def _hear(text: str) -> _Ears:
    seen = plain(text)
    return tuple((words, hear(seen, words)) for words in (lexicon("en"), lexicon("ko")))


def _order(risk: Risk) -> tuple[bool, int, bool]:
    return risk.severity != "acute", URGENCY.index(risk.category), risk.about != "self"


def _alone(heard: _Ears) -> Risk | None:
    """Return the most urgent risk that a text speaks of by itself."""
    risks = [risk for words, each in heard if (risk := _in_language(words, each)) is not None]
    return min(risks, key=_order, default=None)


def _in_language(words: Lexicon, heard: Heard) -> Risk | None:
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


def _answering(heard: _Ears, earlier: Sequence[_Ears]) -> Risk | None:
    """Return the risk that a short answer confirms, when an earlier message spoke of one."""
    risks = [_alone(each) for each in earlier]
    known = next((risk for risk in reversed(risks) if risk is not None), None)
    if known is None:
        return None
    for words, each in heard:
        refused = "refuse" in each.marks and each.units <= ANSWER_UNITS and risks[-1] is not None
        if "follow" in each.marks or refused:
            return Risk(
                category=known.category,
                severity="acute",
                language=words.language,
                rules=("context.follow",),
                about=known.about,
            )
    return None


def _adding_up(heard: _Ears, earlier: Sequence[_Ears]) -> Risk | None:
    """Return a risk when despair grows over messages; the newest must add to it."""
    before = sum(_points(each) for ears in earlier for _, each in ears)
    for words, each in heard:
        points = _points(each)
        if points > 0 and (risk := _despair(words, each, points + CARRY * before)) is not None:
            return risk
    return None
