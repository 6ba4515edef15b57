"""Answers what the user asks to be reminded of, from the notes and the messages themselves."""

import re
from collections.abc import Callable, Iterable, Sequence

from sessions.conversation import Conversation, Note, Remembered
from sessions.llm.offline import english
from sessions.llm.offline.acts import read_act, without_greeting
from sessions.llm.offline.book import Book
from sessions.llm.offline.facts import voice
from sessions.llm.offline.inquiry import read_inquiry, told_of
from sessions.llm.offline.knowing import (
    all_of_you,
    coming_fillers,
    day_of,
    job_fillers,
    person_fillers,
    pledge_fillers,
    promise_fillers,
    you_fillers,
)
from sessions.llm.offline.korean import goal_noun
from sessions.llm.offline.speaking import speaks_of
from sessions.llm.offline.writer import Writer
from sessions.memory.extract.slots import event_slot, told_apart
from sessions.memory.likeness import unstamped
from sessions.notes.clauses import has_hangul, prose, sentences, shortened

__all__ = ["RECALLS", "recall", "recall_fillers"]

RECALLS = frozenset(
    f"recall_{kind}"
    for kind in (
        *("name", "person", "goal", "advice", "summary", "deadline", "obstacle", "about", "said"),
        *("me", "role", "promise", "pledge", "coming", "told"),
    )
)
FOUND_CHARS = 160
SMALL = re.compile(
    r"\b(?:the|a|an|my|our|about|earlier|before|again|today|that|this|it|to you|so far|here|all)\b"
    r"|(?:에 대해|에게|한테|에서|에|은|는|이|가|을|를|랑|의)$"
    r"|^(?:제가|내가|제|내|우리|그|아까|전에)\s",
    re.IGNORECASE,
)
QUESTION = re.compile(r"\?|뭐라고|뭐였|기억")
ADVISED = re.compile(r"^(?:\d\)|[-*](?!\*))?\s*(?:\*\*[^*]+\*\*)?\s*")
FIRST_STEP = re.compile(r"^1\) (?!\*\*)(.+)$", re.MULTILINE)
# What follows the name of an event in a question.
AFTER = frozenset(["again", "exactly", "now", "due", "please", "happening", "scheduled", "on"])
ANY_DATE = re.compile(r"date|deadline|기한|마감|날짜")
NO_ADVICE_CHARS = 25
INTRODUCED = re.compile(r"\b[Mm]y name\b|\bi'?m [A-Z][a-z]+[.!,]?$|이름은|라고 (?:해|합|불)|\?$")


def recall_fillers(
    act: str,
    about: str,
    talk: Conversation,
    notes: tuple[Note, ...],
    language: str,
    *,
    remembered: Sequence[Remembered] = (),
) -> dict[str, str]:
    """Return the fillers that answer an act of RECALLS; what was never said stays away.

    `remembered` is what is known from earlier conversations, the most relevant first.
    """
    if act == "recall_me" and (known := you_fillers(remembered, language)):
        return known
    found: dict[str, str] = {}
    goals = [_goal(each.text, language) for each in notes if each.kind == "goal"]
    if goals:
        found["goal"] = goals[-1]
        found["to_goal"] = english.want(goals[-1]) if language == "en" else goals[-1]
    if goals[:-1]:
        found["older"] = "; ".join(goals[:-1][-3:])
    found |= _lists(notes, language)
    if act == "recall_deadline" and about and not ANY_DATE.search(about):
        found.pop("dated", None)
        named = event_slot(about)
        # a physics exam has not the day of the math exam
        remembered = [each for each in remembered if not told_apart(named, event_slot(each.text))]
        found |= _day(about, notes, language, remembered)
    if act == "recall_told" or (act == "recall_deadline" and "dated" not in found):
        found |= _told_fillers(about, talk, remembered, language)
    texts = [turn.user_text for turn in talk.recent]
    found |= _known(act, about, talk, notes, remembered)
    if act == "recall_advice" and (
        advice := _advice(turn.answer for turn in reversed(talk.recent))
    ):
        found["advice"] = advice
    if texts and (told := _telling(texts, language)):
        found["first"] = told
    return found


