"""What of a conversation goes into a prompt: the newest turns verbatim, the older ones folded."""

import re

from msgspec import structs

from sessions.conversation import Conversation, Note, PastTurn, Summary
from sessions.notes import extract, merge
from sessions.notes.clauses import prose, sentences, shortened
from sessions.progress import stepped

__all__ = ["estimate_tokens", "fold", "window"]

CHARS_PER_TOKEN = 4.0
CHARS_PER_WIDE_TOKEN = 1.5
WIDE = re.compile(r"[ᄀ-ᇿ⺀-鿿가-힣豈-﫿＀-￯]")
# A prompt shows this many newest turns and, between two steps of its first one, four more.
TURNS, FEWEST = 5, 3
SUMMARY_TOKENS = 300
EXTRACT_CHARS = 140


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a language model reads in `text`; 0 only when it is empty.

    Latin text has about 4 characters a token; Hangul, kana and Han characters about 1.5.
    """
    wide = 0 if text.isascii() else len(WIDE.findall(text))
    return -int(-((len(text) - wide) / CHARS_PER_TOKEN + wide / CHARS_PER_WIDE_TOKEN) // 1)


def window(
    conversation: Conversation, *, turns: int = TURNS, budget_tokens: int = 2400
) -> tuple[PastTurn, ...]:
    """Return newest turns, oldest first, that fit into the budget; never part of one.

    There are `turns` of them, or up to twice as many less one: the first one moves in steps, so
    that a prompt mostly grows at its end. Over the budget the steps are smaller; the newest turn
    is there even when it alone is over.
    """
    if turns <= 0 or not conversation.recent:
        return ()
    recent, before = conversation.recent, conversation.count - len(conversation.recent)
    costs = [estimate_tokens(turn.user_text) + estimate_tokens(turn.answer) for turn in recent]
    most, kept = 2 * turns - 1, recent[-1:]
    for step in (turns, max(1, turns // 2), 1):
        starts = (at for at in range(len(recent)) if (before + at) % step == 0)
        fitting = (
            at for at in starts if len(recent) - at <= most and sum(costs[at:]) <= budget_tokens
        )
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
    fresh = extract(turn.user_text, turn.turn_id)
    tried = tuple(note for note in fresh if note.kind == "tried")
    pending = (*summary.pending, _line(turn, number, fresh))
    left, pending = pending[: -keep_turns or None], pending[-keep_turns:] if keep_turns else ()
    return structs.replace(
        summary,
        text=_bounded([*summary.text.splitlines(), *left]),
        notes=merge(summary.notes, fresh),
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
