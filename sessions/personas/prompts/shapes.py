"""One builder per persona shape: what it wants to know first, and what it points out."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from sessions.conversation import Note
from sessions.personas.analysis import Analysis
from sessions.personas.features import read_features, without_code

__all__ = ["BUILDERS", "Material", "ShapeBuilder"]

FIGURE = re.compile(
    r"(?:[$€£₩]\s?)?\d+(?:[.,:]\d+)*"
    r"(?:\s?(?:%|퍼센트|[천만억]{1,2}\s?원|[천만억]{1,2}|원|달러|개월|시간|분|일|주|년|살|명|번|회|점|킬로|개)"
    r"|\s?(?:percent|k|kg|km|kcal|gb|mb|ms|hours?|minutes?|days?|weeks?|months?|years?|dollars?"
    r"|euros?|pounds?|people|times)\b)?",
    re.IGNORECASE,
)
FIGURES = 8
CLEARLY = 0.3
BRIEF_WORDS, BRIEF_CHARS = 3, 60
PRESSING = ("frustrated", "anxious", "confused", "urgent")


class Material(Struct, frozen=True, kw_only=True):
    """What a builder looks at: the message, how it sounds, and what is known of the user."""

    text: str
    analysis: Analysis
    notes: tuple[Note, ...]

    def sounds(self, *tones: str) -> bool:
        """Tell whether the tones together are clearly there."""
        return sum(self.analysis.tone[tone] for tone in tones) >= CLEARLY

    def knows(self, *kinds: str) -> bool:
        """Tell whether there is a note of one of these kinds."""
        return any(note.kind in kinds for note in self.notes)

    @property
    def brief(self) -> bool:
        """Tell whether the message is a few words that ask for nothing and weigh nothing."""
        if len(self.text) > BRIEF_CHARS:
            return False
        features = read_features(self.text, without_code(self.text))
        asks = features.code or features.questions or self.sounds(*PRESSING)
        return not asks and features.words <= BRIEF_WORDS


class ShapeBuilder(Protocol):
    """The part of a prompt that differs from one persona shape to another."""

    @property
    def shape(self) -> str:
        """Return the name of the line that recalls the answer's shape."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of notes in the order this shape needs them."""
        ...

    def hints(self, material: Material) -> Sequence[str]:
        """Return the names of the hints that hold for this message."""
        ...

    def facts(self, material: Material) -> Sequence[str]:
        """Return pieces of the user's words that must not be missed."""
        ...


class Plain:
    """No emphasis of its own: for personas that bring all they need in their file."""

    shape = "plain"
    kinds: tuple[str, ...] = ("name", "goal", "deadline", "obstacle", "person", "feeling", "tried")

    def hints(self, material: Material) -> Sequence[str]:
        """Return nothing to point out."""
        return ()

    def facts(self, material: Material) -> Sequence[str]:
        """Return nothing to stress."""
        return ()


class Empathic(Plain):
    """Feelings, and the people they are about, before goals."""

    shape = "empathic"
    kinds = ("name", "feeling", "person", "goal", "obstacle", "tried", "deadline")

    def hints(self, material: Material) -> Sequence[str]:
        """Point out a heavy heart, a light one, and feelings told before."""
        found = []
        if material.sounds("frustrated", "anxious", "confused"):
            found.append("heavy")
        elif material.sounds("playful"):
            found.append("light")
        if material.knows("feeling"):
            found.append("felt_before")
        return found


class Architect(Plain):
    """What is to be reached, what stands in the way, what was tried."""

    shape = "architect"
    kinds = ("name", "goal", "obstacle", "tried", "deadline", "person", "feeling")

    def hints(self, material: Material) -> Sequence[str]:
        """Point out code in the message, and attempts not to be repeated."""
        found = []
        if read_features(material.text, without_code(material.text)).code:
            found.append("code")
        if material.knows("tried"):
            found.append("tried_before")
        if material.sounds("frustrated", "anxious"):
            found.append("acknowledge")
        return found


class Analyst(Plain):
    """Figures first: those of the message are listed so that none is overlooked."""

    shape = "analyst"
    kinds = ("name", "goal", "deadline", "obstacle", "tried", "person", "feeling")

    def hints(self, material: Material) -> Sequence[str]:
        """Point out whether there are figures to work with."""
        found = ["figures" if self.facts(material) else "no_figures"]
        if material.sounds("frustrated", "anxious"):
            found.append("acknowledge")
        return found

    def facts(self, material: Material) -> Sequence[str]:
        """Return the first figures of the message, each with its unit."""
        figures = (match[0].strip() for match in FIGURE.finditer(material.text))
        return list(dict.fromkeys(figures))[:FIGURES]


class Coordinator(Plain):
    """People, dates, and what is to be reached with them."""

    shape = "coordinator"
    kinds = ("name", "person", "deadline", "goal", "obstacle", "tried", "feeling")

    def hints(self, material: Material) -> Sequence[str]:
        """Point out urgency, tangle, and which of people and dates are missing."""
        found = []
        if material.sounds("urgent"):
            found.append("urgent")
        if material.sounds("confused"):
            found.append("tangled")
        if material.knows("person", "deadline"):
            found.append("involved")
        else:
            found.append("ask_who_when")
        return found


BUILDERS: Mapping[str, ShapeBuilder] = {
    "plain": Plain(),
    "empathic": Empathic(),
    "architect": Architect(),
    "analyst": Analyst(),
    "coordinator": Coordinator(),
}