def _told_fillers(
    question: str, talk: Conversation, remembered: Sequence[Remembered], language: str
) -> dict[str, str]:
    """Return the fillers that answer a question for something that was told."""
    asked = read_inquiry(question, language)
    told = told_of(asked, talk, remembered, language) if asked is not None else None
    if told is None:
        return {}
    return {"value": told.value, "Value": english.capitalised(told.value), "found": told.found}


def _known(
    act: str,
    about: str,
    talk: Conversation,
    notes: tuple[Note, ...],
    remembered: Sequence[Remembered],
) -> dict[str, str]:
    """Return the fillers that memory has for an act, or this conversation."""
    texts = [turn.user_text for turn in talk.recent]
    if act == "recall_person":
        return person_fillers(about, texts, notes, remembered)
    if act == "recall_about":
        before = [unstamped(each.text) for each in remembered if each.own]
        return _about(about, [*reversed(before), *texts], notes)
    if act == "recall_said" and texts:
        return {"found": _cut(texts[-1])}
    if act == "recall_role":
        return job_fillers(texts, remembered)
    if act == "recall_pledge":
        return pledge_fillers(texts, remembered)
    if act == "recall_promise":
        return promise_fillers([turn.answer for turn in talk.recent], remembered)
    return coming_fillers(notes, remembered) if act == "recall_coming" else {}


def _day(
    about: str, notes: tuple[Note, ...], language: str, remembered: Sequence[Remembered]
) -> dict[str, str]:
    """Return the filler for the day of what was asked for, by the last word that names it."""
    words = [each for each in about.split() if each.casefold() not in AFTER]
    what = (words or about.split())[-1]
    named = [each.casefold() for each in about.split()]
    kept = [
        each
        for each in remembered
        if each.own and each.kind == "deadline" and what.casefold() in each.text.casefold()
    ]
    dates = [each for each in _of(notes, "deadline") if what in each]
    shared = [sum(one in each.text.casefold() for one in named) for each in kept]
    # notes say "exam" of the maths exam
    if kept and (not dates or 1 < len(named) == max(shared)):
        known = max(zip(shared, kept, strict=True), key=lambda each: (each[0], each[1].at))[1]
        return {"dated": day_of(known)}
    return {"dated": voice(language).dated(dates[-1])} if dates else {}


def recall(act: str, writer: Writer, book: Book, *, whole: bool = True) -> list[str]:
    """Return the sentences that answer an act of RECALLS, honest when nothing was said.

    When memory could not be read as a `whole`, nobody can tell that.
    """
    return [piece for piece in _pieces(act, writer, book, whole=whole) if piece]


def _pieces(act: str, writer: Writer, book: Book, *, whole: bool) -> Iterable[str | None]:
    def one(move: str) -> str | None:
        return writer.pick(*book.pool(move), again=True)

    if act == "recall_me":
        yield from _me(one) if whole else [*all_of_you(one), one("unread")]
        return
    if act == "recall_summary":
        yield from _summary(one)
        return
    kind = act.removeprefix("recall_")
    base = {"deadline": "date"}.get(kind, kind)
    answer = one(f"{base}_is") or (one("told_is") if kind == "deadline" else None)
    if answer is None and not whole:
        yield one("unread")
        return
    if answer is None and (kept := one("kept")) is not None:
        yield kept
        return
    yield answer or one(f"{base}_none")
    if answer and kind == "goal":
        yield one("goals_before")
    yield (
        None if answer and kind == "told" else one(f"{base}_ask" if answer else f"{base}_ask_none")
    )


def _me(one: Callable[[str], str | None]) -> Iterable[str | None]:
    """Tell what memory has; when it has nothing, that, and what this conversation told."""
    if known := [*all_of_you(one)]:
        yield from known
        return
    yield one("me_none")
    told = [*_summary(one)]
    yield from told if len(told) > 1 else [one("me_ask_none")]


