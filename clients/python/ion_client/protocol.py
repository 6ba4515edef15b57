"""The client's side of protocol 2.1 without I/O: frames and actions in, frames and events out."""

from collections import deque
from collections.abc import Iterator

from . import frames
from .channel import Channel, Kind, Sending
from .errors import ClientClosed, IonClientError
from .events import Acked, Event
from .frames import ClientFrame, LogFrame, Other, ServerFrame
from .resources import Device
from .turns import Turn
from .view import View

__all__ = ["ClientProtocol", "Emission"]

_FATAL = frozenset({"not_found", "gone", "forbidden", "quota_exceeded"})
_REATTACH_S = 1.0
_MOST_WAIT_MS = 120_000


_SessionFrame = frames.Attached | frames.Snapshot | LogFrame | Other
Emission = tuple[Channel, Sending | None, Event | IonClientError]


class ClientProtocol:
    """One client over all its connections.

    Each session sends one message at a time and the next after its ack, so order survives any
    refusal. `retries` is how often a message that the server asks to repeat later is repeated; one
    to be repeated in more than two minutes is refused, for its user should know.
    Times are seconds of one monotonic clock.
    """

    def __init__(self, *, device: Device | None = None, retries: int = 5) -> None:
        self.limits = frames.Limits()
        self.user_id: str | None = None
        self.welcomed = False
        self.drain_ms: int | None = None
        self.refusal: IonClientError | None = None
        self._device = device
        self._retries = retries
        self._channels: list[Channel] = []
        self._by_id: dict[str, Channel] = {}
        self._sendings: dict[str, Sending] = {}
        self._left: dict[str | None, Channel] = {}
        self._early: dict[str, list[_SessionFrame]] = {}
        self._frames: deque[ClientFrame] = deque()
        self._emissions: deque[Emission] = deque()

    # what the user does

    def open(self, session_id: str | None = None) -> Channel:
        """Return the channel of a session, or a new one that the first message begins."""
        if session_id is not None and (known := self._by_id.get(session_id)) is not None:
            return known
        channel = Channel(session_id)
        channel.take_over(self._left.pop(session_id, None))
        self._channels.append(channel)
        if session_id is not None:
            self._by_id[session_id] = channel
            # hello may be on its way without it
            channel.attach_at = 0.0
        return channel

    def close(self, channel: Channel) -> None:
        """Read a session no more; its unsent messages are dropped."""
        if channel not in self._channels:
            return
        self._channels.remove(channel)
        self._end_all(channel, ClientClosed("the session was closed"))
        if channel.id is not None:
            self._by_id.pop(channel.id, None)
            if channel.refused:
                self._left[channel.id] = channel
            if self.welcomed:
                self._frames.append(frames.Detach(session_id=channel.id))

    def submit(
        self,
        channel: Channel,
        client_msg_id: str,
        text: str,
        *,
        persona: str | None = None,
        policy: str = "merge",
        kind: Kind = "send",
        about: str = "",
    ) -> Sending:
        """Queue a message; it goes out when its turn comes and the connection allows."""
        sending = Sending(
            channel, client_msg_id, text, persona=persona, policy=policy, kind=kind, about=about
        )
        if channel.error is not None:
            channel.refused.append((sending, channel.error))
            self._emissions.append((channel, sending, channel.error))
            return sending
        channel.outbox.append(sending)
        self._sendings[client_msg_id] = sending
        return sending

    def refuse(self, sending: Sending, error: IonClientError) -> None:
        """Take a queued message as refused for good."""
        sending.channel.outbox.remove(sending)
        sending.channel.refused.append((sending, error))
        del self._sendings[sending.client_msg_id]

    def retry(self, sending: Sending) -> None:
        """Queue a message that was refused once more, and ask for its session anew if need be."""
        channel = sending.channel
        sending.again()
        channel.outbox.append(sending)
        self._sendings[sending.client_msg_id] = sending
        if channel.error is not None:
            channel.error, channel.attach_at = None, 0.0

    def abandon(self) -> None:
        """Forget all messages that wait for an ack or an answer, without a word to anybody."""
        for channel in self._channels:
            channel.outbox.clear()
            channel.view = View()
        self._sendings.clear()

    def stop(self, channel: Channel) -> None:
        """End the turn that runs, or the one that the oldest unsent message will begin."""
        turns = channel.view.turns
        running = next((turn for turn in turns if turn.started), turns[0] if turns else None)
        if running is not None:
            running.stopping = True
            self._say_stop(channel, running)
        elif channel.outbox:
            channel.outbox[0].stopping = True

    def typing(self, channel: Channel, *, active: bool) -> None:
        """Say that the user writes, or has stopped; without a connection nobody needs to know."""
        if self.welcomed and channel.id is not None and channel.error is None:
            self._frames.append(frames.Typing(session_id=channel.id, active=active))

    # what the connection does

    def connected(self) -> None:
        """A connection is open: say hello and resume every session from its cursor."""
        self.disconnected()
        self.refusal = None
        channels = [each for each in self._channels if each.id and each.error is None]
        most = self.limits.sessions
        points = tuple(each.point() for each in channels[:most])
        self._frames.append(frames.Hello(device=self._device, attach=points))
        for channel in channels:
            channel.attach_at = None
        for channel in channels[most:]:
            self._attach(channel)

    def disconnected(self) -> None:
        """The connection is gone; what was not acked will be said again."""
        self.welcomed = False
        self.drain_ms = None
        self._frames.clear()
        self._early.clear()
        for channel in self._channels:
            channel.view.attached = False
            for sending in channel.outbox:
                sending.under_way = False

    def receive(self, frame: ServerFrame, now: float) -> None:
        """Take in one frame of the server."""
        match frame:
            case frames.Welcome():
                self.welcomed, self.user_id = True, frame.user_id
                self.limits = frame.limits
            case frames.Ack():
                self._acked(frame)
            case frames.Error():
                self._refused(frame, now)
            case frames.Drain():
                self.drain_ms = frame.reconnect_in_ms
            case frames.Pong():
                pass
            case frames.Snapshot():
                self._of_session(frame.session.id, frame)
            case _ if frame.session_id is not None:
                self._of_session(frame.session_id, frame)
            case _:
                pass

    def frames_to_send(self, now: float) -> list[ClientFrame]:
        """Return what has to go out now, in order."""
        if self.welcomed:
            for channel in self._channels:
                if channel.attach_at is not None and channel.attach_at <= now:
                    channel.attach_at = None
                    self._attach(channel)
                self._send_next(channel, now)
        ready = list(self._frames)
        self._frames.clear()
        return ready

    def due(self) -> float | None:
        """Return when `frames_to_send` will have more by time alone, None for never."""
        heads = [each.outbox[0] for each in self._channels if each.outbox]
        times = [each.not_before for each in heads if not each.under_way]
        times += [each.attach_at for each in self._channels if each.attach_at is not None]
        return min(times, default=None) if self.welcomed else None

    def events_received(self) -> Iterator[Emission]:
        """Yield what happened: channel, the message it concerns (None: the session), event."""
        while self._emissions:
            yield self._emissions.popleft()

    # inside

    def _attach(self, channel: Channel) -> None:
        point = channel.point()
        self._frames.append(
            frames.Attach(session_id=point.session_id, epoch=point.epoch, after=point.after)
        )

    def _send_next(self, channel: Channel, now: float) -> None:
        if not channel.outbox:
            return
        sending = channel.outbox[0]
        if sending.under_way or sending.not_before > now:
            return
        sending.under_way = True
        self._frames.append(sending.frame())

    def _say_stop(self, channel: Channel, turn: Turn) -> None:
        if self.welcomed and channel.id is not None:
            self._frames.append(frames.Stop(session_id=channel.id, turn_id=turn.turn_id))

    def _of_session(self, session_id: str, frame: _SessionFrame) -> None:
        channel = self._by_id.get(session_id)
        if channel is None:
            if any(each.id is None for each in self._channels):
                self._early.setdefault(session_id, []).append(frame)
            return
        match frame:
            case frames.Attached():
                self._attached(channel, frame)
            case frames.Snapshot():
                channel.view.refresh(frame)
                channel.accepted.clear()
                self._recognise(channel)
                self._repeat_stops(channel)
            case Other():
                self._advance(channel, frame.seq)
            case _:
                self._log_frame(channel, frame)
        self._tell(channel)

    def _attached(self, channel: Channel, frame: frames.Attached) -> None:
        if not channel.view.attach(frame):
            self._ask_snapshot(channel)
        elif frame.recovered:
            self._repeat_stops(channel)

    def _log_frame(self, channel: Channel, frame: LogFrame) -> None:
        if not self._advance(channel, frame.seq):
            return
        torn = channel.view.torn
        channel.view.apply(frame)
        if channel.view.torn and not torn:
            self._ask_snapshot(channel)
        if isinstance(frame, frames.MessageFrame):
            self._recognise(channel)

    def _advance(self, channel: Channel, seq: int | None) -> bool:
        moved = False if seq is None else channel.view.advance(seq)
        if moved is None:
            self._fill_gap(channel)
        return bool(moved)

    def _fill_gap(self, channel: Channel) -> None:
        """Ask for what lacks, once for each place in the log."""
        if channel.gap_at == channel.view.seq:
            self._ask_snapshot(channel)
        else:
            channel.gap_at = channel.view.seq
            self._attach(channel)

    def _ask_snapshot(self, channel: Channel) -> None:
        if channel.id is not None:
            self._frames.append(frames.Attach(session_id=channel.id))

    def _repeat_stops(self, channel: Channel) -> None:
        for turn in channel.view.turns:
            if turn.stopping and turn.end is None:
                self._say_stop(channel, turn)

    def _recognise(self, channel: Channel) -> None:
        """Take a message that stands in the session as an ack that was lost."""
        turn_ids = {
            each.client_msg_id: each.turn_id
            for each in channel.view.messages
            if each.client_msg_id is not None
        }
        channel.accepted[:] = [
            each for each in channel.accepted if each.client_msg_id not in turn_ids
        ]
        for sending, _ in list(channel.refused):
            if sending.client_msg_id in turn_ids:
                channel.take_refused(sending.client_msg_id)
                channel.outbox.append(sending)
                self._sendings[sending.client_msg_id] = sending
        for sending in list(channel.outbox):
            if turn_id := turn_ids.get(sending.client_msg_id):
                self._accepted(sending, turn_id, duplicate=True)

    def _acked(self, frame: frames.Ack) -> None:
        sending = self._sendings.get(frame.client_msg_id)
        if sending is None:
            return
        channel = sending.channel
        if channel.id is None:
            channel = self._name(channel, frame.session_id)
        self._accepted(sending, frame.turn_id, duplicate=frame.duplicate)
        self._tell(channel)
        for early in self._early.pop(frame.session_id, []):
            self._of_session(frame.session_id, early)
        if frame.duplicate and not channel.view.knows(frame.turn_id):
            # the turn may be older than the log, which is then silent about it
            self._ask_snapshot(channel)

    def _name(self, channel: Channel, session_id: str) -> Channel:
        """Give a new session its id; one that is open already takes the messages over."""
        channel.id = session_id
        known = self._by_id.setdefault(session_id, channel)
        if known is not channel:
            self._channels.remove(channel)
            channel.view = known.view
            known.refused += channel.refused
            channel.accepted, channel.refused = known.accepted, known.refused
            for sending in (*channel.outbox, *(each for each, _ in channel.refused)):
                sending.channel = known
            known.outbox.extendleft(reversed(channel.outbox))
            channel.outbox = known.outbox
        return known

    def _accepted(self, sending: Sending, turn_id: str, *, duplicate: bool) -> None:
        channel = sending.channel
        channel.outbox.remove(sending)
        del self._sendings[sending.client_msg_id]
        sending.turn_id = turn_id
        if sending.kind == "send" and not channel.view.holds(sending.client_msg_id):
            channel.accepted.append(sending)
        acked = Acked(
            client_msg_id=sending.client_msg_id,
            session_id=channel.id or "",
            turn_id=turn_id,
            duplicate=duplicate,
        )
        self._emissions.append((channel, sending, acked))
        channel.view.follow(sending, turn_id)
        if sending.stopping:
            self._stop_turn(channel, turn_id)

    def _stop_turn(self, channel: Channel, turn_id: str) -> None:
        for turn in channel.view.turns:
            if turn.turn_id == turn_id:
                turn.stopping = True
                self._say_stop(channel, turn)

    def _refused(self, frame: frames.Error, now: float) -> None:
        error = IonClientError(
            frame.code,
            frame.message,
            retryable=frame.retryable,
            retry_after_ms=frame.retry_after_ms,
        )
        if frame.ref is None:
            self.refusal = error
        elif (sending := self._sendings.get(frame.ref)) is not None:
            self._refused_sending(sending, error, now)
        elif (channel := self._by_id.get(frame.ref)) is not None:
            self._refused_channel(channel, error, now)

    def _refused_sending(self, sending: Sending, error: IonClientError, now: float) -> None:
        channel = sending.channel
        wait_ms = error.retry_after_ms or 0
        soon = error.retryable and 0 < wait_ms <= _MOST_WAIT_MS
        if soon and sending.tries < self._retries:
            sending.tries += 1
            sending.under_way = False
            sending.not_before = now + wait_ms / 1000
            return
        self.refuse(sending, error)
        self._emissions.append((channel, sending, error))

    def _refused_channel(self, channel: Channel, error: IonClientError, now: float) -> None:
        if error.code not in _FATAL:
            if error.retryable:
                channel.attach_at = now + (error.retry_after_ms or 0) / 1000 + _REATTACH_S
            return
        channel.error = error
        channel.refused += [(each, error) for each in channel.outbox]
        self._end_all(channel, error)
        self._emissions.append((channel, None, error))

    def _end_all(self, channel: Channel, error: IonClientError) -> None:
        waiting = [*channel.view.listeners(), *channel.outbox]
        channel.outbox.clear()
        channel.view = View()
        for sending in waiting:
            self._sendings.pop(sending.client_msg_id, None)
            self._emissions.append((channel, sending, error))

    def _tell(self, channel: Channel) -> None:
        for sending, event in channel.view.news():
            self._emissions.append((channel, sending, event))
