"""What of a conversation goes into a prompt: the newest turns verbatim, the older ones folded."""

from msgspec import structs

from sessions.conversation import Conversation, Note, PastTurn, Summary
from sessions.memory.extract.instead import still_on, without_dropped
from sessions.notes import extract, merge
from sessions.notes.clauses import prose, sentences, shortened
from sessions.progress import stepped
from sessions.tokens import CountTokens, estimate_tokens

__all__ = ["estimate_tokens", "fold", "window"]

# A prompt shows this many newest turns and, between two steps of its first one, four more.
TURNS, FEWEST = 5, 3
SUMMARY_TOKENS = 300
EXTRACT_CHARS = 140


def window(
    conversation: Conversation,
    *,
    turns: int = TURNS,
    budget_tokens: int = 2400,
    count: CountTokens = estimate_tokens,
) -> tuple[PastTurn, ...]:
    """Return newest turns, oldest first, that fit into the budget; never part of one.

    There are `turns` of them, or up to twice as many less one: the first one moves in steps, so
    that a prompt mostly grows at its end. Over the budget the steps are smaller; the newest turn
    is there even when it alone is over.
    """
    if turns <= 0 or not conversation.recent:
        return ()
    most = 2 * turns - 1
    recent = conversation.recent[-most:]
    kept, before = recent[-1:], conversation.count - len(recent)
    costs = [count(turn.user_text) + count(turn.answer) for turn in recent]
    for step in (turns, max(1, turns // 2), 1):
        starts = (at for at in range(len(recent)) if (before + at) % step == 0)
        fitting = (at for at in starts if sum(costs[at:]) <= budget_tokens)
        kept = recent[next(fitting, len(recent) - 1) :]
        if len(kept) >= min(FEWEST, len(recent)):
            break
    return kept


def fold(
    summary: Summary, turn: PastTurn, *, number: int, keep_turns: int = 2 * TURNS - 1
) -> Summary:
    """Return the summary with turn `number` in it; one that is folded already changes nothing.

    Notes are taken at once. Its prose waits in `pending` until `keep_turns` newer turns stand
    after it, and then joins `text`, which stays within about 300 tokens: the line that tells how
    it all began and the newest ones remain.
    """
    if number <= summary.upto:
        return summary
    fresh = still_on(extract(turn.user_text, turn.turn_id), turn.user_text)
    tried = tuple(note for note in fresh if note.kind == "tried")
    pending = (*summary.pending, _line(turn, number, fresh))
    left, pending = pending[: -keep_turns or None], pending[-keep_turns:] if keep_turns else ()
    return structs.replace(
        summary,
        text=_bounded([*summary.text.splitlines(), *left]),
        notes=merge(without_dropped(summary.notes, turn.user_text), fresh),
        upto=number,
        pending=pending,
        steps=stepped(summary.steps, turn, tried),
    )


def _line(turn: PastTurn, number: int, notes: tuple[Note, ...]) -> str:
    said = sentences(prose(turn.user_text)) or [shortened(turn.user_text, EXTRACT_CHARS)]
    telling = [note.text.casefold() for note in notes if note.kind != "person"]
    best = max(said, key=lambda each: _weight(each, telling))
    return f"{number}. {shortened(best, EXTRACT_CHARS)}"


def _weight(sentence: str, telling: list[str]) -> float:
    """Rank sentences: those that carry notes first, then longer ones up to what a line holds."""
    folded = sentence.casefold()
    carried = sum(1 for words in telling if words in folded)
    return carried + min(len(sentence), EXTRACT_CHARS) / (EXTRACT_CHARS * 1.01)


def _bounded(lines: list[str]) -> str:
    while len(lines) > 1 and estimate_tokens("\n".join(lines)) > SUMMARY_TOKENS:
        del lines[1 if len(lines) > 2 else 0]
    return "\n".join(lines)