def _summary(one: Callable[[str], str | None]) -> Iterable[str | None]:
    lines = ("goal", "obstacle", "people", "date", "feeling", "tried")
    told = [found for each in lines if (found := one(f"sum_{each}"))]
    words = one("sum_words")
    if not told and words is None:
        yield one("sum_none")
        return
    yield one("sum_open")
    yield from (f"- {each}" for each in (*told, words) if each)
    yield one("sum_ask")


def _goal(text: str, language: str) -> str:
    return goal_noun(text) if language == "ko" else english.goal_phrase(text)


def _lists(notes: tuple[Note, ...], language: str) -> dict[str, str]:
    says = voice(language)
    found: dict[str, str] = {}
    told = {
        "obstacles": [said for each in _of(notes, "obstacle") for said in says.recalled(each)[:1]],
        "attempts": [said for each in _of(notes, "tried") for said in says.recalled(each)[:1]],
        "people": [says.person(each) for each in _of(notes, "person")],
        "dates": [says.dated(each) for each in _of(notes, "deadline")],
        "moods": _of(notes, "feeling"),
    }
    quoted = "”, “" if language == "ko" else "; "
    for slot, parts in told.items():
        if parts:
            joint = quoted if slot in ("obstacles", "attempts") else ", "
            found[slot] = joint.join(parts[-4:])
    if told["dates"]:
        found["dated"] = told["dates"][-1]
    return found


def _of(notes: tuple[Note, ...], kind: str) -> list[str]:
    return [note.text for note in notes if note.kind == kind]


def _about(about: str, texts: list[str], notes: tuple[Note, ...]) -> dict[str, str]:
    topic = " ".join(SMALL.sub(" ", about).split()).strip(" '\"“”")
    if not topic:
        return {}
    shown = topic if has_hangul(topic) else english.flip(about.strip(" '\"“”"))
    found = {"about": shown, "About": english.capitalised(shown)}
    said = (each for text in reversed(texts) for each in reversed(sentences(prose(text))))
    told = next((each for each in said if speaks_of(each, topic) and _tells(each, topic)), "")
    if told:
        return found | {"found": _cut(told)}
    # a note that is nothing but the word that was asked for tells nothing
    telling = (note.text for note in reversed(notes) if note.text.casefold() != topic.casefold())
    told = next((text for text in telling if speaks_of(text, topic)), "")
    return found | ({"found": told} if told else {})


def _tells(sentence: str, topic: str) -> bool:
    """Tell whether a sentence says something of a topic, and asks for nothing that was said."""
    spare = 0 if has_hangul(sentence) else 1
    asks = QUESTION.search(sentence) or read_act(sentence, _language(sentence)).name in RECALLS
    return not asks and len(sentence.split()) > len(topic.split()) + spare


def _language(text: str) -> str:
    return "ko" if has_hangul(text) else "en"


def _cut(text: str) -> str:
    return shortened(text, FOUND_CHARS).rstrip(" .,;…").replace("“", "'").replace("”", "'")


def _telling(texts: list[str], language: str) -> str:
    says = voice(language)
    for text in texts:
        for sentence in sentences(prose(without_greeting(text))):
            if says.heard(sentence) and not INTRODUCED.search(sentence):
                return _cut(sentence)
    return ""


def _advice(answers: Iterable[str]) -> str:
    """Return the newest sentence of an answer that told to do something."""
    for answer in answers:
        if (first := FIRST_STEP.search(answer)) is not None:
            return _cut((sentences(first[1]) or [""])[0])
        for line in answer.splitlines():
            told = (sentences(ADVISED.sub("", line)) or [""])[0]
            if line.startswith(
                ("**Rec", "**Next", "**You", "**제안", "**다음", "**먼저")
            ) or re.match(r"\d\) \*\*(?:Solution|Next step|Steps|해결|다음|단계)", line):
                return _cut(told)
        paragraphs = [each for each in answer.split("\n\n") if "?" not in each]
        if len(paragraphs) > 1 and len(paragraphs[-1]) > NO_ADVICE_CHARS:
            return _cut(sentences(paragraphs[-1])[-1])
    return ""
