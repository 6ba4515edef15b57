"""Reads a prompt: what the message does, what it is about, how far the talk has come."""

import re

from msgspec import Struct
from msgspec.structs import replace

from sessions.conversation import Conversation
from sessions.llm.offline import care as caring
from sessions.llm.offline import english, korean
from sessions.llm.offline.acts import Act, read_act, read_acts
from sessions.llm.offline.book import Book, load_book
from sessions.llm.offline.burst import joined
from sessions.llm.offline.care import ASKING, GRAVE, Care, read_care
from sessions.llm.offline.doing import EARLY_TURNS, read_doing
from sessions.llm.offline.facts import Facts, gather, voice
from sessions.llm.offline.phase import phase_of
from sessions.llm.offline.pieces import Piece
from sessions.llm.offline.planning import (
    ANY,
    SEEKING,
    SOFT,
    Matter,
    asks_for_one,
    sought,
    stated,
)
from sessions.llm.offline.plans import BRIEF, TALK
from sessions.llm.offline.recall import RECALLS, recall_fillers
from sessions.llm.offline.remembering import kept_promise, new_promise, with_memories
from sessions.llm.offline.table import LEAST_ROWS, figure_rows
from sessions.llm.offline.topics import is_sure, topics_of
from sessions.llm.offline.trouble import is_hard
from sessions.llm.offline.writer import Writer
from sessions.llm.provider import Prompt
from sessions.notes import merge

__all__ = ["Turn", "prepare", "read_turn"]

# Enough of earlier messages to know what they were about, at little cost.
READ_TURNS, PAST_CHARS = 10, 160
ASKED_TURNS = 2
LAID_OUT_WORDS = 12
# What is proposed fits a topic or nobody.
ADVICE = frozenset(["idea", "step", "script", "caution", "measure"])
WORKING = ("planning", "problem_solving")
COOL = frozenset(["code", "money", "create", "habit"])
SPEAKING = re.compile(
    r"\b(?:bring (?:it|this|that) up|tell|say|talk to|speak (?:to|with)"
    r"|(?<!what should i )(?<!what do i )ask (?:him|her|them|my|for)"
    r"|explain|confront|apologi[sz]e)\b|말하|말해|말씀|뭐라고|얘기하|이야기하|부탁|사과|거절",
    re.IGNORECASE,
)


