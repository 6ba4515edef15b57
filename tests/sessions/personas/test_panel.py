"""Several personas at one table: who takes up what, and the one reply they give."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.conversation import Conversation
from sessions.llm.offline.compose import compose
from sessions.personas.analysis import Analysis, analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.panel import Seat, Spoken, blend, part_prompt, seats
from sessions.personas.recommend import Recommendation, recommend
from tests.personas import packaged

CATALOGUE = packaged()
ALONE = Conversation(session_id="ses_secret")
MIXED = {
    "en": "I feel so lonely since my girlfriend left. My Python script also crashes with a"
    " KeyError, how do I fix it? And remind me to plan the team meeting on Friday.",
    "ko": "헤어지고 나서 너무 외로워요. 그리고 파이썬 코드에서 KeyError 오류가 나는데"
    " 어떻게 고치죠? 금요일 팀 회의 일정도 정리해야 해요.",
}


def heard(text: str, chosen: str | None = None) -> tuple[Analysis, Recommendation]:
    analysis = analyse(text)
    return analysis, recommend(text, analysis, ALONE, CATALOGUE, chosen=chosen)


def seated(text: str, *, force: bool = False, chosen: str | None = None) -> tuple[Seat, ...]:
    return seats(text, *heard(text, chosen), CATALOGUE, force_multi=force)


def answered(text: str, *, force: bool = False) -> str:
    analysis, recommendation = heard(text)
    table = seats(text, analysis, recommendation, CATALOGUE, force_multi=force)
    spoken: list[Spoken] = []
    for seat in table:
        prompt = part_prompt(
            seat,
            table,
            text=text,
            analysis=analysis,
            recommendation=recommendation,
            conversation=ALONE,
            catalogue=CATALOGUE,
            said=[each.answer for each in spoken],
        )
        spoken.append(Spoken(seat=seat, answer=compose(prompt)))
    return blend(spoken, analysis.language)


def spoke(name: str, answer: str) -> Spoken:
    seat = Seat(persona=name.lower(), name=name, text="", probability=0.5)
    return Spoken(seat=seat, answer=answer)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_need_goes_to_the_persona_it_belongs_to(language: str) -> None:
    assert [seat.persona for seat in seated(MIXED[language])] == ["lua", "elro", "nana"]
    assert "KeyError" in seated(MIXED[language])[1].text


def test_one_need_is_answered_by_one_persona() -> None:
    assert len(seated("How should I plan the week with my team?")) == 1


def test_two_take_part_when_it_is_forced() -> None:
    table = seated("How should I plan the week with my team?", force=True)
    assert len(table) == 2
    assert len({seat.persona for seat in table}) == 2
    assert table[0].probability > table[1].probability


def test_a_catalogue_of_one_cannot_be_forced() -> None:
    alone = Catalogue([CATALOGUE.get("riri")])
    analysis = analyse("hello")
    recommendation = recommend("hello", analysis, ALONE, alone, chosen=None)
    assert len(seats("hello", analysis, recommendation, alone, force_multi=True)) == 1


def test_the_persona_that_the_user_chose_takes_part() -> None:
    assert "riri" in {seat.persona for seat in seated(MIXED["en"], chosen="riri")}


def test_code_stays_with_the_sentence_about_it() -> None:
    table = seated("I'm so lonely tonight, my heart hurts.\nWhy does this crash?\n```\nx = [\n```")
    assert [seat.persona for seat in table][-1] == "elro"
    assert "```\nx = [\n```" in table[-1].text


@settings(deadline=None)
@given(st.text(max_size=300), st.booleans())
def test_no_words_are_lost_and_nobody_sits_twice(text: str, force: bool) -> None:
    table = seated(text, force=force)
    assert 1 + force <= len(table) <= 3
    assert len({seat.persona for seat in table}) == len(table)
    words = " ".join(seat.text for seat in table)
    assert all(word in words for word in text.split())


def test_a_part_is_told_who_else_answers_and_what_is_its_own() -> None:
    text = MIXED["en"]
    analysis, recommendation = heard(text)
    table = seats(text, analysis, recommendation, CATALOGUE)
    prompt = part_prompt(
        table[1],
        table,
        text=text,
        analysis=analysis,
        recommendation=recommendation,
        conversation=ALONE,
        catalogue=CATALOGUE,
    )
    asked = prompt.messages[-1].content
    assert (prompt.persona, prompt.text) == ("elro", table[1].text)
    assert "Lua and Nana answer the same message with you." in asked
    assert asked.count("KeyError") == 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_one_reply_names_everybody_in_it(language: str) -> None:
    reply = answered(MIXED[language])
    for persona in ("lua", "elro", "nana"):
        assert f"**{CATALOGUE.get(persona).name(language)}**" in reply


def test_nobody_repeats_anybody() -> None:
    reply = answered("How should I plan the week with my team?", force=True)
    said = [line for line in reply.splitlines() if len(line) > 40]
    assert len(said) == len(set(said))


def test_only_the_first_greets() -> None:
    reply = blend([spoke("Lua", "Hello there! I hear you."), spoke("Elro", "Hi! Step one.")], "en")
    assert reply.startswith("Answering together: Lua, Elro\n\n**Lua**\n\nHello there! I hear you.")
    assert reply.endswith("\n\n**Elro**\n\nStep one.")


def test_a_sentence_is_said_once_and_code_is_left_alone() -> None:
    same = "What would you like to change first?"
    code = "```\nsame_line_of_code()\nsame_line_of_code()\n```"
    reply = blend(
        [spoke("Lua", f"Yes. {same}"), spoke("Elro", f"1. {same}\n2. Look.\n{code}")], "en"
    )
    assert reply.count(same) == 1
    assert code in reply


def test_an_answer_that_failed_is_not_named() -> None:
    reply = blend([spoke("Lua", "I hear you."), spoke("Elro", "  ")], "en")
    assert reply == "I hear you."
    assert blend([], "en") == ""


def test_who_only_repeated_others_is_not_named() -> None:
    parts = [spoke(name, "Take one step today, please.") for name in ("Lua", "Nana")]
    assert blend(parts, "en") == "Take one step today, please."
