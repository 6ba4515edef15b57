"""The chat itself: lines in, answers on a screen; knows neither terminal nor files."""

import asyncio
from collections.abc import Callable

from ion_client.answer import Answer
from ion_client.client import IonClient
from ion_client.connection import State
from ion_client.errors import IonClientError
from ion_client.events import Acked, Delta, Done, Event, Failed, Notice, Restarted, Routed, Safety
from ion_client.resources import Message, Persona, SessionInfo
from ion_client.session import Session

from .screen import Screen

__all__ = ["HELP", "Talk"]

HELP = """\
/new             begin a new conversation
/sessions        list your conversations
/open N          go on with number N of that list
/persona NAME    let NAME answer from now on; /persona alone: whoever fits
/why             why did this persona answer?
/again           have the last message answered again
/edit TEXT       put TEXT in the place of your last message
/stop            end the running answer (also Ctrl-C)
/quit            leave (also Ctrl-D)"""
_HISTORY = 6


class Talk:
    """One user's talk: obeys commands, sends the rest, shows what comes.

    `remember` is given the session to open next time; `failed` says that something that was asked
    for was not done.
    """

    def __init__(
        self,
        ion: IonClient,
        screen: Screen,
        *,
        remember: Callable[[str | None], None],
        persona: str | None = None,
    ) -> None:
        self.over = False
        self.failed = False
        self.answering = False
        self.stopping = False
        self._ion = ion
        self._screen = screen
        self._remember = remember
        self._persona = persona
        self._session: Session | None = None
        self._personas: tuple[Persona, ...] = ()
        self._listed: tuple[SessionInfo, ...] = ()
        self._routed: Routed | None = None
        self._writing = False
        self._offline = ion.state == "waiting"

    async def begin(self, session_id: str | None, *, only: bool = False) -> None:
        """Open the session, or a new one when there is none or it is gone.

        With `only` no other will do: raises IonClientError when it can't be opened.
        """
        await self._learn_personas()
        if self._persona is not None:
            self._persona = self._persona.casefold()
        try:
            self._session = await self._ion.session(session_id, persona=self._persona)
        except IonClientError as error:
            if only:
                raise
            self._screen.say(
                f"That conversation can't be opened ({error.code}); here is a new one."
            )
            self._session = await self._ion.session(persona=self._persona)
        self._show_history()

    async def obey(self, line: str) -> None:
        """Obey a command or send a message, and wait for its answer."""
        line = line.strip()
        if not line:
            return
        if not line.startswith("/"):
            await self.send(line)
            return
        name, _, argument = line[1:].partition(" ")
        commands = {
            "help": self._help,
            "new": self._new,
            "sessions": self._sessions,
            "open": self._open,
            "persona": self._choose,
            "why": self._why,
            "again": self._again,
            "edit": self._edit,
            "stop": self._stop,
            "quit": self._quit,
        }
        command = commands.get(name, self._unknown)
        try:
            await command(argument.strip())
        except IonClientError as error:
            self._fail(_explained(error))

    async def send(self, text: str) -> None:
        """Say something and show the answer."""
        await self._show(self._current().send(text))

    async def deliver(self, answers: tuple[Answer, ...]) -> None:
        """Show the answers to messages of an earlier run."""
        for answer in answers:
            self._screen.say(f"from last time: {answer.text}")
            self._session = answer.session
            await self._show(answer)

    async def stop(self) -> None:
        """End the running answer."""
        self.stopping = True
        await self._current().stop()

    def connection_changed(self, state: State) -> None:
        """Show that the connection is lost, and that it is back."""
        if state not in ("open", "waiting") or (state == "waiting") == self._offline:
            return
        self._offline = state == "waiting"
        if self.answering:
            back = None if self._writing else "…"
            self._screen.waiting("no connection, trying again …" if self._offline else back)
        elif self._offline:
            self._screen.say("No connection; what you write is sent as soon as there is one.")
        else:
            self._screen.say("Connected again.")

    async def _show(self, answer: Answer) -> None:
        self.answering, self.stopping, self._writing = True, False, False
        self._screen.waiting("…" if self._ion.state == "open" else "waiting for a connection …")
        try:
            async for event in answer:
                self._show_event(event)
        except IonClientError as error:
            self.failed = True
            # it stands on the screen, to be said again in whatever words
            answer.session.discard(answer.client_msg_id)
            self._screen.end(remark=_explained(error))
        except asyncio.CancelledError:
            self._screen.end()
            raise
        finally:
            self.answering = self._writing = False

    def _show_event(self, event: Event) -> None:
        match event:
            case Acked():
                self._remember(event.session_id)
            case Routed():
                self._routed = event
            case Notice():
                self._screen.notice(event)
            case Safety():
                self._screen.safety(event)
            case Delta():
                self._write(event.text)
            case Restarted():
                if self._writing:
                    self._screen.restart()
                self._writing = False
            case Done():
                self._done(event)
            case Failed():
                self.failed = True
                again = " Say it again to try once more." if event.retryable else ""
                self._screen.end(remark=f"There is no answer ({event.code}).{again}")

    def _fail(self, text: str) -> None:
        self.failed = True
        self._screen.say(text)

    def _write(self, text: str) -> None:
        if not self._writing:
            self._writing = True
            self._screen.begin(self._routed.persona if self._routed else "")
        self._screen.write(text)

    def _done(self, done: Done) -> None:
        remarks = {"stopped": "(stopped)", "length": "(cut off: too long)"}
        self._screen.end(done.text, remarks.get(done.finish_reason, ""))

    def _current(self) -> Session:
        if self._session is None:
            raise RuntimeError("begin was not called")
        return self._session

    async def _learn_personas(self) -> None:
        try:
            self._personas = await self._ion.personas()
        except IonClientError:
            return
        self._screen.personas(self._personas)

    def _show_history(self) -> None:
        messages = self._current().messages
        self._screen.history(messages[-_HISTORY:])
        self._routed = _last_routed(messages)

    async def _help(self, _: str) -> None:
        self._screen.say(HELP)

    async def _unknown(self, _: str) -> None:
        self._fail("There is no such command; /help lists them.")

    async def _new(self, _: str) -> None:
        self._session = await self._ion.session(persona=self._persona)
        self._routed = None
        self._remember(None)
        self._screen.say("A new conversation.")

    async def _sessions(self, _: str) -> None:
        self._listed = tuple(await self._ion.sessions())
        self._screen.sessions(self._listed)
        if not self._listed:
            self._screen.say("You have no conversations yet.")

    async def _open(self, argument: str) -> None:
        number = int(argument) if argument.isdecimal() else 0
        if not 1 <= number <= len(self._listed):
            self._fail("Use /sessions first, then /open with a number of that list.")
            return
        opened = self._listed[number - 1]
        self._session = await self._ion.session(opened.id, persona=self._persona)
        self._remember(opened.id)
        self._screen.say(opened.title or opened.id)
        self._show_history()

    async def _choose(self, argument: str) -> None:
        if not self._personas:
            await self._learn_personas()
        wanted = argument.casefold()
        found = [
            each
            for each in self._personas
            if wanted in (each.id, each.name.casefold(), *map(str.casefold, each.names.values()))
        ]
        if argument and not found:
            known = ", ".join(each.name for each in self._personas)
            self._fail(f"Nobody here is called {argument}. There are: {known}.")
            return
        self._persona = found[0].id if argument else None
        self._current().persona = self._persona
        self._screen.say(f"{found[0].name} answers now." if argument else "Whoever fits answers.")

    async def _why(self, _: str) -> None:
        self._screen.why(self._routed)

    async def _again(self, _: str) -> None:
        await self._show(self._current().regenerate(persona=self._persona))

    async def _edit(self, text: str) -> None:
        session = self._current()
        mine = [each for each in session.messages if each.role == "user"]
        if not text or not mine:
            self._fail("Say something first, then /edit with the new words.")
            return
        await self._show(session.edit(mine[-1].id, text))

    async def _stop(self, _: str) -> None:
        await self.stop()

    async def _quit(self, _: str) -> None:
        self.over = True


def _explained(error: IonClientError) -> str:
    again = " You can try again." if error.retryable else ""
    return f"That did not work: {error.message or error.code}.{again}"


def _last_routed(messages: tuple[Message, ...]) -> Routed | None:
    for message in reversed(messages):
        if (answered := message.answered) is not None:
            return Routed(
                turn_id=answered.turn_id,
                persona=answered.persona,
                choices=answered.choices,
                resonance_key=answered.resonance_key,
            )
    return None
