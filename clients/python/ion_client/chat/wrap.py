"""Breaks lines between words while the text is still coming."""

import re

from rich.cells import cell_len

__all__ = ["Styled", "Wrap"]

_PIECES = re.compile(r"\n|[^\S\n]+|\S+")
Styled = tuple[str, str]


class Wrap:
    """Holds back the last word until it is whole; `width` and `column` are terminal cells.

    Texts come and go with the name of their style.
    """

    def __init__(self, width: int, *, column: int = 0) -> None:
        self._width = width
        self._column = column
        self._gap = ""
        self._word: list[Styled] = []

    @property
    def at_line_start(self) -> bool:
        """Whether nothing stands in the line."""
        return self._column == 0 and not self._word

    def feed(self, text: str, style: str = "") -> list[Styled]:
        """Return what can be shown now."""
        shown: list[Styled] = []
        for piece in _PIECES.findall(text):
            if piece == "\n":
                shown += [*self._placed(), ("\n", "")]
                self._gap, self._column = "", 0
            elif piece.isspace():
                shown += self._placed()
                self._gap += piece
            else:
                self._word.append((piece, style))
        return shown

    def flush(self) -> list[Styled]:
        """Return the rest."""
        return self._placed()

    def _placed(self) -> list[Styled]:
        word, self._word = self._word, []
        if not word:
            return []
        gap, self._gap = self._gap, ""
        length = sum(cell_len(text) for text, _ in word)
        cells = cell_len(gap) + length
        if self._column and self._column + cells > self._width:
            gap, cells, self._column = "\n", length, 0
        self._column += cells
        return [(gap, ""), *word]
