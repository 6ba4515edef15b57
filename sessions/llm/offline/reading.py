"""Reads a prompt: what the message does, what it is about, how far the talk has come."""

import re

from msgspec import Struct

from sessions.llm.offline import english, korean
from sessions.llm.offline.acts import Act, read_act
from sessions.llm.offline.book import Book, load_book
from sessions.llm.offline.facts import Facts, gather
from sessions.llm.offline.phase import phase_of
from sessions.llm.offline.recall import RECALLS, recall_fillers
from sessions.llm.offline.topics import topics_of
from sessions.llm.offline.writer import Writer
from sessions.llm.provider import Prompt
from sessions.notes import merge
from sessions.notes.clauses import prose, sentences

__all__ = ["Turn", "prepare", "read_turn"]

# Enough of earlier messages to know what they were about, at little cost.
READ_TURNS, PAST_CHARS = 10, 160
OWN_CHARS = 1_000
ASKING = re.compile(
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


class Turn(Struct, frozen=True, kw_only=True):
    """All that decides an answer; `number` counts the user's turns from 1."""

    persona: str
    language: str
    text: str
    number: int
    act: Act
    topic: str
    phase: str
    facts: Facts
    book: Book
    writer: Writer

    @property
    def labelled(self) -> bool:
        """Tell whether the persona lays answers out under labels."""
        return "{opener}" in self.book.shape(self.persona, "explore")

    def pool(self, move: str) -> tuple[tuple[str, ...], ...]:
        """Return the templates of a move for this persona and topic, the most particular first."""
        return self.book.pool(move, persona=self.persona, topic=self.topic)

    def pick(self, move: str, *, again: bool = False) -> str | None:
        """Return a sentence of a move that was not said before, or None."""
        return self.writer.pick(*self.pool(move), again=again)


def prepare() -> None:
    """Load what every answer needs, so that the first one does not wait for it (about 30 ms)."""
    for language in ("en", "ko"):
        load_book(language)
        read_act("a word", language)
        topics_of(["a word"], language)


def read_turn(prompt: Prompt) -> Turn:
    """Return what there is to answer; languages other than Korean are answered in English."""
    talk = prompt.conversation
    language = "ko" if prompt.language == "ko" else "en"
    book = load_book(language)
    act = _act(prompt, language)
    texts = [turn.user_text for turn in talk.recent[-READ_TURNS:]]
    *topics, topic = topics_of((*(text[:PAST_CHARS] for text in texts), prompt.text), language)
    facts = gather(prompt, language=language, topic=topic, topics={*topics, topic})
    fillers = facts.fillers | _of_act(act, prompt, facts, language)
    if topic in book.topics:
        fillers["topic"] = book.topics[topic]["name"][0]
    for slot, big in (("said", "Said"), ("person", "Person_")):
        if slot in fillers:
            fillers[big] = english.capitalised(fillers[slot])
    return Turn(
        persona=_voice_of(prompt.persona, topic),
        language=language,
        text=prompt.text,
        number=talk.count + 1,
        act=act,
        topic=topic,
        phase=phase_of(act.name, texts, topics, topic, unread=talk.count - len(texts)),
        facts=facts,
        book=book,
        writer=Writer(
            (turn.answer for turn in talk.recent),
            fillers,
            seed=f"{talk.session_id}\0{talk.count}\0{prompt.text}",
            attach=korean.attach,
        ),
    )


def _voice_of(persona: str, topic: str) -> str:
    """Return whose moves to use: nobody brings labels and figures to a loss."""
    return persona if persona == "lua" or topic != "grief" else "plain"


def _act(prompt: Prompt, language: str) -> Act:
    act = read_act(prompt.text, language)
    if prompt.language not in ("en", "ko") and act.name in ("tell", "code"):
        return Act(name="foreign")
    if act.name == "tell" and _asks_the_world(prompt.text, language):
        return Act(name="fact")
    return act


def _asks_the_world(text: str, language: str) -> bool:
    """Tell whether the message is a question that is not about the user."""
    said = sentences(prose(text))
    asked = [each for each in said if each.endswith("?") and ASKING.search(each)]
    own = OWN[language].search(text[:OWN_CHARS]) is not None
    return bool(asked) and len(asked) * 2 >= len(said) and not own


def _of_act(act: Act, prompt: Prompt, facts: Facts, language: str) -> dict[str, str]:
    if act.name in RECALLS:
        notes = merge(prompt.conversation.summary.notes, facts.fresh)
        return recall_fillers(act.name, act.about, prompt.conversation, notes, language)
    if act.name in ("how", "should"):
        about = english.said_safely(act.about) if language == "en" else ""
        return {"how" if act.name == "how" else "choice": about} if about else {}
    goal = next((note.text for note in reversed(facts.fresh) if note.kind == "goal"), "")
    if act.name != "correction" or not goal:
        return {}
    if language == "ko":
        return {"goal": korean.goal_noun(goal), "to_goal": korean.goal_noun(goal)}
    return {"goal": english.goal_phrase(goal), "to_goal": english.want(goal)}
