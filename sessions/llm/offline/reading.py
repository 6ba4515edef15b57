"""Reads a prompt: what the message does, what it is about, how far the talk has come."""

import re

from msgspec import Struct
from msgspec.structs import replace

from sessions.conversation import Conversation
from sessions.llm.offline import care as caring
from sessions.llm.offline import english, korean
from sessions.llm.offline.acts import Act, read_act, read_acts
from sessions.llm.offline.book import Book, load_book
from sessions.llm.offline.care import ASKING, GRAVE, Care, read_care
from sessions.llm.offline.facts import Facts, gather
from sessions.llm.offline.phase import phase_of
from sessions.llm.offline.plans import TALK
from sessions.llm.offline.recall import RECALLS, recall_fillers
from sessions.llm.offline.remembering import kept_promise, new_promise, with_memories
from sessions.llm.offline.topics import topics_of
from sessions.llm.offline.writer import Writer
from sessions.llm.provider import Prompt
from sessions.memory.asked import asked, asks_for_all
from sessions.notes import merge
from sessions.notes.clauses import prose, sentences

__all__ = ["Turn", "prepare", "read_turn"]

# Enough of earlier messages to know what they were about, at little cost.
READ_TURNS, PAST_CHARS = 10, 160
OWN_CHARS = 1_000
ASKED_TURNS = 2
WORKING = ("planning", "problem_solving")
COOL = frozenset(["code", "money", "create", "habit"])
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


class Turn(Struct, frozen=True, kw_only=True):
    """All that decides an answer; `number` counts the user's turns from 1."""

    persona: str
    language: str
    text: str
    number: int
    act: Act
    acts: tuple[Act, ...]
    care: Care
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
        caring.prepare(language)


def read_turn(prompt: Prompt) -> Turn:
    """Return what there is to answer; languages other than Korean are answered in English."""
    prompt = with_memories(prompt)
    talk = prompt.conversation
    language = "ko" if prompt.language == "ko" else "en"
    book = load_book(language)
    act = _act(prompt, language)
    texts = [turn.user_text for turn in talk.recent[-READ_TURNS:]]
    *topics, topic = topics_of((*(text[:PAST_CHARS] for text in texts), prompt.text), language)
    earlier = [turn.user_text for turn in talk.recent]
    care = read_care(prompt.text, earlier, act.name, language)
    facts = gather(prompt, language=language, topic=topic, topics={*topics, topic})
    halved = act.name in RECALLS and act == read_act(prompt.text, language)
    acts = read_acts(prompt.text, language) if halved else (act,)
    fillers = facts.fillers | new_promise(facts.fresh, language) | kept_promise(prompt, language)
    for each in reversed(acts):
        fillers |= _of_act(each, prompt, facts, language)
    if topic in book.topics:
        fillers["topic"] = book.topics[topic]["name"][0]
    for slot, big in (("said", "Said"), ("person", "Person_")):
        if slot in fillers:
            fillers[big] = english.capitalised(fillers[slot])
    return Turn(
        persona=_voice_of(prompt, act.name, topic, care, facts),
        language=language,
        text=prompt.text,
        number=talk.count + 1,
        act=act,
        acts=acts,
        care=care,
        topic=topic,
        phase=phase_of(act.name, texts, topics, topic, unread=talk.count - len(texts)),
        facts=facts,
        book=book,
        writer=Writer(
            (*(turn.answer for turn in talk.recent), *talk.superseded),
            fillers,
            seed="\0".join((talk.session_id, str(talk.count), prompt.text, *talk.superseded)),
            attach=korean.attach,
        ),
    )


def _voice_of(prompt: Prompt, act: str, topic: str, care: Care, facts: Facts) -> str:
    """Return whose moves to use: labels and figures are for plans and problems, never for grief."""
    if prompt.persona == "lua" or act in TALK:
        return prompt.persona
    grave = topic == "grief" or care.kind in GRAVE
    before = [turn.user_text for turn in prompt.conversation.recent[-ASKED_TURNS:]]
    language = "ko" if prompt.language == "ko" else "en"
    asked = act in ASKING or any(read_act(each, language).name in ASKING for each in before)
    working = max(prompt.analysis.intent, key=prompt.analysis.intent.__getitem__) in WORKING
    calm = not (facts.heavy or care.kind)
    planned = asked or (calm and (working or topic in COOL))
    return prompt.persona if planned and not grave else "plain"


def _without_crises(prompt: Prompt) -> Conversation:
    """Return the conversation without its newest crisis messages: they are not read back."""
    recent = prompt.conversation.recent
    hurt = {len(recent) + at for at in caring.risky([turn.user_text for turn in recent])}
    return replace(
        prompt.conversation,
        recent=tuple(turn for at, turn in enumerate(recent) if at not in hurt),
    )


def _act(prompt: Prompt, language: str) -> Act:
    if asks_for_all(prompt.text):
        return Act(name="recall_me")
    act = read_act(prompt.text, language)
    if (
        act.name in ("tell", "fact")
        and (name := asked(prompt.text).who)
        and _is_known(name, prompt)
    ):
        return Act(name="recall_about", about=name)
    if prompt.language not in ("en", "ko") and act.name in ("tell", "code"):
        return Act(name="foreign")
    if act.name == "tell" and _asks_the_world(prompt.text, language):
        return Act(name="fact")
    return act


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


def _of_act(act: Act, prompt: Prompt, facts: Facts, language: str) -> dict[str, str]:
    if act.name in RECALLS:
        notes = merge(prompt.conversation.summary.notes, facts.fresh)
        return recall_fillers(
            act.name,
            act.about,
            _without_crises(prompt),
            notes,
            language,
            remembered=prompt.remembered,
        )
    if act.name in ("how", "should"):
        about = english.said_safely(act.about) if language == "en" else ""
        return {"how" if act.name == "how" else "choice": about} if about else {}
    goal = next((note.text for note in reversed(facts.fresh) if note.kind == "goal"), "")
    if act.name != "correction" or not goal:
        return {}
    if language == "ko":
        return {"goal": korean.goal_noun(goal), "to_goal": korean.goal_noun(goal)}
    return {"goal": english.goal_phrase(goal), "to_goal": english.want(goal)}
