"""Facts found by rules: of a user's message, and of the answer to it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct, structs

from sessions.memory.dates import Day, days, is_due
from sessions.memory.guards import about_others, bare, idle, laughs, unmeant
from sessions.notes.clauses import clauses, has_hangul, sentences, shortened
from sessions.notes.past import is_theirs

from . import english, korean
from .found import Ended, Found, Moved, Phrase
from .instead import dropped
from .moved import Change, changed
from .promises import is_promise, may_promise
from .reminding import reminder
from .slots import event_slot

__all__ = ["Reading", "from_answer", "from_user", "may_tell"]

MOST = 8
LONGEST = 200
SHORTEST = 12
# A sentence up to this long is kept as it stands, of a longer one the clause that tells.
WHOLE = 120
# A clause that only says when something is.
WHEN = re.compile(r"(?:it's|it is|that's|which is|that is|그건|그게) .{0,24}$", re.IGNORECASE)
DATED = frozenset({"deadline", "commitment", "goal", "person"})
# What one does alone: when it is somebody else's, it is no date of the user's.
ALONE = re.compile(
    r"\b(?:exam|final|midterm|interview|test|audition|surgery|presentation|pitch|quiz|essay)s?\b"
    r"|시험|면접|발표|수술|오디션|과제|수능",
    re.IGNORECASE,
)
# What joins a sentence to the one before it.
LEAD = re.compile(r"^(?:and|그리고)\b[,\s]+", re.IGNORECASE)
# What is longer is no sentence that somebody said.
LONGEST_SENTENCE = 400
# What one may say laughing and mean.
SAID_LAUGHING = frozenset({"preference", "obstacle", "commitment"})
# A sentence this short that names a day says when what came before it is.
AFTERTHOUGHT = 20


class Reading(Struct, frozen=True, kw_only=True):
    """What a message tells of the user: new facts, and what holds no longer."""

    found: tuple[Found, ...] = ()
    ended: tuple[Ended, ...] = ()
    moved: Moved | None = None


def from_user(text: str, *, today: date, known: frozenset[str] = frozenset()) -> Reading:
    """Return what a message tells of who wrote it, at most 8 facts.

    `today` is the day on which it was written, where the user is; `known` are names of people
    that were told before, in lower case.
    """
    if unmeant(text) is not None:
        return Reading()
    found: list[Found] = []
    over: list[Ended] = []
    moved: Moved | None = None
    related = ""
    for sentence in _sentences(text):
        rules = korean if has_hangul(sentence) else english
        named_days = days(sentence, today)
        if found and _is_afterthought(sentence, named_days):
            found[-1] = _on(found[-1], named_days[0], sentence)
            continue
        if (change := changed(sentence, named_days)) is not None:
            moved = _taken_in(change, sentence, found, over) or moved
            continue
        if rules is english and not named_days and not english.tells(sentence, known):
            continue
        if idle(sentence) is None:
            instead = _instead(sentence, today, related, known)
            ended = [instead[0]] if instead else [*rules.ended(sentence)]
            over += [Ended(words=each) for each in ended]
            over += [Ended(words=each, replaced=True) for each in rules.corrected(sentence)]
            if instead:
                found += instead[1]
            elif not ended:
                told = _of_sentence(sentence, today, related, known)
                found += [
                    each for each in told if each.kind in SAID_LAUGHING or not laughs(sentence)
                ]
        elif (told_so := _asked_for(sentence, named_days, today, known)) is not None:
            found.append(told_so)
        related = rules.last_relation(sentence) or related
    return Reading(found=tuple(found[:MOST]), ended=tuple(over), moved=moved)


def _asked_for(
    sentence: str, named_days: Sequence[Day], today: date, known: frozenset[str]
) -> Found | None:
    """Return what a request or a question tells all the same: what to remind of, or somebody."""
    return _reminder(sentence, named_days) or _introduced(sentence, today, known)


def _reminder(sentence: str, named_days: Sequence[Day]) -> Found | None:
    """Return what somebody asks to be reminded of on a day: they mean to do it."""
    asked = reminder(sentence) if named_days else ""
    wish = Phrase(kind="commitment", text=asked, sure=0.85)
    return _found(wish, sentence, named_days[0].day) if asked else None


def _taken_in(change: Change, sentence: str, found: list[Found], over: list[Ended]) -> Moved | None:
    """Have what a message told so far be on another day, or be off.

    What it did not tell itself ends, or is returned as moved.
    """
    over += [Ended(words=each, event=True) for each in change.off]
    dated = bool(found) and found[-1].due is not None
    if change.last_off and dated:
        over.append(Ended(words=found.pop().text, event=True))
    elif change.last_off and not over:
        over.append(Ended(words="", last=True))
    if change.to is None:
        return None
    if dated:
        found[-1] = _on(found[-1], change.to, sentence)
        return None
    return Moved(day=change.to.day, quote=sentence)


def from_answer(text: str, *, today: date) -> tuple[Found, ...]:
    """Return what a mentor promises in an answer."""
    found: list[Found] = []
    if not may_promise(text):
        return ()
    for sentence in _sentences(text):
        named_days = [each for each in days(sentence, today) if each.day >= today]
        if is_promise(sentence, dated=bool(named_days)):
            found.append(
                Found(
                    kind="promise",
                    slot=event_slot(sentence).replace("event:", "promise:", 1),
                    text=_told(sentence),
                    quote=sentence,
                    language=_language(sentence),
                    confidence=0.85,
                    due=named_days[0].day,
                )
            )
    return tuple(found[:MOST])


def may_tell(text: str) -> bool:
    """Tell whether a message says anything of its writer, and means it."""
    if unmeant(text) is not None:
        return False
    return any(
        idle(each) is None and not about_others(each) and len(each) > SHORTEST
        for each in _sentences(text)
    )


def _sentences(text: str) -> list[str]:
    return [each for each in sentences(bare(text)) if len(each) <= LONGEST_SENTENCE]


def _of_sentence(sentence: str, today: date, related: str, known: frozenset[str]) -> list[Found]:
    if (wish := _reminder(sentence, days(sentence, today))) is not None:
        return [wish]
    rules = korean if has_hangul(sentence) else english
    found = [_found(each, sentence, None) for each in rules.named(sentence.strip(" .!~"))]
    told: list[Found] = []
    if rules is english and (people := [*english.introduced(sentence)]):
        return [*found, *(_found(each, sentence, None) for each in people)]
    dated = bool(days(sentence, today))
    parts, whole = clauses(sentence), sentence.strip(" .!~ㅠㅜ")
    for clause in parts:
        named_days = days(clause, today) if dated else []
        phrase = _best(clause, sentence, named_days, related, known)
        if phrase is not None:
            told.append(_found(phrase, clause, _due(phrase, clause, named_days)))
        elif told and named_days and WHEN.match(clause):
            told[-1] = _on(told[-1], named_days[0], clause)
    if not told and not found and parts != [whole]:
        # what is said over several clauses
        named_days = days(sentence, today) if dated else []
        phrase = _best(whole, sentence, named_days, related, known)
        if phrase is not None:
            told.append(_found(phrase, sentence, _due(phrase, sentence, named_days)))
    if len(told) == 1 and not found and not told[0].made and len(sentence) <= WHOLE:
        due = told[0].due or _due(told[0], sentence, days(sentence, today))
        told = [structs.replace(told[0], text=_told(sentence), quote=sentence, due=due)]
    return found + told


def _instead(
    sentence: str, today: date, related: str, known: frozenset[str]
) -> tuple[str, list[Found]] | None:
    """Return what a sentence drops and the goal that it names in its place, or None."""
    if (given_up := dropped(sentence)) is None:
        return None
    what, rest = given_up
    told = _of_sentence(rest, today, related, known)
    return (what, told) if any(each.kind == "goal" for each in told) else None


def _best(
    clause: str, sentence: str, named_days: Sequence[Day], related: str, known: frozenset[str]
) -> Phrase | None:
    """Return the most telling that a clause says."""
    rules = korean if has_hangul(sentence) else english
    others, theirs = about_others(sentence), _is_theirs(clause)
    phrases: Iterator[Phrase] = rules.read(clause, named_days, related=related, known=known)
    for phrase in phrases:
        if phrase.kind == "deadline" and theirs:
            continue
        if phrase.kind in ("name", "person", "deadline") or not others:
            return phrase
    return None


def _is_theirs(clause: str) -> bool:
    return is_theirs(clause) and ALONE.search(clause) is not None


def _due(phrase: Phrase | Found, text: str, named_days: Sequence[Day]) -> date | None:
    """Return when something is due; a goal only when a day bounds it."""
    if not named_days or phrase.kind not in DATED:
        return None
    if phrase.kind == "person" and _is_theirs(text):
        return None
    return named_days[0].day if phrase.kind != "goal" or is_due(text, named_days) else None


def _introduced(sentence: str, today: date, known: frozenset[str]) -> Found | None:
    """Return a person whom a sentence names in passing: "My therapist Anne says …"."""
    if idle(sentence) != "quotation":
        return None
    rules = korean if has_hangul(sentence) else english
    for phrase in rules.read(sentence, (), related="", known=frozenset()):
        if phrase.kind == "person" and phrase.about and not phrase.about.startswith("count"):
            return _found(phrase, sentence, None)
    return None


def _found(phrase: Phrase, quote: str, due: date | None) -> Found:
    return Found(
        kind=phrase.kind,
        text=_told(phrase.text),
        quote=quote,
        language=_language(phrase.text),
        slot=phrase.about,
        confidence=phrase.sure,
        due=due,
        made=phrase.made,
    )


def _told(words: str) -> str:
    """Return words as a text by itself: "And I'll ask" is "I'll ask"."""
    text = shortened(words, LONGEST).strip(" .!~❝")
    lead = LEAD.match(text)
    if lead is None:
        return text
    rest = text[lead.end() :]
    return f"{rest[:1].upper()}{rest[1:]}" if text[0].isupper() else rest


def _is_afterthought(sentence: str, named_days: Sequence[Day]) -> bool:
    return len(sentence) <= AFTERTHOUGHT and len(named_days) == 1 and len(sentence.split()) <= 4


def _on(found: Found, day: Day, sentence: str) -> Found:
    text = shortened(f"{found.text}. {sentence}", LONGEST)
    return structs.replace(found, text=text, quote=f"{found.quote} {sentence}", due=day.day)


def _language(text: str) -> str:
    return "ko" if has_hangul(text) else "en"
