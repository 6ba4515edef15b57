"""Rules that find facts in an English clause."""

from collections.abc import Iterator, Sequence

from sessions.memory.dates import Day, is_due

from . import english_patterns as its
from .found import Phrase
from .slots import EVENT_EN, event_slot, person_slot

__all__ = [
    "corrected",
    "ended",
    "introduced",
    "last_relation",
    "named",
    "names_somebody",
    "read",
    "tells",
]


# What says when an event is.
_DATING = (its.DUE, its.HAVE, its.MOVED)


def named(sentence: str) -> Iterator[Phrase]:
    """Yield the user's name as they give it in a sentence."""
    if (match := its.NAMED.search(sentence)) is None or its.NOT.search(sentence):
        return
    name = next(each for each in match.groups() if each)
    first = name.split()[0].casefold()
    if first in its.NO_NAME or first in its.PEOPLES or len(name) < 2 or its.MOODS.fullmatch(name):
        return
    name = name if name[0].isupper() else name.capitalize()
    yield Phrase(kind="name", text=f"My name is {name}", about="name", sure=0.95, made=True)


def introduced(sentence: str) -> Iterator[Phrase]:
    """Yield people whom a sentence names before it says who they are: "Sam, my partner, …"."""
    for match in its.NAMED_FIRST.finditer(sentence):
        if _is_name(match["name"]):
            about = person_slot(match["who"], match["name"])
            yield Phrase(kind="person", text=sentence, about=about, sure=0.9)
    if its.HAVING.search(sentence) is None:
        return
    for match in its.HAD.finditer(sentence):
        if _is_name(match["name"]):
            text = f"My {match['who'].casefold()}'s name is {match['name']}"
            about = person_slot(match["who"], match["name"])
            yield Phrase(kind="person", text=text, about=about, sure=0.9, made=True)


def read(
    clause: str, named_days: Sequence[Day], *, related: str, known: frozenset[str]
) -> Iterator[Phrase]:
    """Yield what a clause tells, the most telling first.

    `named_days` are the days to come that it names, `related` is the last relation that was
    named before, `known` are names of people, in lower case.
    """
    yield from _commitment(clause, dated=bool(named_days))
    yield from _person(clause, related, known)
    if named_days:
        yield from _deadline(clause, named_days)
    yield from _goal(clause)
    yield from _obstacle(clause)
    yield from _preference(clause)
    yield from _role(clause)


def tells(sentence: str, known: frozenset[str]) -> bool:
    """Tell whether a sentence can tell anything: of the user, or of somebody who is known."""
    return its.SELF.search(sentence) is not None or _knows(sentence, known)


def names_somebody(text: str) -> bool:
    """Tell whether a sentence of a text may be about somebody by name: "Leo is a vet"."""
    return its.ABOUT.search(text) is not None


def last_relation(clause: str) -> str:
    """Return the relation that a clause speaks of, "" when none."""
    found = [each["who"] for each in its.RELATED.finditer(clause)]
    return found[-1] if found else ""


def ended(sentence: str) -> Iterator[str]:
    """Yield what a sentence says to be over, or to have been wrong."""
    for match in its.ENDED.finditer(sentence):
        yield next(each for each in match.groups() if each)


def corrected(sentence: str) -> Iterator[str]:
    """Yield names that a sentence says to be wrong."""
    yield from (each["x"] for each in its.CORRECTED.finditer(sentence))


def _commitment(clause: str, *, dated: bool) -> Iterator[Phrase]:
    if (match := its.INTENT.search(clause)) is None:
        planned = its.PLAN.search(clause) if dated else None
        if planned is not None and not its.NO_INTENT.match(planned["x"] or ""):
            yield Phrase(kind="commitment", text=clause, sure=0.7)
        return
    promised, doing = match["y"] is not None, (match["x"] or "").strip()
    if not promised and its.NO_INTENT.match(doing):
        return
    acts = its.DOING.match(doing) is not None and len(doing.split()) > 1
    if promised or its.AGAIN.search(clause) or acts or (dated and len(doing.split()) > 1):
        yield Phrase(kind="commitment", text=clause, sure=0.85 if dated or promised else 0.7)


