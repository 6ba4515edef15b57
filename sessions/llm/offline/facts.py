"""What is known at this point, as fillers for templates: from notes, past turns and the text."""

import re
from collections.abc import Callable

from msgspec import Struct

from sessions.conversation import Conversation, Note
from sessions.llm.offline import english, korean
from sessions.llm.offline.trouble import is_good
from sessions.llm.provider import Prompt
from sessions.notes import extract
from sessions.notes.injected import uninjected
from sessions.notes.korean import is_trouble

__all__ = ["Facts", "gather", "voice"]

NO_PARTNER = re.compile(
    r"^(?:dogs?|cats?|ex\b.*|kids?|children|parents|friends|family|team|doctor|therapist|crush|son"
    r"|daughter|강아지|고양이|전\s?남친|전\s?여친|부모님|아들|딸|고객|거래처|시댁)$"
)
LOVED = re.compile(
    r"girlfriend|boyfriend|husband|wife|partner|fianc|^[gb]f$|남자|여자|남친|여친|남편|아내|와이프|애인|썸"
)
SOON = re.compile(r"\b(?:tomorrow|tonight|today|\d+ ?[ap]m)\b|오늘|내일|모레")
GLAD = frozenset(
    (
        *("happy", "proud", "excited", "relieved", "hopeful", "grateful", "calm", "better"),
        *("confident", "기쁨", "행복", "설렘", "뿌듯함", "신남", "안도", "후련함"),
    )
)
FIGURE = re.compile(
    r"(?:[$€£₩]\s?)?\d[\d,.]*(?:\s?(?:%|k\b|percent|dollars|euros|hours?|days?|weeks?|months?|years?"
    r"|people|points|만\s?원|천\s?원|억|원|시간|분|일|주|개월|달|년|명|점|개|회|번|살))?",
    re.IGNORECASE,
)
NAMES_KO = {"lua": "루아", "elro": "엘로", "riri": "리리", "nana": "나나"}
ECHO_CHARS = 40
FEW = 4
DARK = 0.6
FIGURE_CHARS = 1_000
WARM = frozenset(["grief", "lonely", "love", "rest"])
# Whoever is named here is missed, or is not there yet.
ALONE = frozenset(["grief", "lonely"])
COOL = frozenset(["code", "money", "create"])


class Facts(Struct, frozen=True, kw_only=True):
    """Fillers by slot name, the notes of the message, and how it feels.

    `heavy` when it hurts, `weighty` when that is in what can be said back, `glad` when it is good.
    """

    fillers: dict[str, str]
    fresh: tuple[Note, ...]
    heavy: bool
    glad: bool
    weighty: bool


class _Voice(Struct, frozen=True, kw_only=True):
    heard: Callable[[str], list[str]]
    recalled: Callable[[str], list[str]]
    quotable: Callable[[str], str | None]
    also: Callable[[str], str]
    goal: Callable[[str], str]
    person: Callable[[str], str]
    before: Callable[[str], str]
    dated: Callable[[str], str]
    weighty: Callable[[str], bool]


def gather(
    prompt: Prompt, *, language: str, topic: str, topics: set[str], told: str | None = None
) -> Facts:
    """Return the facts at this turn; `topics` are all that the conversation has touched.

    `told` is what the message tells besides a name, if that is not all of it.
    """
    talk = prompt.conversation
    says = voice(language)
    fresh = extract(prompt.text, "now")
    moods = [note.text for note in fresh if note.kind == "feeling"]
    glad = bool(moods) and all(mood in GLAD for mood in moods)
    fillers = _from_text(prompt.text if told is None else told, says) | _from_notes(
        talk, fresh, language, topics
    )
    number = talk.count + 1
    fillers["count"] = str(number)
    if number > 1:
        fillers["many"] = str(number)
    if number <= FEW:
        fillers["few"] = str(number)
    fillers["mentor"] = _mentor(prompt.persona, language)
    if prompt.kept_by:
        fillers["keeper"] = _mentor(prompt.kept_by, language)
    if moods:
        fillers["feeling"] = moods[0]
    tone = prompt.analysis.tone
    dark = sum(tone.get(name, 0.0) for name in ("frustrated", "anxious", "confused"))
    stuck = topic not in COOL and any(note.kind == "obstacle" for note in fresh)
    good = not moods and is_good(prompt.text, language)
    heavy = not (glad or good) and (bool(moods) or stuck or topic in WARM or dark > DARK)
    return Facts(
        fillers=fillers,
        fresh=fresh,
        heavy=heavy,
        glad=glad,
        weighty=heavy and says.weighty(fillers.get("said", "") + fillers.get("also", "")),
    )


