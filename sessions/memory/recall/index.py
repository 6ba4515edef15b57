"""Some rows of a user's index as arrays, ready to be searched."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from .cues import ASKS
from .postings import Postings
from .rows import Part, Row, Stretch
from .vectors import Vectors

__all__ = ["FACT", "Index"]

FACT = -1
TELLS = 0.5
ASKED = 1.0
_DAY_S = 86400
_EPOCH_DAY = 719163  # 1970-01-01 as date.toordinal counts


class Index:
    """Entries in the order of their sessions; an entry is a message or a fact.

    `session` numbers the sessions (FACT for a fact), `day` is an ordinal as in dates.py, `spans`
    are (entry, first day, last day); `beside` tells which entries are neighbours.
    """

    def __init__(self, stretches: Sequence[Stretch], *, encoder: str = "") -> None:
        ordered = sorted(stretches, key=_place)
        rows = [(stretch, row) for stretch in ordered for row in _sorted(stretch)]
        parts = [part for _, row in rows for part in row.parts]
        held = [len(row.parts) for _, row in rows]
        # the segments themselves hold all vectors once more, and are let go
        self._row_ids = [row.id for _, row in rows]
        self._part_ids = [part.id for part in parts]
        self._segments: dict[str, tuple[int, int]] = {}
        ends = np.cumsum([0, *held]).tolist()
        for at, (stretch, _) in enumerate(rows):
            first = self._segments.get(stretch.id, (ends[at], 0))[0]
            self._segments[stretch.id] = first, ends[at + 1]
        self.parts = len(parts)
        self.row = np.repeat(np.arange(len(rows), dtype=np.int32), held)
        numbers: dict[str, int] = {}
        session = [
            numbers.setdefault(stretch.session_id, len(numbers)) if stretch.session_id else FACT
            for stretch, _ in rows
        ]
        self.sessions = numbers
        self._session_ids = list(numbers)
        self.session = np.repeat(np.array(session, np.int32), held)
        self.at = np.fromiter((part.at for part in parts), np.int64, len(parts))
        self.day = (self.at // _DAY_S + _EPOCH_DAY).astype(np.int32)
        self.beside = {distance: self._neighbours(distance) for distance in (1, 2)}
        self.own = np.fromiter((part.own for part in parts), np.bool_, len(parts))
        self.speaker = np.fromiter((part.speaker for part in parts), np.uint32, len(parts))
        self.cues = np.fromiter((part.cues for part in parts), np.uint8, len(parts))
        self.size = np.fromiter((part.size for part in parts), np.int32, len(parts))
        self.spans = _spans(parts)
        self.postings = Postings(
            np.frombuffer(b"".join(part.terms for part in parts), "<u4"),
            np.frombuffer(b"".join(part.counts for part in parts), np.uint8),
            np.fromiter((len(part.counts) for part in parts), np.int32, len(parts)),
            self.size,
        )
        self.vectors = _vectors(rows, encoder, len(parts))
        self.meant = 0 if self.vectors is None else len(self.vectors)
        self.hint = self._hinted()
        self.speakers = frozenset(np.unique(self.speaker).tolist()) - {0}

    def _hinted(self) -> npt.NDArray[np.float32]:
        """Return how much an entry has to tell, whatever is asked, in deviations.

        Rare words tell more than common ones; a message that only asks tells little.
        """
        told = np.log1p(self.postings.told())
        deviation = float(told.std()) if self.parts else 1.0
        found = (told - told.mean() if self.parts else told) / max(deviation, 1e-9)
        asks = (self.cues & ASKS) > 0
        return (TELLS * found - ASKED * asks).astype(np.float32)

    @property
    def nbytes(self) -> int:
        """Return about how much memory this takes."""
        vectors = 0 if self.vectors is None else self.vectors.nbytes
        return vectors + self.postings.nbytes + 250 * len(self._row_ids) + 130 * self.parts

    @property
    def row_ids(self) -> Sequence[str]:
        """Return the ids of all turns and facts."""
        return self._row_ids

    def part(self, entry: int) -> tuple[str, str, str]:
        """Return the ids of an entry's session (empty for a fact), row and part."""
        session = int(self.session[entry])
        session_id = "" if session == FACT else self._session_ids[session]
        return session_id, self._row_ids[int(self.row[entry])], self._part_ids[entry]

    def of_segments(self, ids: Collection[str]) -> npt.NDArray[np.bool_]:
        """Tell which entries are of the segments with these ids."""
        found = np.zeros(self.parts, np.bool_)
        for name in ids:
            first, last = self._segments.get(name, (0, 0))
            found[first:last] = True
        return found

    def _neighbours(self, distance: int) -> npt.NDArray[np.float32]:
        """Return 1 for each entry but the last ones if that at `distance` is of its session."""
        one, other = self.session[:-distance], self.session[distance:]
        found: npt.NDArray[np.float32] = ((one == other) & (one != FACT)).astype(np.float32)
        return found


def _place(stretch: Stretch) -> tuple[str, int, str]:
    first = min((row.number for row in stretch.rows), default=0)
    return stretch.session_id, first, stretch.id


def _sorted(stretch: Stretch) -> list[Row]:
    return sorted(stretch.rows, key=lambda row: row.number)


def _spans(parts: Sequence[Part]) -> npt.NDArray[np.int32]:
    found = [
        (entry, part.days[at], part.days[at + 1])
        for entry, part in enumerate(parts)
        if part.days
        for at in range(0, len(part.days) - 1, 2)
    ]
    return np.array(found, np.int32).reshape(-1, 3)


def _vectors(rows: Sequence[tuple[Stretch, Row]], encoder: str, entries: int) -> Vectors | None:
    """Return the vectors that are of `encoder`; None when there are none."""
    held = [
        part.vector if encoder and stretch.encoder_of(part) == encoder else b""
        for stretch, row in rows
        for part in row.parts
    ]
    at = np.fromiter((entry for entry, each in enumerate(held) if each), np.int32)
    if not len(at):
        return None
    return Vectors(np.frombuffer(b"".join(held), np.int8).reshape(len(at), -1), at, entries)
