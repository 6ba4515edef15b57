"""The messages that a reader shows: what comes, less what other branches take out."""

from collections.abc import Callable, Iterable

from tests.chaos.events import Frame

__all__ = ["View"]


class View:
    """Messages of both sides by id, in order; turns in the order of their first message."""

    def __init__(self, messages: Iterable[Frame] = ()) -> None:
        self.messages: dict[str, Frame] = {}
        for each in messages:
            self.messages[each["id"]] = each

    @property
    def turns(self) -> list[str]:
        """Return the turns that are shown."""
        return list(dict.fromkeys(each["turn_id"] for each in self.messages.values()))

    def add(self, message: Frame) -> None:
        """Show a message; one that supersedes another takes that and all after it out."""
        old = self.messages.get(message.get("supersedes") or "")
        if old is not None:
            turns = self.turns
            later = set(turns[turns.index(old["turn_id"]) + 1 :])
            ids = [key for key, each in self.messages.items() if each["turn_id"] == old["turn_id"]]
            gone = {*ids[ids.index(old["id"]) :]}
            self._keep(lambda each: each["id"] not in gone and each["turn_id"] not in later)
        self.messages[message["id"]] = message

    def replace(self, old: str, new: str, message_ids: list[str]) -> None:
        """Let turn `new` stand in the place of `old`, whose answer and all after it go."""
        turns = self.turns
        if old not in turns:
            return
        # what superseded a message has taken out what came after it already
        later = set() if new in turns else set(turns[turns.index(old) + 1 :])
        self._keep(
            lambda each: (
                each["turn_id"] not in later
                and (each["turn_id"] != old or each["id"] in message_ids)
            )
        )
        for key, each in self.messages.items():
            if each["turn_id"] == old:
                self.messages[key] = each | {"turn_id": new}

    def _keep(self, wanted: Callable[[Frame], bool]) -> None:
        self.messages = {key: each for key, each in self.messages.items() if wanted(each)}
