"""Whatever the network, the server and the user do, every answer is heard whole and once."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from ion_client import Acked, Done, Failed, IonClientError, Restarted
from ion_client.channel import Channel

from tests.clients.model import Session, Turn
from tests.clients.wire import Wire, ends, told


class Network(RuleBasedStateMachine):
    """Any interleaving of words, new words for old, drops, restarts, lost logs and repeats."""

    def __init__(self) -> None:
        super().__init__()
        self.wire = Wire()
        self.channels: list[Channel] = []
        self.order: dict[Channel, list[str]] = {}
        self.losses = 0
        self.wire.connect()

    @initialize(merging=st.booleans())
    def begin(self, merging: bool) -> None:
        self.wire.model.merging = merging

    @rule(which=st.integers(0, 1))
    def say(self, which: int) -> None:
        while len(self.channels) <= which:
            self.channels.append(self.wire.protocol.open())
        channel = self.channels[which]
        self.wire.submit(channel, self.key(channel))

    @rule(pick=st.integers(0, 9), edit=st.booleans())
    def say_again(self, pick: int, edit: bool) -> None:
        """Edit something that is shown, or have it answered again."""
        for channel in self.channels:
            asked = [each for each in channel.view.messages if each.role == "user"]
            if not asked or channel.outbox:
                continue
            one = asked[pick % len(asked)]
            if edit:
                self.wire.submit(channel, self.key(channel), kind="edit", about=one.id)
            else:
                about = one.turn_id or ""
                self.wire.submit(channel, self.key(channel), kind="regenerate", about=about)

    def key(self, channel: Channel) -> str:
        key = f"c{sum(map(len, self.order.values()))}"
        self.order.setdefault(channel, []).append(key)
        return key

    @rule(times=st.integers(1, 6))
    def carry_up(self, times: int) -> None:
        for _ in range(times):
            self.wire.step_up()

    @rule(times=st.integers(1, 12))
    def carry_down(self, times: int) -> None:
        for _ in range(times):
            self.wire.step_down()

    @rule()
    def carry_all(self) -> None:
        self.wire.settle()

    @rule()
    def lose_connection(self) -> None:
        self.wire.drop()

    @precondition(lambda self: self.wire.link is None)
    @rule()
    def come_back(self) -> None:
        self.wire.connect()

    @rule(pieces=st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=4))
    def answer(self, pieces: list[str]) -> None:
        for session in self.wire.model.sessions.values():
            turn = session.open_turn()
            if turn is None:
                continue
            if not turn.started:
                session.start(turn)
            for piece in pieces:
                session.say(turn, piece)

    @rule(well=st.booleans())
    def end(self, well: bool) -> None:
        for session in self.wire.model.sessions.values():
            turn = session.open_turn()
            if turn is not None and turn.started:
                session.finish(turn) if well else session.fail(turn)

    @rule()
    def take_over(self) -> None:
        for session in self.wire.model.sessions.values():
            turn = session.open_turn()
            if turn is not None and turn.started:
                session.restart(turn)

    @rule(keep=st.booleans())
    def lose_log(self, keep: bool) -> None:
        self.losses += 1
        for session in self.wire.model.sessions.values():
            session.new_epoch(keep=keep)

    @rule()
    def trim(self) -> None:
        for session in self.wire.model.sessions.values():
            if session.open_turn() is None:
                session.trim()

    @precondition(lambda self: self.wire.link is not None)
    @rule(back=st.integers(1, 5))
    def repeat(self, back: int) -> None:
        """Frames that were applied come again."""
        for channel in self.channels:
            session = self.wire.model.sessions.get(channel.id or "")
            view = channel.view
            if session is None or view.epoch != session.epoch:
                continue
            for frame in session.log[: max(0, view.seq - session.lost)][-back:]:
                self.wire.give(frame)

    def teardown(self) -> None:
        self.wire.drop()
        self.wire.connect()
        self.wire.settle()
        while any(session.open_turn() for session in self.wire.model.sessions.values()):
            self.answer(["the ", "end"])
            self.end(well=True)
            self.wire.settle()
        self.check()

    def check(self) -> None:
        sessions = self.wire.model.sessions
        for sending, heard in self.wire.heard.items():
            session = sessions[sending.channel.id or ""]
            (end,) = ends(heard)
            assert heard[-1] is end
            turn = session.find(sending.client_msg_id)
            if turn is None:
                assert isinstance(end, IonClientError), "only what was not there is refused"
                assert sending.kind != "send"
                continue
            assert [type(each) for each in heard].count(Acked) == 1
            restarts = sum(isinstance(each, Restarted) for each in heard)
            assert restarts <= session.restarts
            self.check_end(session, turn, end, told(heard))
        for channel, keys in self.order.items():
            session = sessions[channel.id or ""]
            found_keys = [each for each in keys if session.find(each)]
            assert session.keys == found_keys, "all said in order, and once"
            found = [
                (each.id, each.text, each.failed, each.turn_id, list(each.siblings))
                for each in channel.view.messages
            ]
            kept = [
                (
                    each["id"],
                    each["text"],
                    each.get("failed"),
                    each["turn_id"],
                    each.get("siblings", []),
                )
                for each in session.messages()
            ]
            assert found == kept
            assert channel.view.turns == ()
            self.check_session(channel, session)

    def check_end(self, session: Session, turn: Turn, end: Done | Failed, text: str) -> None:
        if isinstance(end, Done):
            assert turn.state == "done"
            assert end.text == turn.text == text
        else:
            # a turn that left the view while the reader was away is not in the snapshot
            assert turn.state == "failed" or (turn in session.gone and end.code == "gone")

    def check_session(self, channel: Channel, session: Session) -> None:
        """A listener of the whole session hears no turn's end twice, nor text that was not said."""
        heard = self.wire.session_heard[channel]
        for turn in (*session.turns, *session.gone):
            mine = [each for each in heard if getattr(each, "turn_id", None) == turn.id]
            assert len(ends(mine)) <= 1
            if mine and isinstance(mine[-1], Done):
                assert told(mine) == turn.text


TestNetwork = Network.TestCase
TestNetwork.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
