"""The personas of this installation, loaded from their files."""

import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
from msgspec import structs

from schemas.resources import PersonaInfo
from sessions.errors import IonError, NotFound

from .lexicon import Entry, Lexicon
from .persona import Persona, local
from .resonance import CORE, CORE_AFFINITIES, Affinity
from .routing import Model, ModelInvalid, load_model

__all__ = ["MODEL", "Catalogue", "PersonaFileInvalid", "load_catalogue"]

PACKAGED = Path(__file__).parent
MODEL = PACKAGED / "routing" / "model.npz"
LOCALISED = ("names", "role", "voice", "fits", "shape", "avoids", "guardrails", "push_tone")


class PersonaFileInvalid(IonError):
    """A persona's file cannot be used; the message names the file and the field."""


class Catalogue:
    """Personas in their fixed order: lua, elro, riri, nana, then the others by id.

    `model` reads which of them a message is for; without one, resonance and topics decide.
    `fingerprint` changes with any word of any of them, and with the model.
    """

    def __init__(self, personas: Sequence[Persona], model: Model | None = None) -> None:
        self.model = model
        rank = {persona_id: place for place, persona_id in enumerate(CORE)}
        ordered = sorted(personas, key=lambda one: (rank.get(one.id, len(rank)), one.id))
        self._personas = {persona.id: persona for persona in ordered}
        self.ids: tuple[str, ...] = tuple(self._personas)
        self.affinities: Mapping[str, Affinity] = {
            persona.id: CORE_AFFINITIES.get(persona.id) or persona.affinities()
            for persona in ordered
        }
        entries: list[Entry] = [entry for persona in ordered for entry in persona.entries()]
        self.topics = Lexicon(entries)
        read_by = None if model is None else structs.asdict(model)
        shaped_by = msgspec.msgpack.encode((ordered, read_by), enc_hook=_plain)
        self.fingerprint = sha256(shaped_by).hexdigest()

    def __contains__(self, persona_id: object) -> bool:
        return persona_id in self._personas

    def get(self, persona_id: str) -> Persona:
        """Return one persona; raises NotFound."""
        persona = self._personas.get(persona_id)
        if persona is None:
            raise NotFound(f"There is no persona {persona_id!r}.")
        return persona

    def names(self, language: str) -> dict[str, str]:
        """Return what each persona is called in `language`, by id."""
        return {each: persona.name(language) for each, persona in self._personas.items()}

    def infos(self, *, language: str = "en") -> tuple[PersonaInfo, ...]:
        """Return what a picker shows, names and roles in `language`."""
        return tuple(
            PersonaInfo(
                id=persona.id,
                name=persona.name(language),
                names=dict(persona.names),
                role=local(persona.role, language),
                traits=persona.traits,
                strengths=persona.strengths,
                color=persona.color,
            )
            for persona in self._personas.values()
        )


def load_catalogue(directory: Path | None = None, *, model: Path = MODEL) -> Catalogue:
    """Load the personas of this package, and those of `directory` beside or in place of them.

    A file is a persona's when it is called `<id>.toml`. A model that can't be used is done without.
    Raises PersonaFileInvalid.
    """
    folders = [PACKAGED] if directory is None else [PACKAGED, directory]
    personas: dict[str, Persona] = {}
    for folder in folders:
        personas |= {path.stem: _load(path) for path in sorted(folder.glob("*.toml"))}
    return Catalogue(tuple(personas.values()), _model(model))


def _plain(array: object) -> tuple[str, tuple[int, ...], bytes]:
    made = np.asarray(array)
    return str(made.dtype), made.shape, made.tobytes()


def _model(path: Path) -> Model | None:
    try:
        return load_model(path)
    except ModelInvalid:
        return None


def _load(path: Path) -> Persona:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        persona = msgspec.convert(raw, Persona)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PersonaFileInvalid(f"{path.name}: {error}") from error
    if persona.id != path.stem:
        raise PersonaFileInvalid(f"{path.name}: the file's name is not `id` ({persona.id})")
    for field in LOCALISED:
        if "en" not in getattr(persona, field):
            raise PersonaFileInvalid(f"{path.name}: `{field}` has no `en`")
    return persona
