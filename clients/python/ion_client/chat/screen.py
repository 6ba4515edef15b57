"""What the chat shows: words as they come, names in colour, and the state of the connection.

Text is only ever appended, so that nothing flickers and the terminal's own history stays whole;
one status line below it is the only thing that is drawn over.
"""

from collections.abc import Iterable
from typing import Protocol

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.text import Text

from ion_client.events import Notice, Routed, Safety
from ion_client.resources import Message, Persona, SessionInfo

from .markdown import Block, Flow, plain
from .wrap import Styled, Wrap

__all__ = ["PlainScreen", "RichScreen", "Screen"]


class Screen(Protocol):
    """Where a conversation is shown."""

    def say(self, text: str) -> None:
        """Show a line of our own."""
        ...

    def waiting(self, text: str | None) -> None:
        """Show that something is being waited for; None: not any more."""
        ...

    def begin(self, persona: str) -> None:
        """An answer begins."""
        ...

    def write(self, text: str) -> None:
        """Show the next piece of the answer."""
        ...

    def restart(self) -> None:
        """What was shown of the answer does not count."""
        ...

    def end(self, text: str = "", remark: str = "") -> None:
        """The answer is over; `text` is all of it."""
        ...

    def notice(self, notice: Notice) -> None:
        """Show who answers."""
        ...

    def safety(self, safety: Safety) -> None:
        """Show ways to reach human help."""
        ...

    def why(self, routed: Routed | None) -> None:
        """Show why this persona answered."""
        ...

    def sessions(self, sessions: Iterable[SessionInfo]) -> None:
        """Show a numbered list."""
        ...

    def history(self, messages: Iterable[Message]) -> None:
        """Show what was said before."""
        ...

    def personas(self, personas: Iterable[Persona]) -> None:
        """Know the personas' names and colours from now on."""
        ...


class PlainScreen:
    """Answers alone on standard output, everything else on standard error: for pipes."""

    def __init__(self, out: Console, err: Console) -> None:
        self._out = out
        self._err = err

    def say(self, text: str) -> None:
        """Show a line of our own."""
        self._err.print(text, markup=False, highlight=False, soft_wrap=True)

    def waiting(self, text: str | None) -> None:
        """Show nothing: a pipe has no line to draw over."""

    def begin(self, persona: str) -> None:
        """Show nothing: the answer alone counts."""

    def write(self, text: str) -> None:
        """Show nothing yet: a restart could take it back."""

    def restart(self) -> None:
        """Show nothing: nothing was shown."""

    def end(self, text: str = "", remark: str = "") -> None:
        """Show the answer, which nothing can take back any more."""
        if text:
            self._print(plain(text))
        if remark:
            self.say(remark)

    def notice(self, notice: Notice) -> None:
        """Show who answers."""
        self.say(notice.text)

    def safety(self, safety: Safety) -> None:
        """Show ways to reach human help."""
        for line in safety.resources:
            self._print(f"{line.name}: {line.contact} {line.url}".rstrip())

    def why(self, routed: Routed | None) -> None:
        """Show why this persona answered."""
        for line in reasons(routed):
            self.say(line)

    def sessions(self, sessions: Iterable[SessionInfo]) -> None:
        """Show a numbered list."""
        for number, each in enumerate(sessions, 1):
            self.say(f"{number}. {each.title or each.id}")

    def history(self, messages: Iterable[Message]) -> None:
        """Show nothing: who pipes wants new answers."""

    def personas(self, personas: Iterable[Persona]) -> None:
        """Need no names."""

    def _print(self, text: str) -> None:
        self._out.print(text, markup=False, highlight=False, soft_wrap=True)


