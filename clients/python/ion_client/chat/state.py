"""What the chat remembers between runs: tokens, the last session, unsent messages."""

import os
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec import Struct

from ion_client.auth import FileTokens
from ion_client.resources import Device

__all__ = ["ChatState", "default_directory"]


class _Kept(Struct, kw_only=True, omit_defaults=True):
    installation_id: str
    url: str = ""
    session_id: str | None = None


class ChatState:
    """Files of mode 0600 in a directory of mode 0700; accounts of several servers side by side."""

    def __init__(self, directory: Path, url: str) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        server = "".join(each if each.isalnum() else "-" for each in url.partition("://")[2])
        self._path = directory / f"{server}.json"
        self._url = url
        self.tokens_path = directory / f"{server}.tokens.json"
        self.queue_path = directory / f"{server}.queue.jsonl"
        self._kept = self._load()

    @property
    def tokens(self) -> FileTokens:
        """Where this server's tokens are."""
        return FileTokens(self.tokens_path)

    @property
    def session_id(self) -> str | None:
        """The session that was open last."""
        return self._kept.session_id

    def device(self, *, locale: str, timezone: str) -> Device:
        """Return this terminal as a device."""
        return Device(
            installation_id=self._kept.installation_id,
            platform="cli",
            locale=locale,
            timezone=timezone,
        )

    def remember(self, session_id: str | None) -> None:
        """Keep the session for the next run."""
        if session_id != self._kept.session_id:
            self._kept.session_id = session_id
            self._save()

    def forget_account(self) -> None:
        """Begin as somebody new: the server knows this account no more."""
        self.tokens_path.unlink(missing_ok=True)
        self.remember(None)

    def _load(self) -> _Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return _Kept(installation_id=uuid4().hex, url=self._url)

    def _save(self) -> None:
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(msgspec.json.encode(self._kept))


def default_directory(xdg_config_home: str | None, home: Path) -> Path:
    """Return where the chat keeps its files when it is not told."""
    base = Path(xdg_config_home) if xdg_config_home else home / ".config"
    return base / "ion"