def voice(language: str) -> _Voice:
    """Return how a language says things back."""
    if language == "ko":
        return _Voice(
            heard=korean.heard,
            recalled=lambda text: [phrase for phrase in [korean.quotable(text)] if phrase],
            quotable=korean.quotable,
            also=korean.softened,
            goal=korean.goal_noun,
            person=str,
            before=lambda text: text if text.endswith("까지") else f"{text} 전까지",
            dated=str,
            weighty=is_trouble,
        )
    return _Voice(
        heard=english.heard,
        recalled=english.heard,
        quotable=english.quotable,
        also=str,
        goal=english.goal_phrase,
        person=_english_person,
        before=_before,
        dated=lambda text: text if _is_limit(text) else f"your {text}",
        weighty=lambda text: english.TELLING.search(text) is not None,
    )


def _from_text(text: str, says: _Voice) -> dict[str, str]:
    found: dict[str, str] = {}
    text = uninjected(text)
    told = says.heard(text)
    if told:
        found["said"] = told[0]
    if len(told) > 1:
        found["also"] = says.also(told[1])
    if (phrase := says.quotable(text)) is not None:
        found["quote"] = phrase
    bare = " ".join(text.split()).strip(" .!?,~…\"'“”")
    if bare and len(bare) <= ECHO_CHARS and bare.isprintable():
        found["echo"] = bare
    for figure in FIGURE.finditer(text[:FIGURE_CHARS]):
        if not figure[0].strip(" .,").replace(",", "").replace(".", "").isdigit():
            found["figure"] = figure[0].strip(" .,")
            break
    return found


def _from_notes(
    talk: Conversation, fresh: tuple[Note, ...], language: str, topics: set[str]
) -> dict[str, str]:
    says = voice(language)
    notes = talk.summary.notes
    found = _steady(notes, fresh, language)
    for kind in ("obstacle", "tried"):
        told = says.recalled(_last(notes, kind))
        if told:
            found[kind] = told[0]
    moods = [note.text for note in notes if note.kind == "feeling" and note.text not in GLAD]
    if moods:
        found["felt"] = moods[-1]
    who = _person((*notes, *fresh), topics)
    if who:
        found["person"] = says.person(who)
        told_now = any(note.text == who for note in fresh)
        if told_now and any(note.text == who for note in notes):
            found["again"] = found["person"]
        mentions = sum(1 for turn in talk.recent if _key(who) in turn.user_text.casefold())
        if mentions > 1:
            found["mentions"] = str(mentions + told_now)
            found["often"] = found["person"]
    return found


def _steady(notes: tuple[Note, ...], fresh: tuple[Note, ...], language: str) -> dict[str, str]:
    """Return name, goal and date; a goal that is being told in this message is not yet known."""
    says = voice(language)
    found: dict[str, str] = {}
    if name := _last((*notes, *fresh), "name"):
        found["name"] = name
    goal = _last(notes, "goal")
    if goal and not _last(fresh, "goal") and (language == "ko" or english.is_fit(goal)):
        found["goal"] = says.goal(goal)
        found["to_goal"] = english.want(goal) if language == "en" else found["goal"]
    date = _last(fresh, "deadline") or _last(notes, "deadline")
    if date and (not SOON.search(date) or _last(fresh, "deadline")):
        found["dated"], found["before"] = says.dated(date), says.before(date)
    return found


def _last(notes: tuple[Note, ...], kind: str) -> str:
    return next((note.text for note in reversed(notes) if note.kind == kind), "")


def _person(notes: tuple[Note, ...], topics: set[str]) -> str:
    if topics & ALONE:
        return ""
    for note in reversed(notes):
        if note.kind != "person" or NO_PARTNER.match(note.text):
            continue
        if "love" not in topics or not LOVED.search(note.text):
            return note.text
    return ""


def _key(person: str) -> str:
    return person.split()[-1].casefold()


def _english_person(text: str) -> str:
    name = text.split()[-1]
    return name if name[0].isupper() else f"your {text}"


def _is_limit(text: str) -> bool:
    return re.match(r"(?:by|before|until|till|due)\b", text) is not None


def _before(text: str) -> str:
    if _is_limit(text):
        return re.sub(r"^due (?:by |on |in )?", "by ", text)
    if (limit := re.search(r"\b(?:by|before|until|due(?: on| by)?) .*", text)) is not None:
        return re.sub(r"^due (?:by |on )?", "by ", limit[0])
    return f"before your {text}"


def _mentor(persona: str, language: str) -> str:
    return NAMES_KO.get(persona, persona.title()) if language == "ko" else persona.title()
