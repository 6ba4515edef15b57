"""What was said to a client that can't take anything back."""

__all__ = ["Spoken"]


class Spoken:
    """An answer's text as a client has it, while the answer may begin anew.

    What was said before is not said again; when the answer takes another way than what was said,
    it is `lost` and nothing more can be said.
    """

    def __init__(self) -> None:
        self.text = ""
        self.lost = False
        self._repeated: str | None = None

    def begin(self) -> None:
        """Know that the answer begins anew."""
        self._repeated = ""

    def add(self, piece: str) -> str:
        """Return what of the answer's next piece is new to the client."""
        if self._repeated is None:
            self.text += piece
            return piece
        self._repeated += piece
        return self._catch_up(self._repeated)

    def rest(self, whole: str) -> str:
        """Return what is missing to the whole answer."""
        self._repeated = whole
        rest = self._catch_up(whole)
        self.lost = self.text != whole
        return rest

    def _catch_up(self, repeated: str) -> str:
        if self.lost or self.text.startswith(repeated):
            return ""
        if not repeated.startswith(self.text):
            self.lost = True
            return ""
        rest = repeated[len(self.text) :]
        self.text, self._repeated = repeated, None
        return rest
