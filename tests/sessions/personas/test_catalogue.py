"""Personas from files."""

from pathlib import Path

import pytest
from msgspec import structs

from sessions.errors import NotFound
from sessions.personas.catalogue import Catalogue, PersonaFileInvalid, load_catalogue
from sessions.personas.lexicon import normalise
from sessions.personas.persona import Persona
from sessions.personas.prompts import BUILDERS
from sessions.personas.resonance import CORE_AFFINITIES
from tests.sessions.personas.fifth import FIFTH, with_file


def test_the_four_come_in_their_fixed_order() -> None:
    assert load_catalogue().ids == ("lua", "elro", "riri", "nana")


def test_infos_are_in_the_language_asked_for() -> None:
    english, korean = load_catalogue().infos()[0], load_catalogue().infos(language="ko")[0]
    assert (english.name, korean.name) == ("Lua", "루아")
    assert english.names == {"en": "Lua", "ko": "루아"}
    assert english.role != korean.role
    assert load_catalogue().infos(language="fr") == load_catalogue().infos()


def test_an_unknown_persona_is_not_found() -> None:
    with pytest.raises(NotFound, match="nobody"):
        load_catalogue().get("nobody")
    assert "nobody" not in load_catalogue()


@pytest.mark.parametrize("persona_id", ["lua", "elro", "riri", "nana"])
def test_the_four_speak_english_and_korean(persona_id: str) -> None:
    persona = load_catalogue().get(persona_id)
    for texts in (
        persona.names,
        persona.role,
        persona.voice,
        persona.fits,
        persona.shape,
        persona.avoids,
        persona.guardrails,
        persona.push_tone,
        persona.cues,
    ):
        assert {"en", "ko"} == set(texts)
    assert sorted(one.language for one in persona.dialogues) == ["en", "en", "ko", "ko"]


def test_a_cue_belongs_to_a_persona_once() -> None:
    for persona_id in load_catalogue().ids:
        phrases = [entry.phrase for entry in load_catalogue().get(persona_id).entries()]
        assert sorted(set(phrases)) == sorted(phrases)


def test_the_four_keep_the_matrix() -> None:
    assert dict(load_catalogue().affinities) == dict(CORE_AFFINITIES)


def test_every_builder_a_file_may_name_exists() -> None:
    named = Persona.__annotations__["builder"].__args__
    assert set(named) == set(BUILDERS)


def test_a_fifth_persona_needs_one_file_only(tmp_path: Path) -> None:
    catalogue = with_file(tmp_path, FIFTH)
    assert catalogue.ids == ("lua", "elro", "riri", "nana", "sora")
    sora = catalogue.get("sora")
    assert (sora.name("ko"), sora.version) == ("Sora", 3)
    hits = catalogue.topics.find(normalise("My pronunciation is bad"))
    assert [hit.entry.label for hit in hits] == ["persona/sora"]


def test_an_affinity_is_derived_from_the_preferences(tmp_path: Path) -> None:
    row = with_file(tmp_path, FIFTH).affinities["sora"].hundredths
    assert (row["curious"], row["playful"], row["calm"]) == (100, 100, 60)
    assert (row["learning"], row["planning"]) == (100, 60)
    assert row["burst"] == row["medium"] == 80


def test_a_given_affinity_wins_over_a_derived_one(tmp_path: Path) -> None:
    given = "[affinity.tone]\ncalm = 0.95\n[affinity.intent]\nlearning = 0.35\n"
    row = with_file(tmp_path, FIFTH + given).affinities["sora"].hundredths
    assert (row["calm"], row["curious"], row["learning"]) == (95, 100, 35)


def test_a_file_may_take_the_place_of_a_packaged_one(tmp_path: Path) -> None:
    catalogue = with_file(tmp_path, FIFTH.replace('"sora"', '"lua"'), name="lua.toml")
    assert catalogue.ids == ("lua", "elro", "riri", "nana")
    assert catalogue.get("lua").version == 3
    assert catalogue.affinities["lua"] == CORE_AFFINITIES["lua"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 3\n", "", "version"),
        ("version = 3", 'version = "3"', r"\$.version"),
        ('"#446688"', '"blue"', r"\$.color"),
        ('"curious", "playful"', '"grumpy"', r"\$.preferred_tones"),
        ('builder = "plain"', 'builder = "sculptor"', r"\$.builder"),
        ("version = 3", "version = 3\nmood = 1", "mood"),
        ('[role]\nen = "Language coach"', '[role]\nko = "언어 코치"', "`role` has no `en`"),
        ('id = "sora"', 'id = "soda"', "`id`"),
        ('id = "sora"', "id = sora", "line"),
        ("[[dialogues]]", "[affinity.tone]\ncalm = 7.0\n[[dialogues]]", r"\$.affinity.tone"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_field(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in FIFTH
    with pytest.raises(PersonaFileInvalid, match=rf"sora\.toml: .*{said}"):
        with_file(tmp_path, FIFTH.replace(old, new))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sora.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PersonaFileInvalid, match=r"sora\.toml"):
        load_catalogue(tmp_path)


def test_examples_are_in_the_language_else_in_english_else_whatever_there_is(
    tmp_path: Path,
) -> None:
    lua = load_catalogue().get("lua")
    assert {one.language for one in lua.examples("ko")} == {"ko"}
    assert {one.language for one in lua.examples("es")} == {"en"}
    text = FIFTH.replace('language = "en"', 'language = "ja"')
    assert len(with_file(tmp_path, text).get("sora").examples("ko")) == 1


def test_the_fingerprint_changes_with_every_part_of_the_model() -> None:
    catalogue = load_catalogue()
    model = catalogue.model
    assert model is not None
    personas = [catalogue.get(one) for one in catalogue.ids]
    models = [
        model,
        None,
        structs.replace(model, encoder="another"),
        structs.replace(model, words_scale=model.words_scale * 2),
        structs.replace(model, rarity=model.rarity * 2),
        structs.replace(model, meaning=model.meaning * 2),
        structs.replace(model, centre=model.centre * 2),
        structs.replace(model, without_vector=structs.replace(model.without_vector, words=9.0)),
        structs.replace(model, with_vector=structs.replace(model.with_vector, topic=9.0)),
    ]
    found = [Catalogue(personas, each).fingerprint for each in models]

    assert found[0] == catalogue.fingerprint
    assert len(set(found)) == len(models)
