"""What the log says of the turn that is being answered: a fold over its frames."""

from msgspec import structs

from schemas.frames import Delta, LogFrame, Routed, TurnDone, TurnFailed, TurnRestarted, TurnStarted
from schemas.resources import RunningTurn
from sessions.ids import answer_id

__all__ = ["Running"]


class Running:
    """The turn that runs at the end of a log, if any; `seq` is where the newest turn began."""

    def __init__(self) -> None:
        self.seq = 0
        self._started: TurnStarted | None = None
        self._attempt = 0
        self._routed: Routed | None = None
        self._delta: Delta | None = None
        self._texts: list[str] = []

    @property
    def turn_id(self) -> str | None:
        """Return the id of the turn that runs."""
        return self._started.turn_id if self._started else None

    @property
    def message_ids(self) -> tuple[str, ...]:
        """Return the ids of the messages that it answers."""
        return self._started.message_ids if self._started else ()

    @property
    def text(self) -> str:
        """Return its text so far."""
        if len(self._texts) > 1:
            self._texts = ["".join(self._texts)]
        return self._texts[0] if self._texts else ""

    def apply(self, frame: LogFrame) -> None:
        """Take in the next frame of the log."""
        match frame:
            case Delta():
                self._delta = frame
                self._texts.append(frame.text)
            case TurnStarted():
                self._begin(frame.attempt)
                self._started = frame
                self.seq = frame.seq
            case TurnRestarted():
                self._begin(frame.attempt)
            case Routed():
                self._routed = frame
            case TurnDone() | TurnFailed():
                self._started = None
                self._begin(0)

    def frames(self) -> list[LogFrame]:
        """Return frames from which a reader of the log alone rebuilds the running turn."""
        if self._started is None:
            return []
        frames: list[LogFrame] = [structs.replace(self._started, attempt=self._attempt)]
        if self._routed is not None:
            frames.append(self._routed)
        if self._delta is not None:
            frames.append(structs.replace(self._delta, text=self.text))
        return frames

    def _begin(self, attempt: int) -> None:
        self._attempt = attempt
        self._routed = None
        self._delta = None
        self._texts = []

    def view(self) -> RunningTurn | None:
        """Return the turn as a snapshot shows it."""
        if self._started is None:
            return None
        routed = self._routed
        return RunningTurn(
            turn_id=self._started.turn_id,
            message_id=answer_id(self._started.turn_id),
            message_ids=self._started.message_ids,
            attempt=self._attempt,
            text=self.text,
            persona=routed.persona if routed else None,
            choices=routed.choices if routed else (),
            resonance_key=routed.resonance_key if routed else "",
            supersedes=self._started.supersedes,
        )
