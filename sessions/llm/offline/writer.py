"""Picks authored sentences so that none is ever said twice in a conversation."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b

__all__ = ["Writer", "units"]

UNIT = re.compile(r"(?<=[.!?…。！？])[\"'”’)*_]*\s+|\n+")
SLOT = re.compile(r"\{(\w+)(?::([^}]*))?\}")
LABEL = re.compile(r"^[ \t]*(?:\d{1,2}\)|[-|])?[ \t]*(?:\*\*[^*\n]{1,40}\*\*)?")
JUNK = re.compile(r"[\W_]+")
TELLING_CHARS = 10


def units(text: str) -> set[str]:
    """Return the sentences and lines of `text`: their letters and digits, without labels."""
    cut = (_bare(LABEL.sub("", each)) or _bare(each) for each in UNIT.split(text))
    return {each for each in cut if each and not each.isdigit()}


def _bare(text: str) -> str:
    return JUNK.sub(" ", text.casefold()).strip()


class Writer:
    """Fills templates for one answer.

    `past` are the earlier answers: their sentences are not said again, and their turns of phrase
    only when nothing else is left. The choice depends on `seed` and on nothing else.
    """

    def __init__(
        self,
        past: Iterable[str],
        fillers: Mapping[str, str],
        *,
        seed: str,
        attach: Callable[[str, str], str] = lambda word, _: word,
    ) -> None:
        self._past = "\n".join(past).casefold()
        self._used = units(self._past)
        self._fillers = fillers
        self._seed = blake2b(seed.encode("utf-8", "replace")).digest()
        self._attach = attach

    def pick(self, *tiers: Sequence[str], again: bool = False) -> str | None:
        """Return a filled template that says nothing said before, or None.

        Earlier tiers come first. With `again` a turn of phrase may come back with other words in
        its slots when no fresh one is left.
        """
        for repeat in (False, True)[: 1 + again]:
            for tier in tiers:
                for template in self._shuffled(tier):
                    if self._stale(template) and not (repeat and SLOT.search(template)):
                        continue
                    if (text := self.take(template)) is not None:
                        return text
        return None

    def wrap(self, slot: str, inner: Sequence[Sequence[str]], outer: Sequence[str]) -> str | None:
        """Return a template of `outer` around a fresh one of `inner`, which fills its `slot`."""
        for tier in inner:
            for template in self._shuffled(tier):
                filled = None if self._stale(template) else self.fill(template)
                if filled is None or units(filled) & self._used:
                    continue
                self._fillers = {**self._fillers, slot: filled}
                if (text := self.pick(outer, again=True)) is not None:
                    return text
        return None

    def take(self, template: str) -> str | None:
        """Return the filled template and count it as said; None when it cannot be said."""
        text = self.fill(template)
        if text is None:
            return None
        said = units(text)
        if not said or said & self._used:
            return None
        self._used |= said
        return text

    def is_fresh(self, template: str) -> bool:
        """Tell whether a template without slots says nothing that was said before."""
        return not units(template) & self._used

    def fill(self, template: str) -> str | None:
        """Return the template with its slots filled, None when one of them has no filler."""
        if any(match[1] not in self._fillers for match in SLOT.finditer(template)):
            return None
        return SLOT.sub(self._filled, template)

    def _filled(self, match: re.Match[str]) -> str:
        return self._attach(self._fillers[match[1]], match[2] or "")

    def _shuffled(self, tier: Sequence[str]) -> list[str]:
        return sorted(tier, key=self._rank)

    def _rank(self, template: str) -> bytes:
        return blake2b(template.encode(), digest_size=8, key=self._seed).digest()

    def _stale(self, template: str) -> bool:
        longest = max(SLOT.sub("\0", template).split("\0"), key=len).strip(" .,!?:;“”")
        return len(longest) >= TELLING_CHARS and longest.casefold() in self._past
