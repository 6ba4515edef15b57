"""The title of a session whose words have changed."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sessions.archive import SessionDocument
from sessions.conversation import PastTurn
from sessions.titles import is_weak, title_from

__all__ = ["titled_anew"]

_WORD = re.compile(r"\w+")


def titled_anew(
    session: SessionDocument,
    left: Sequence[PastTurn],
    *,
    lost: Sequence[PastTurn] | None = None,
    whole: bool = False,
) -> str:
    """Return the session's title, made anew when it tells what nothing `left` tells.

    `lost` are the turns as they were; None when nobody knows them, and then each word of the title
    must be in what is left. Where that is the `whole` conversation, rules must make their title of
    it again.
    """
    if session.titled_by == "rules" and whole:
        kept = any(session.title == each for turn in left for each in _made_of(turn))
    else:
        title, still = set(_WORD.findall(session.title.casefold())), _words(left)
        kept = not (title - still if lost is None else title & (_words(lost) - still))
        kept = kept and all(session.title != each for turn in lost or () for each in _made_of(turn))
    return session.title if kept else _first(left)


def _first(turns: Sequence[PastTurn]) -> str:
    titles = (title_from(turn.user_text) for turn in turns)
    first = next(titles, "")
    return first if not is_weak(first) else next((t for t in titles if not is_weak(t)), first)


def _made_of(turn: PastTurn) -> Iterator[str]:
    """Yield the titles of a turn's first message, or first few, and of each one by itself."""
    lines = turn.user_text.split("\n")
    for place in range(len(lines)):
        yield title_from("\n".join(lines[: place + 1]))
    for line in lines[1:]:
        yield title_from(line)


def _words(turns: Iterable[PastTurn]) -> set[str]:
    texts = (text for turn in turns for text in (turn.user_text, turn.answer))
    return {word for text in texts for word in _WORD.findall(text.casefold())}
