"""Several personas answer one message: who takes up which part of it, and their one reply."""

import re
from collections.abc import Sequence

from msgspec import Struct, structs

from sessions.conversation import Conversation
from sessions.llm.provider import Prompt
from sessions.notes.clauses import sentences

from .analysis import Analysis, analyse
from .catalogue import Catalogue
from .prompts import Share, build_prompt
from .prompts.budget import Budgets
from .prompts.texts import texts
from .recommend import Recommendation, recommend

__all__ = ["MOST_SEATS", "Seat", "Spoken", "blend", "part_prompt", "seats"]

MOST_SEATS, MOST_PIECES = 3, 12
# A sentence is somebody else's only when that is likelier than not.
CLEARLY = 0.5
LEAST_WORDS = 3
FENCE = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|welcome)\b[^.!?\n]{0,40}[.!?]+\s*"
    r"|(?:안녕|반가워|반갑|어서 와)[^.!?\n]{0,40}[.!?]+\s*)+",
    re.IGNORECASE,
)
LABEL = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[-*|])?[ \t]*(?:\*\*[^*\n]{1,40}\*\*:?)?[ \t]*")
SENTENCE_GAP = re.compile(r"(?<=[.!?…。！？])\s+")
JUNK = re.compile(r"[\W_]+")
TELLING_CHARS = 12


class Seat(Struct, frozen=True, kw_only=True):
    """A persona and the words of the message that it takes up.

    `probability` is the chance that it fits the whole message best.
    """

    persona: str
    name: str
    text: str
    probability: float


class Spoken(Struct, frozen=True, kw_only=True):
    """What a seat answered; empty when its answer failed."""

    seat: Seat
    answer: str


def seats(
    text: str,
    analysis: Analysis,
    recommendation: Recommendation,
    catalogue: Catalogue,
    *,
    force_multi: bool = False,
) -> tuple[Seat, ...]:
    """Return who takes part, at most three, in the order in which the message calls for them.

    The recommended persona always does, another one when a sentence is clearly its own; with
    `force_multi` at least two do, if the catalogue has two.
    """
    pieces = _pieces(text)
    owners = [_owner(piece, catalogue) for piece in pieces]
    lead = recommendation.persona
    if len(pieces) == 1:
        owners = [lead]
    weights: dict[str, float] = {lead: float("inf")}
    for owner, piece in zip(owners, pieces, strict=True):
        if owner is not None:
            weights[owner] = weights.get(owner, 0.0) + len(piece)
    asked = sorted(weights, key=lambda one: -weights[one])[:MOST_SEATS]
    if force_multi and len(asked) == 1:
        asked += _next_best(recommendation, catalogue)
    theirs: dict[str, list[str]] = {}
    for owner, piece in zip(owners, pieces, strict=True):
        theirs.setdefault(owner if owner in asked else lead, []).append(piece)
    return tuple(
        Seat(
            persona=one,
            name=catalogue.get(one).name(analysis.language),
            text="\n".join(theirs.get(one, [text])),
            probability=recommendation.chances.get(one, 0.0),
        )
        for one in [*theirs, *(one for one in asked if one not in theirs)]
    )


def part_prompt(
    seat: Seat,
    table: Sequence[Seat],
    *,
    text: str,
    analysis: Analysis,
    recommendation: Recommendation,
    conversation: Conversation,
    catalogue: Catalogue,
    said: Sequence[str] = (),
    budgets: Budgets = Budgets(),  # noqa: B008 - a frozen value
) -> Prompt:
    """Return the prompt with which `seat` answers its part of `text`; raises NotFound.

    `table` are all seats. `said` are answers that other seats have already given, if they are
    known: an engine that is no language model does not say their sentences again.
    """
    others = tuple(one.name for one in table if one.persona != seat.persona)
    prompt = build_prompt(
        text,
        analysis,
        structs.replace(recommendation, persona=seat.persona),
        conversation,
        catalogue,
        share=Share(text=seat.text, others=others) if others else None,
        budgets=budgets,
    )
    previous = [turn.user_text for turn in conversation.recent[-3:]]
    own = analyse(seat.text, previous=previous, usual=analysis.language)
    return structs.replace(
        prompt,
        text=seat.text,
        analysis=structs.replace(own, language=analysis.language),
        conversation=structs.replace(
            conversation, superseded=(*conversation.superseded, *filter(None, said))
        ),
    )


def blend(parts: Sequence[Spoken], language: str) -> str:
    """Return one reply under the names of its contributors; empty answers are left out.

    Only the first contributor greets, and a sentence that one has said no other says again. A
    single answer stays as it is.
    """
    spoken = [each for each in parts if each.answer.strip()]
    if len(spoken) < 2:
        return "".join(each.answer for each in spoken)
    words, known, told = texts(language)["panel"], set[str](), list[tuple[str, str]]()
    for each in spoken:
        answer = each.answer.strip()
        own = _fresh(GREETING.sub("", answer) if told else answer, known)
        if own:
            told.append((each.seat.name, own))
    if len(told) == 1:
        return told[0][1]
    names = words["joint"].join(name for name, _ in told)
    answers = (words["part"].format(name=name, answer=answer) for name, answer in told)
    return "\n\n".join([words["together"].format(names=names), *answers])


def _pieces(text: str) -> list[str]:
    """Return the sentences of `text`; code, and what is too short, stays with what it follows."""
    pieces: list[str] = []
    for part in FENCE.split(text):
        said = [part.strip("\n")] if part.startswith("```") else sentences(part)
        for each in said:
            short = len(each.split()) < LEAST_WORDS and len(each) < TELLING_CHARS
            if pieces and (short or part.startswith("```") or len(pieces) == MOST_PIECES):
                pieces[-1] += f"\n{each}" if part.startswith("```") else f" {each}"
            else:
                pieces.append(each)
    return pieces or [text]


def _owner(piece: str, catalogue: Catalogue) -> str | None:
    """Return whose a sentence clearly is, taken by itself."""
    alone = Conversation(session_id="")
    best = recommend(piece, analyse(piece), alone, catalogue, chosen=None).choices[0]
    return best.persona if best.probability >= CLEARLY else None


def _next_best(recommendation: Recommendation, catalogue: Catalogue) -> list[str]:
    chances = recommendation.chances
    others = [one for one in catalogue.ids if one != recommendation.persona]
    return sorted(others, key=lambda one: -chances.get(one, 0.0))[:1]


def _fresh(answer: str, known: set[str]) -> str:
    """Return `answer` without sentences in `known`, to which its own are added."""
    blocks = []
    for part in FENCE.split(answer):
        if part.startswith("```"):
            blocks.append(part)
            continue
        blocks.append("\n".join(_fresh_line(line, known) for line in part.split("\n")))
    return re.sub(r"\n{3,}", "\n\n", "".join(blocks)).strip()


def _fresh_line(line: str, known: set[str]) -> str:
    label = LABEL.match(line)
    head = label[0] if label else ""
    kept = []
    for said in SENTENCE_GAP.split(line[len(head) :]):
        bare = JUNK.sub(" ", said.casefold()).strip()
        if len(bare) < TELLING_CHARS or bare not in known:
            kept.append(said)
        known.add(bare)
    return head + " ".join(kept) if kept else ""
