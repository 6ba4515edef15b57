"""What a message does at this point of a conversation, given what was said before it."""

import re

from msgspec import Struct

from sessions.llm.offline.acts import Act, read_act
from sessions.llm.offline.care import ASKING
from sessions.llm.offline.inquiry import own_matter, read_inquiry, told_of
from sessions.llm.offline.meeting import besides_name, tells
from sessions.llm.offline.pieces import Piece, read_piece
from sessions.llm.offline.planning import is_bare, matter_of
from sessions.llm.offline.plans import POLITE
from sessions.llm.offline.recall import RECALLS, recall_fillers
from sessions.llm.provider import Prompt
from sessions.memory.asked import asked, asks_for_all
from sessions.memory.dates import names_day
from sessions.memory.sensitivity import is_sensitive
from sessions.notes import extract
from sessions.notes.clauses import prose, sentences

__all__ = ["EARLY_TURNS", "Doing", "read_doing"]

# So many turns somebody is listened to before anything is proposed unasked.
EARLY_TURNS = 5
OWN_CHARS = 1_000
# A wish for advice that names nothing has at most so many words.
EMPTY_WORDS = 5
WISH_CHARS = 60
TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b|오늘", re.IGNORECASE)
WISHED = re.compile(r"plan|schedule|step|list|계획|일정|순서|단계", re.IGNORECASE)
QUESTION_WORD = re.compile(
    r"\b(?:what|who|when|where|which|why|how|is|are|does|do|did|can|could|was|were|will|has)\b"
    r"|뭐|뭔|무엇|누가|누구|언제|어디|몇|얼마|어느|무슨|어떤|왜",
    re.IGNORECASE,
)
OWN = {
    "en": re.compile(r"\b(?:i|i'm|im|i've|me|my|mine|we|us|our|you|your|she|he|her|him)\b", re.I),
    "ko": re.compile(
        r"(?<![가-힣])(?:저|나|제|내|우리|전|난|날|절|너|넌|네)(?:는|가|를|도|한테|에게|의|만|랑)?\s"
        r"|걔|그 사람|그분|[할갈될칠볼]까|좋을까|괜찮|어떻게|어떡|어때|싶|인가 봐"
    ),
}
# A good word after advice is about the advice.
AGREES = re.compile(r"\b(?:good|fine|great|okay|ok|alright)\b|좋아|괜찮", re.IGNORECASE)


class Doing(Struct, frozen=True, kw_only=True):
    """The act of a message, and the short answer that it is, if it is one.

    `told` is what it tells besides a name, None when that is all of it; `blank` when nothing was
    told before.
    """

    act: Act
    piece: Piece | None = None
    told: str | None = None
    blank: bool = False


def read_doing(prompt: Prompt, language: str) -> Doing:
    """Return what the message of `prompt` does."""
    earlier = [turn.user_text for turn in prompt.conversation.recent]
    early = prompt.conversation.count < EARLY_TURNS
    blank = early and not any(tells(each, language) for each in earlier)
    act = _plain_act(prompt, language)
    name = next((note.text for note in extract(prompt.text, "now") if note.kind == "name"), "")
    if name:
        told = besides_name(prompt.text, name)
        return Doing(act=_with_name(act, told, language), told=told, blank=blank)
    if act.name == "presence" and blank:
        return Doing(act=Act(name="greeting"), blank=blank)
    if act.name == "remind":
        return Doing(act=_reminding(prompt), blank=blank)
    if act.name == "plan" and blank and is_bare(prompt.text):
        return Doing(act=Act(name="plan_for"), blank=blank)
    if act.name == "tell" and _says_what_for(prompt.text, earlier[-1:], language):
        return Doing(act=Act(name="plan"), blank=blank)
    if act.name in ("help", "advice"):
        short = len(prompt.text.split()) <= EMPTY_WORDS and not matter_of(prompt.text, language)
        empty = blank and (act.name == "help" or short)
        return Doing(act=Act(name="help" if empty else "advice"), blank=blank)
    if act.name == "state" and AGREES.search(prompt.text) and _was_advised(earlier[-1:], language):
        act = Act(name="accept")
    if act.name == "reject" and early and not _was_advised(earlier, language):
        act = Act(name="tell")
    piece = read_piece(prompt.text, language) if act.name in ("tell", "number") else None
    return Doing(act=act if piece is None else Act(name="piece"), piece=piece, blank=blank)


