"""What was said in a session so far, as a turn sees it."""

from datetime import datetime

from msgspec import Struct

__all__ = ["Conversation", "Note", "PastTurn", "Remembered", "Summary", "number_of"]


class PastTurn(Struct, frozen=True, kw_only=True):
    """One finished turn; `answer` is empty when it failed, `language` before it was analysed."""

    turn_id: str
    user_text: str
    answer: str
    persona: str
    at: datetime
    language: str = ""


class Remembered(Struct, frozen=True, kw_only=True):
    """Something from beyond this session that a turn may use.

    `kind` is a fact's, or `said` for a message of an earlier session; `own`: the user's words.
    `persona` is who promised or answered; `ripe`: it is time to come back to it. `corrected`: the
    user has put it in these words by hand, last at `at`; what was told before in `turns` of this
    session is wrong where it says otherwise.
    """

    id: str
    kind: str
    text: str
    at: datetime
    own: bool = True
    persona: str = ""
    due: datetime | None = None
    ripe: bool = False
    corrected: bool = False
    turns: tuple[str, ...] = ()


class Note(Struct, frozen=True, kw_only=True):
    """Something the user said that later turns need.

    `kind` is name, goal, obstacle, deadline, person, feeling or tried; a `stated` goal was
    called one, others are wishes.
    """

    kind: str
    text: str
    turn_id: str
    stated: bool = False


class Summary(Struct, frozen=True, kw_only=True):
    """The rolling summary of the turns up to and with number `upto` (0: none).

    `text` is prose of turns that left the verbatim window, `pending` that of those still in it.
    `told` is what a language model made of the lines up to and with turn `told_upto`.
    `steps` are what the user set out to do and what was proposed to them last.
    """

    text: str = ""
    notes: tuple[Note, ...] = ()
    upto: int = 0
    pending: tuple[str, ...] = ()
    told: str = ""
    told_upto: int = 0
    steps: tuple[Note, ...] = ()

    @property
    def story(self) -> tuple[str, ...]:
        """Return the lines of all turns that left the window, each told once."""
        lines = self.text.splitlines()
        if self.told:
            lines = [line for line in lines if number_of(line) > self.told_upto]
        return (*self.told.splitlines(), *lines)


def number_of(line: str) -> int:
    """Return the number of the turn that a line of a summary is of, 0 when it has none."""
    number = line.partition(".")[0]
    return int(number) if number.isdecimal() else 0


class Conversation(Struct, frozen=True, kw_only=True):
    """A session before the turn that is to be answered.

    `recent` holds at most the last 50 turns, oldest first; `count` is the number of all earlier
    turns.
    `summary.notes` cover all of them, the recent ones included. `superseded` are answers already
    given to the very words that are to be answered again, the newest first.
    """

    session_id: str
    recent: tuple[PastTurn, ...] = ()
    summary: Summary = Summary()
    count: int = 0
    superseded: tuple[str, ...] = ()
    locale: str = ""
    timezone: str = ""

    @property
    def usual_language(self) -> str:
        """Return the language of the last turn, else the user's locale."""
        return (self.recent[-1].language if self.recent else "") or self.locale