class Turn(Struct, frozen=True, kw_only=True):
    """All that decides an answer; `number` counts the user's turns from 1.

    `persona` is whose moves are used and `mentor` who speaks; `blank` when nothing was told before;
    `hard` when something is, be it only a nuisance; `sure` when the topic is what it is about,
    `whole` when memory could be read. `matter` is what first steps are to be named of, if any are.
    """

    persona: str
    language: str
    text: str
    number: int
    mentor: str
    blank: bool
    hard: bool
    piece: Piece | None
    act: Act
    acts: tuple[Act, ...]
    care: Care
    topic: str
    sure: bool
    whole: bool
    phase: str
    matter: str
    facts: Facts
    book: Book
    writer: Writer

    @property
    def labelled(self) -> bool:
        """Tell whether the persona lays answers out under labels."""
        return "{opener}" in self.book.shape(self.persona, "explore")

    def pool(self, move: str) -> tuple[tuple[str, ...], ...]:
        """Return the templates of a move for this persona and topic, the most particular first."""
        topic = "" if move in ADVICE and not self.sure else self.topic
        tiers = self.book.pool(move, persona=self.persona, topic=topic)
        own = self.book.common.get(f"{self._matter}_{move}", ()) if self._matter else ()
        return (own, *tiers) if own else tiers

    @property
    def _matter(self) -> str:
        """Return what is asked for: weighing, speaking to somebody, or nothing special."""
        if self.act.name == "should":
            return "weigh"
        speaks = self.act.name in ("how", "advice") and SPEAKING.search(self.text)
        return "speak" if speaks else ""

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
    language = "ko" if prompt.language == "ko" else "en"
    prompt = with_memories(replace(prompt, text=joined(prompt.text, language)))
    talk = prompt.conversation
    book = load_book(language)
    earlier = [turn.user_text for turn in talk.recent]
    doing = read_doing(prompt, language)
    act, piece = doing.act, doing.piece
    texts = [turn.user_text for turn in talk.recent[-READ_TURNS:]]
    heads = (*(text[:PAST_CHARS] for text in texts), prompt.text)
    *topics, topic = topics_of(heads, language)
    care = read_care(prompt.text, earlier, act.name, language)
    facts = gather(prompt, language=language, topic=topic, topics={*topics, topic}, told=doing.told)
    halved = act.name in RECALLS and act == read_act(prompt.text, language)
    acts = read_acts(prompt.text, language) if halved else (act,)
    promise = new_promise(facts.fresh, language, prompt.promises)
    fillers = facts.fillers | promise | kept_promise(prompt, language)
    for each in reversed(acts):
        fillers |= _of_act(each, prompt, facts, language)
    sure = is_sure(heads, topic, language)
    if sure and topic in book.topics:
        fillers["topic"] = book.topics[topic]["name"][0]
    if piece is not None:
        fillers["piece"] = piece.said
    for slot, big in (("said", "Said"), ("person", "Person_"), ("piece", "Piece")):
        if slot in fillers:
            fillers[big] = english.capitalised(fillers[slot])
    matter = sought(act.name, prompt.text, earlier, language)
    fillers |= _of_matter(matter, book, language)
    unread, early = talk.count - len(texts), talk.count < EARLY_TURNS
    writer = Writer(
        (*(turn.answer for turn in talk.recent), *talk.superseded),
        fillers,
        seed="\0".join((talk.session_id, str(talk.count), prompt.text, *talk.superseded)),
        attach=korean.attach,
    )
    planned = matter is not None and any(map(writer.is_fresh, book.plans[matter.name]["steps"]))
    if matter is not None:
        act = _without_steps(act, matter, planned=planned)
    phase = phase_of(act.name, texts, topics, topic, unread=unread, early=early)
    persona = _voice_of(prompt, act.name, topic, care, facts)
    soft = matter is not None and (matter.name in SOFT or asks_for_one(prompt.text))
    return Turn(
        persona="plain" if soft and persona != "lua" else persona,
        language=language,
        text=prompt.text,
        number=talk.count + 1,
        mentor=prompt.persona,
        blank=doing.blank,
        hard=facts.heavy or is_hard(prompt.text, earlier, language, short=act.name in BRIEF),
        piece=piece,
        act=act,
        acts=acts,
        care=care,
        topic=topic,
        sure=sure,
        whole=prompt.whole,
        phase="plan" if planned and act.name in SEEKING else phase,
        matter=matter.name if matter is not None and planned else "",
        facts=facts,
        book=book,
        writer=writer,
    )


def _without_steps(act: Act, matter: Matter, *, planned: bool) -> Act:
    """Return what an act becomes when no step is left for it, or none is known."""
    if act.name == "how" and matter.name == ANY:
        return Act(name="how_any", about=act.about)
    return Act(name="plan_done") if act.name in ("more", "plan") and not planned else act


def _of_matter(matter: Matter | None, book: Book, language: str) -> dict[str, str]:
    """Return the fillers of what a request is about: its name, and what was told of it."""
    if matter is None:
        return {}
    told = voice(language).heard(stated(matter.text, language))
    said = {"said": told[0], "Said": english.capitalised(told[0])} if told else {}
    return said | {"matter": book.plans[matter.name]["name"][0]}


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
    long = len(prompt.text.split()) >= LAID_OUT_WORDS or len(figure_rows(prompt.text)) >= LEAST_ROWS
    much = long or prompt.conversation.count >= EARLY_TURNS
    planned = asked or (calm and much and (working or topic in COOL))
    return prompt.persona if planned and not grave else "plain"


def _without_crises(prompt: Prompt) -> Conversation:
    """Return the conversation without its newest crisis messages: they are not read back."""
    recent = prompt.conversation.recent
    hurt = {len(recent) + at for at in caring.risky([turn.user_text for turn in recent])}
    return replace(
        prompt.conversation,
        recent=tuple(turn for at, turn in enumerate(recent) if at not in hurt),
    )


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
