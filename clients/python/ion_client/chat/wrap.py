"""Breaks lines between words while the text is still coming."""

import re

from rich.cells import cell_len

__all__ = ["Wrap"]

_PIECES = re.compile(r"\n|[^\S\n]+|\S+")


class Wrap:
    """Holds back the last word until it is whole; `width` and `column` are terminal cells."""

    def __init__(self, width: int, *, column: int = 0) -> None:
        self._width = width
        self._column = column
        self._gap = ""
        self._word = ""

    def feed(self, text: str) -> str:
        """Return what can be shown now."""
        shown = ""
        for piece in _PIECES.findall(text):
            if piece == "\n":
                shown += self._placed() + "\n"
                self._gap, self._column = "", 0
            elif piece.isspace():
                shown += self._placed()
                self._gap += piece
            else:
                self._word += piece
        return shown

    def flush(self) -> str:
        """Return the rest."""
        return self._placed()

    def _placed(self) -> str:
        word, self._word = self._word, ""
        if not word:
            return ""
        gap, self._gap = self._gap, ""
        cells = cell_len(gap) + cell_len(word)
        if self._column and self._column + cells > self._width:
            gap, cells, self._column = "\n", cell_len(word), 0
        self._column += cells
        return gap + word
