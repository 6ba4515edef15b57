"""Messages on disk until the server has them: JSON lines, each synced before `send` returns."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from .channel import Kind
from .errors import IonClientError

__all__ = ["Entry", "Outbox", "pending", "too_long"]

# A frame has 64 KiB; what is beside the text in one takes far less than this.
_TEXT_BYTES = 65_536 - 4_096


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="add"):
    """A message that waits; `key` is shared by messages of the same session.

    `kind` is send, edit (`about` a message) or regenerate (`about` a turn); `error` is the code
    with which it was refused for good.
    """

    client_msg_id: str
    key: str
    text: str
    session_id: str | None = None
    persona: str | None = None
    policy: str = "merge"
    kind: Kind = "send"
    about: str = ""
    error: str = ""


class _Bind(Struct, frozen=True, kw_only=True, tag="bind"):
    key: str
    session_id: str


class _Done(Struct, frozen=True, kw_only=True, tag="done"):
    client_msg_id: str


class _Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    client_msg_id: str
    error: str = ""


_Line = Entry | _Bind | _Done | _Refused
_decode = msgspec.json.Decoder(_Line).decode


def pending(lines: Iterable[bytes]) -> list[Entry]:
    """Return the entries that were added and not done, in order.

    Lines without sense are skipped: a crash may have torn the last one.
    """
    entries: dict[str, Entry] = {}
    names: dict[str, str] = {}
    for raw in lines:
        with suppress(msgspec.DecodeError, UnicodeError):
            line: _Line = _decode(raw)
            match line:
                case Entry():
                    entries[line.client_msg_id] = line
                case _Bind():
                    names[line.key] = line.session_id
                case _Done():
                    entries.pop(line.client_msg_id, None)
                case _Refused(client_msg_id=known) if known in entries:
                    entries[known] = structs.replace(entries[known], error=line.error)
    return [
        structs.replace(each, session_id=each.session_id or names.get(each.key))
        for each in entries.values()
    ]


def too_long(text: str) -> bool:
    """Tell whether no frame can hold a text, in either format."""
    if len(text) * 6 <= _TEXT_BYTES:
        return False
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) > _TEXT_BYTES


class Outbox:
    """The file at `path`, of mode 0600 and for one program at a time.

    Raises IonClientError `busy` when another program has it open.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(self._fd)
        except OSError:
            os.close(self._fd)
            raise IonClientError("busy", f"another program uses {path}") from None
        self.entries = pending(path.read_bytes().splitlines())
        self._waiting = {each.client_msg_id for each in self.entries}

    def add(self, entry: Entry) -> None:
        """Keep a message; it is on disk when this returns. Raises OSError."""
        self._write(entry)
        self._waiting.add(entry.client_msg_id)

    def refused(self, client_msg_id: str, error: str) -> None:
        """Note why a message was refused for good; an empty code: it is to be said once more."""
        if client_msg_id in self._waiting:
            self._note(_Refused(client_msg_id=client_msg_id, error=error))

    def done(self, client_msg_id: str, *, key: str, session_id: str | None) -> None:
        """Forget a message, and note the session that its kind belongs to."""
        if client_msg_id not in self._waiting:
            return
        self._waiting.discard(client_msg_id)
        if not self._waiting:
            os.ftruncate(self._fd, 0)
            os.fsync(self._fd)
            return
        done = _Done(client_msg_id=client_msg_id)
        if session_id is None:
            self._note(done)
        else:
            self._note(_Bind(key=key, session_id=session_id), done)

    def close(self) -> None:
        """Let other programs have the file."""
        os.close(self._fd)

    def _note(self, *lines: _Line) -> None:
        # what could not be noted is said again by the next run, and known then
        with suppress(OSError):
            self._write(*lines)

    def _write(self, *lines: _Line) -> None:
        # on a full disk the line before may be torn
        data = b"".join(b"\n" + msgspec.json.encode(each) for each in lines) + b"\n"
        while data:
            data = data[os.write(self._fd, data) :]
        os.fsync(self._fd)


def _lock(fd: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has no such locks
        return
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
