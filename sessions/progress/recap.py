"""One line for somebody who comes back: what it was about, and what is next."""

from sessions.conversation import Note, Summary
from sessions.notes.clauses import has_hangul, shortened
from sessions.safety.classify import check

from .steps import progress_of
from .texts import texts

__all__ = ["recap"]

LONGEST = 90
ABOUT = ("goal", "obstacle", "tried")


def recap(summary: Summary) -> str:
    """Return the line in the language of what it tells, "" when there is nothing to tell.

    Words that call for human help are not repeated to whoever looks at the screen.
    """
    progress = progress_of(summary)
    about = next(filter(None, (_newest(summary.notes, kind) for kind in ABOUT)), "")
    about = _told(about or _last_line(summary))
    step = _told(progress.next[0] if progress is not None and progress.next else "")
    if not about and not step:
        return ""
    words = texts("ko" if has_hangul(about or step) else "en")
    form = words["both" if about and step else "about" if about else "next"]
    return form.format(about=about, next=step)


def _newest(notes: tuple[Note, ...], kind: str) -> str:
    return next((each.text for each in reversed(notes) if each.kind == kind), "")


def _last_line(summary: Summary) -> str:
    lines = (*summary.text.splitlines(), *summary.pending)
    return lines[-1].partition(". ")[2] if lines else ""


def _told(text: str) -> str:
    line = shortened(text, LONGEST).strip(" .!?,")
    return "" if line and check(line) is not None else line