def _person(clause: str, related: str, known: frozenset[str]) -> Iterator[Phrase]:
    matches = () if its.TITLE.match(clause) else its.PERSON.finditer(clause)
    people = [each for each in matches if _is_name(each["name"])]
    people = people or [
        *its.CALLED.finditer(clause),
        *its.OTHER_PERSON.finditer(clause),
        *its.SMALL_NAME.finditer(clause),
    ]
    for match in people:
        about = person_slot(match["who"], match["name"].split()[-1])
        right = its.WRONG.sub("", clause)
        made = right != clause
        yield Phrase(kind="person", text=right, about=about, sure=0.9, made=made)
    if people:
        return
    if related and (called := its.PRONOUN.search(clause)) is not None:
        text = f"My {related.casefold()}'s name is {called['name']}"
        about = person_slot(related, called["name"])
        yield Phrase(kind="person", text=text, about=about, sure=0.85, made=True)
    elif (counted := its.COUNTED.search(clause)) is not None:
        yield Phrase(kind="person", text=clause, about=f"count:{person_slot(counted['who'])}")
    elif its.KNOWN_PERSON.search(clause) or _knows(clause, known):
        yield Phrase(kind="person", text=clause)


def _knows(clause: str, known: frozenset[str]) -> bool:
    """Tell whether a clause begins with somebody who was told of before."""
    match = its.SUBJECT.match(clause)
    return match is not None and match["name"].casefold() in known


def _is_name(name: str) -> bool:
    first = name.split()[0].casefold()
    kin = its.RELATION.match(name) is not None
    return not kin and first not in its.NO_NAME and first not in its.PEOPLES


def _deadline(clause: str, named_days: Sequence[Day]) -> Iterator[Phrase]:
    event = EVENT_EN.search(clause)
    bounded = is_due(clause, named_days)
    if "today" in clause.casefold() and not its.MUST.search(clause):
        return
    if its.SINCE.search(clause) or (its.VAGUE.search(clause) and not bounded):
        return
    if _begins(clause, named_days):
        return
    if event is not None and any(each.search(clause) for each in _DATING):
        yield Phrase(kind="deadline", text=clause, about=event_slot(clause), sure=0.85)
    elif its.LAUNCH.search(clause):
        yield Phrase(kind="deadline", text=clause, about="event:launch", sure=0.85)
    elif next(_goal(clause), None) is None and not its.YOU.search(clause):
        owned = (bounded or its.MUST.search(clause)) and its.OWN.search(clause)
        if owned or its.ENDS.search(clause) or _is_set(clause, named_days) or _is_bare(clause):
            yield Phrase(kind="deadline", text=clause, sure=0.7)


def _begins(clause: str, named_days: Sequence[Day]) -> bool:
    """Tell whether something goes on from a day on, and has no other: "more rent from January"."""
    day = named_days[0]
    before, word = clause[: day.start], clause[day.start : day.end].partition(" ")[0]
    begins = its.FROM.search(before) or word.casefold() == "from"
    return len(named_days) == 1 and bool(begins) and not its.IS_FROM.search(clause)


def _is_bare(clause: str) -> bool:
    """Tell whether a clause says no more than that something is on a day."""
    if len(clause.split()) > 10:
        return False
    return any(each.match(clause) for each in (its.BARE_EVENT, its.SHORT_EVENT))


def _is_set(clause: str, named_days: Sequence[Day]) -> bool:
    """Tell whether a clause says that there is something on a day that it names soon after."""
    return any(
        0 <= day.start - match.end() <= 40
        for match in its.SET.finditer(clause)
        for day in named_days
    )


def _goal(clause: str) -> Iterator[Phrase]:
    if (match := its.STATED.search(clause)) is not None:
        words = next(each for each in match.groups() if each)
        if len(words) > 3 and not its.NO_ROLE.match(words) and not its.TASK.search(clause):
            yield Phrase(kind="goal", text=clause, sure=0.9)
    elif (match := its.WISH.search(clause)) is not None:
        words = next(each for each in match.groups() if each)
        if its.NOT.search(clause[: match.start() + 12]):
            return
        bounded = its.BOUNDED.search(words) and len(words.split()) > 4
        lasting = its.LASTING.match(words) and len(words.split()) > 1
        if (lasting or bounded) and not its.TASK.search(clause) and not its.NO_GOAL.match(words):
            yield Phrase(kind="goal", text=clause, sure=0.75)


def _obstacle(clause: str) -> Iterator[Phrase]:
    met = its.OBSTACLE.search(clause) and not its.NO_OBSTACLE.search(clause)
    if met and not its.TASK.search(clause) and len(clause.split()) > 3:
        yield Phrase(kind="obstacle", text=clause, sure=0.7)


def _preference(clause: str) -> Iterator[Phrase]:
    if (match := its.PREFERENCE.search(clause)) is None:
        return
    words = next((each for each in match.groups() if each is not None), "")
    if not its.NO_PREFERENCE.match(words) or match["h"] is not None:
        yield Phrase(kind="preference", text=clause, sure=0.75)


def _role(clause: str) -> Iterator[Phrase]:
    if its.ROLE.search(clause) and not its.NO_ROLE.search(clause):
        about = "role:study" if its.STUDY.search(clause) else "role"
        yield Phrase(kind="role", text=clause, about=about, sure=0.85)
