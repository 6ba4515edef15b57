"""One persona as its file describes it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from .analysis import INTENTS, PACES, TONES, Intent, Pace, Tone
from .lexicon import Entry, graded
from .resonance import Affinity

__all__ = ["Cues", "Dialogue", "GivenAffinity", "Persona", "Sampling", "local"]

Text = Annotated[str, Meta(min_length=1)]
Texts = dict[str, Text]
Lines = Annotated[tuple[Text, ...], Meta(min_length=1)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]

# What a derived affinity gives to the preferred and to the other tones, paces and intents.
PREFERRED, OTHER = 100, 60


class Sampling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How freely and how long the model writes; `max_tokens` bounds one answer."""

    temperature: Annotated[float, Meta(ge=0.0, le=2.0)] = 0.7
    max_tokens: Annotated[int, Meta(ge=16, le=8192)] = 800


class Dialogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message and the answer this persona would give."""

    language: Text
    user: Text
    answer: Text


class Cues(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words and phrases that belong to the persona's topics, by weight."""

    strong: tuple[Text, ...] = ()
    clear: tuple[Text, ...] = ()
    slight: tuple[Text, ...] = ()


class GivenAffinity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Affinities (0 to 1, in hundredths) that the file gives; what is missing is derived."""

    tone: dict[Tone, Share] = {}
    pace: dict[Pace, Share] = {}
    intent: dict[Intent, Share] = {}


class Persona(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A versioned persona; texts are by language, and `en` is always among them.

    `fits` completes "<name> ..." in a reason; a `discreet` persona's topics are never quoted there.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
    version: Annotated[int, Meta(ge=1)]
    color: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$")]
    builder: Literal["plain", "empathic", "architect", "analyst", "coordinator"]
    style: Text
    traits: Lines
    strengths: Lines
    preferred_tones: Annotated[tuple[Tone, ...], Meta(min_length=1)]
    names: Texts
    role: Texts
    voice: Texts
    fits: Texts
    shape: dict[str, Lines]
    avoids: dict[str, Lines]
    guardrails: dict[str, Lines]
    push_tone: Texts
    dialogues: Annotated[tuple[Dialogue, ...], Meta(min_length=1)]
    sampling: Sampling = Sampling()
    cues: dict[Literal["en", "ko"], Cues] = {}
    discreet: bool = False
    preferred_paces: tuple[Pace, ...] = ()
    preferred_intents: tuple[Intent, ...] = ()
    affinity: GivenAffinity = GivenAffinity()

    def name(self, language: str) -> str:
        """Return the persona's name in `language`, else in English."""
        return local(self.names, language)

    def examples(self, language: str) -> list[Dialogue]:
        """Return the dialogues in `language`, else the English ones, else all."""
        for wanted in (language, "en"):
            if found := [one for one in self.dialogues if one.language == wanted]:
                return found
        return list(self.dialogues)

    def entries(self) -> list[Entry]:
        """Return the topical cues as entries labelled `persona/<id>`."""
        return [
            entry
            for cues in self.cues.values()
            for entry in graded(
                {
                    self.id: {
                        "strong": cues.strong,
                        "clear": cues.clear,
                        "slight": cues.slight,
                    }
                },
                "persona",
            )
        ]

    def affinities(self) -> Affinity:
        """Return all 19 affinities: given by the file, else derived from the preferences.

        Derived: 1.0 for what is preferred, 0.6 for the rest; without a preference all are 0.8.
        """
        row = {
            **_derived(TONES, self.preferred_tones),
            **_derived(PACES, self.preferred_paces),
            **_derived(INTENTS, self.preferred_intents),
        }
        for given in (self.affinity.tone, self.affinity.pace, self.affinity.intent):
            row |= {name: round(100 * share) for name, share in given.items()}
        return Affinity(hundredths=row)


def _derived(names: tuple[str, ...], preferred: tuple[str, ...]) -> dict[str, int]:
    if not preferred:
        return dict.fromkeys(names, (PREFERRED + OTHER) // 2)
    return {name: PREFERRED if name in preferred else OTHER for name in names}


def local(texts: Mapping[str, str], language: str) -> str:
    """Return the text in `language`, else in English."""
    return texts.get(language) or texts["en"]