class RichScreen:
    """A terminal in colour."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._personas: dict[str, Persona] = {}
        self._wrap: Wrap | None = None
        self._flow = Flow()

    def say(self, text: str) -> None:
        """Show a line of our own."""
        self._fresh_line()
        self._console.print(Text(text, style="dim"))

    def waiting(self, text: str | None) -> None:
        """Show that something is being waited for; None: not any more."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        if text is not None:
            self._fresh_line()
            self._status = self._console.status(Text(text, style="dim"), spinner="dots")
            self._status.start()

    def begin(self, persona: str) -> None:
        """An answer begins."""
        self.waiting(None)
        self._fresh_line()
        name = self._name(persona)
        self._console.print(name, end=" ")
        self._wrap = Wrap(self._console.width, column=name.cell_len + 1)
        self._flow = Flow()

    def write(self, text: str) -> None:
        """Show the next piece of the answer."""
        if self._status is not None:
            self.waiting(None)
        self._show(self._flow.feed(text))

    def restart(self) -> None:
        """What was shown of the answer does not count."""
        self._flow = Flow()
        self.say("… the answer begins anew")

    def end(self, text: str = "", remark: str = "") -> None:
        """The answer is over, and was shown as it came."""
        self.waiting(None)
        self._finish()
        if remark:
            self.say(remark)

    def notice(self, notice: Notice) -> None:
        """Show who answers."""
        self.waiting(None)
        self.say(notice.text)

    def safety(self, safety: Safety) -> None:
        """Show ways to reach human help."""
        self.waiting(None)
        self._fresh_line()
        for line in safety.resources:
            contact = escape(" · ".join(filter(None, (line.contact, line.hours, line.url))))
            self._console.print(f"[bold red]{escape(line.name)}[/]  {contact}", highlight=False)

    def why(self, routed: Routed | None) -> None:
        """Show why this persona answered."""
        for line in reasons(routed):
            self.say(line)

    def sessions(self, sessions: Iterable[SessionInfo]) -> None:
        """Show a numbered list."""
        table = Table(box=None, show_header=False, padding=(0, 1))
        for number, each in enumerate(sessions, 1):
            last = Text(each.last_text.replace("\n", " "), style="dim", overflow="ellipsis")
            last.no_wrap = True
            table.add_row(str(number), Text(each.title or each.id, style="bold"), last)
        self._console.print(table)

    def history(self, messages: Iterable[Message]) -> None:
        """Show what was said before."""
        for each in messages:
            if each.role == "user":
                self._console.print(Text.assemble(("you ", "bold"), each.text))
            else:
                self.begin(each.answered.persona if each.answered else "")
                self.write(each.text)
                self._finish()

    def personas(self, personas: Iterable[Persona]) -> None:
        """Know the personas' names and colours from now on."""
        self._personas = {each.id: each for each in personas}

    def _name(self, persona: str) -> Text:
        known = self._personas.get(persona)
        if known is None:
            return Text(persona or "mentor", style="bold cyan")
        return Text(known.name, style=f"bold {known.color}" if known.color else "bold cyan")

    def _show(self, pieces: Iterable[Styled | Block]) -> None:
        for piece in pieces:
            if isinstance(piece, Block):
                self._fresh_line()
                self._console.print(Markdown(piece.text))
                continue
            if self._wrap is None:
                self._wrap = Wrap(self._console.width)
            self._put(self._wrap.feed(*piece))

    def _put(self, words: Iterable[Styled]) -> None:
        self._console.print(Text.assemble(*words), end="", soft_wrap=True)

    def _finish(self) -> None:
        """Show what an answer still holds back, and end its line."""
        self._show(self._flow.flush())
        self._flow = Flow()
        self._fresh_line()

    def _fresh_line(self) -> None:
        """End the line of an answer, with the word that waited for its end."""
        wrap, self._wrap = self._wrap, None
        if wrap is not None:
            self._put([*wrap.flush(), ("" if wrap.at_line_start else "\n", "")])


def reasons(routed: Routed | None) -> list[str]:
    """Return lines that say who could have answered, and why."""
    if routed is None:
        return ["nobody has answered here yet"]
    lines = [f"resonance key: {routed.resonance_key}"] if routed.resonance_key else []
    if routed.override:
        lines.append("you chose the persona")
    for choice in routed.choices:
        lines.append(f"{choice.persona}  {choice.probability:.0%}  {choice.reason}")
    return lines
