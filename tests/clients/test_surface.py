"""What a page needs of the client: connect without waiting, listen by name, show what there is."""

from pathlib import Path

import pytest
from ion_client import ClientClosed, IonClient, IonClientError, Session

from tests.clients.fake_server import FakeServer
from tests.clients.times import until
from tests.proxy import FaultProxy


async def test_connecting_does_not_wait_and_listeners_hear_by_name(server: FakeServer) -> None:
    states: list[str] = []
    counts: list[int] = []
    changed: list[Session] = []
    ion = IonClient(server.url)
    ion.on("state", states.append)
    ion.on("unread", counts.append)
    stop = ion.on("change", changed.append)
    session = await ion.session()
    answer = session.send("hi")
    assert [(each.text, each.status) for each in session.shown] == [("hi", "queued")]

    ion.connect()
    assert ion.state == "idle"
    await answer.whole()
    await until(lambda: counts == [1])
    assert (ion.unread, session.unread) == (1, 1)
    assert changed
    assert set(changed) == {session}
    stop()
    stop()
    changed.clear()
    await session.ask("again")
    await ion.close()
    assert not changed
    assert states == ["connecting", "open", "idle"]
    assert [(each.text, each.status) for each in session.shown] == [
        ("hi", "sent"),
        ("Hello there.", "done"),
        ("again", "sent"),
        ("Hello there.", "done"),
    ]
    with pytest.raises(ClientClosed):
        ion.connect()


async def test_a_session_is_found_again_by_its_key(
    server: FakeServer, proxy: FaultProxy, tmp_path: Path
) -> None:
    proxy.refuse()
    ion = IonClient(proxy.url, queue_path=tmp_path / "queue")
    session = await ion.session()
    session.send("hi")
    with pytest.raises(IonClientError, match="busy"):
        IonClient(proxy.url, queue_path=tmp_path / "queue").connect()
    key = session.key
    await ion.close()

    proxy.refuse(False)
    async with IonClient(proxy.url, queue_path=tmp_path / "queue") as ion:
        again = await ion.session(key)
        assert again is await ion.session(key)
        await until(lambda: [each.status for each in again.shown] == ["sent", "done"])
        assert again.key == key
        await again.read()
    assert server.told == [(f"/sessions/{again.id}/read", {"message_id": again.shown[1].id})]