def _reminding(prompt: Prompt) -> Act:
    """Return what is done for who asks to be reminded: only what has a day is kept, if anything."""
    if not names_day(prompt.text):
        return Act(name="tell")
    if prompt.promises == "none":
        return Act(name="remind_not")
    if is_sensitive(prompt.text):
        return Act(name="remind_private")
    return Act(name="remind_today" if TODAY.search(prompt.text) else "remind")


def _says_what_for(text: str, before: list[str], language: str) -> bool:
    """Tell whether a message names what the plan is for that was wished for before it."""
    short = (each for each in before if len(each) <= WISH_CHARS and WISHED.search(each))
    wished = any(is_bare(each) and read_act(each, language).name == "plan" for each in short)
    return wished and matter_of(text, language) != ""


def _with_name(act: Act, told: str, language: str) -> Act:
    if act.name in RECALLS:
        return act
    rest = read_act(told, language) if told else Act(name="empty")
    return Act(name="introduce") if rest.name in POLITE else rest


def _was_advised(earlier: list[str], language: str) -> bool:
    """Tell whether there is something that could be turned down."""
    return any(read_act(each, language).name in ASKING | {"should"} for each in earlier)


def _plain_act(prompt: Prompt, language: str) -> Act:
    if asks_for_all(prompt.text):
        return Act(name="recall_me")
    act = _last_asked(prompt.text, read_act(prompt.text, language), language)
    if (
        act.name in ("tell", "fact")
        and (name := asked(prompt.text).who)
        and _is_known(name, prompt)
    ):
        return Act(name="recall_about", about=name)
    if act.name in ("tell", "fact", "how") and _was_told(prompt, language):
        return Act(name="recall_told", about=prompt.text)
    if act.name == "tell" and (about := own_matter(prompt.text)) and _says_of(about, prompt):
        return Act(name="recall_about", about=about)
    if prompt.language not in ("en", "ko") and act.name in ("tell", "code"):
        return Act(name="foreign")
    if act.name == "tell" and _asks_the_world(prompt.text, language):
        return Act(name="fact")
    return act


def _last_asked(text: str, act: Act, language: str) -> Act:
    """Return what a message that tells how something went asks for at its end, if it does."""
    if act.name not in ("progress_bad", "progress_good"):
        return act
    *told, end = sentences(prose(text)) or [""]
    asked = read_act(end, language) if told else act
    return asked if asked.name in ("plan", "how", "advice") else act


def _was_told(prompt: Prompt, language: str) -> bool:
    """Tell whether the message asks for something that the user told, or alone could have."""
    asked = read_inquiry(prompt.text, language)
    if asked is None:
        return False
    elsewhere = asked.own or prompt.kept_by != ""
    return elsewhere or told_of(asked, prompt.conversation, prompt.remembered, language) is not None


def _says_of(about: str, prompt: Prompt) -> bool:
    """Tell whether the user has said something of it."""
    talk = prompt.conversation
    return "found" in recall_fillers(
        "recall_about", about, talk, (), "en", remembered=prompt.remembered
    )


def _is_known(name: str, prompt: Prompt) -> bool:
    """Tell whether the user has told of somebody by this name."""
    said = [turn.user_text for turn in prompt.conversation.recent]
    return any(name in each for each in (*said, *(each.text for each in prompt.remembered)))


def _asks_the_world(text: str, language: str) -> bool:
    """Tell whether the message is a question that is not about the user."""
    said = sentences(prose(text))
    asked = [each for each in said if each.endswith("?") and QUESTION_WORD.search(each)]
    own = OWN[language].search(text[:OWN_CHARS]) is not None
    return bool(asked) and len(asked) * 2 >= len(said) and not own
