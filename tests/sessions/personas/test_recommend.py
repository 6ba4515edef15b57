"""Who answers, and the line that says why."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.conversation import Conversation, PastTurn
from sessions.personas.analysis import analyse
from sessions.personas.catalogue import load_catalogue
from sessions.personas.recommend import Recommendation, recommend
from tests.sessions.personas.fifth import FIFTH, with_file

CATALOGUE = load_catalogue()


def past(*personas: str) -> Conversation:
    recent = tuple(
        PastTurn(
            turn_id=f"t{number}",
            user_text="hm",
            answer="Yes.",
            persona=persona,
            at=datetime(2026, 1, 2, tzinfo=UTC),
        )
        for number, persona in enumerate(personas)
    )
    return Conversation(session_id="ses_1", recent=recent, count=len(recent))


def ask(text: str, *answered: str, chosen: str | None = None) -> Recommendation:
    return recommend(text, analyse(text), past(*answered), CATALOGUE, chosen=chosen)


@pytest.mark.parametrize(
    ("persona", "text"),
    [
        ("lua", "My girlfriend broke up with me and I feel so lonely"),
        ("lua", "남자친구랑 헤어져서 너무 힘들고 외로워요"),
        ("lua", "I have no motivation left, everything feels grey"),
        ("lua", "Give me inspiration for a poem, I'm out of ideas"),
        ("lua", "hello"),
        ("lua", "안녕하세요"),
        ("elro", "My Python script crashes with an IndexError in a loop"),
        ("elro", "파이썬 코드에서 에러가 나는데 어떻게 고쳐요?"),
        ("elro", "How should I structure the modules of my backend?"),
        ("elro", "서버 아키텍처를 어떻게 설계해야 할까요?"),
        ("riri", "I earn 2,800 a month, how much should go into savings?"),
        ("riri", "월급의 몇 퍼센트를 저축해야 할까요?"),
        ("riri", "Is the correlation in this data statistically significant?"),
        ("riri", "이 설문 결과 데이터를 분석해 주세요"),
        ("nana", "Help me organize the team meeting and who does what"),
        ("nana", "팀원들이랑 프로젝트 일정을 조율해야 해요"),
        ("nana", "We are planning a wedding with forty guests"),
        ("nana", "다음 주 회의 준비를 위해 역할을 나누고 싶어요"),
    ],
)
def test_the_topic_finds_its_persona(persona: str, text: str) -> None:
    assert ask(text).persona == persona


def test_tone_alone_can_decide() -> None:
    assert ask("ugh, fed up!!").persona == "lua"


def test_without_a_model_confusion_alone_decides_for_who_brings_order() -> None:
    text = "Everyone says something different, I'm completely lost"
    unread = load_catalogue(model=Path("absent.npz"))
    assert recommend(text, analyse(text), past(), unread, chosen=None).persona == "nana"


def test_the_three_best_come_with_chances_and_reasons() -> None:
    found = ask("my budget and my taxes")
    chances = [choice.probability for choice in found.choices]
    assert len(found.choices) == 3
    assert chances == sorted(chances, reverse=True)
    assert 0.0 < sum(chances) <= 1.0
    assert all(choice.reason for choice in found.choices)
    assert found.choices[0].persona == found.persona
    assert not found.override


def test_the_resonance_key_and_its_confidence_go_with_it() -> None:
    found = ask("I'm terrified, my heart is racing")
    assert found.resonance_key.startswith("anxious-")
    assert 0.546 <= found.resonance_confidence <= 0.823


def test_a_users_own_choice_always_wins() -> None:
    found = ask("My Python script crashes", "elro", "elro", "elro", chosen="nana")
    assert (found.persona, found.override) == ("nana", True)
    assert found.choices[0].persona == "nana"
    assert found.choices[0].reason == "You chose Nana."
    assert found.choices[0].probability < found.choices[1].probability


def test_a_choice_that_is_no_longer_there_counts_as_none() -> None:
    found = ask("My Python script crashes", chosen="retired")
    assert (found.persona, found.override) == ("elro", False)


@pytest.mark.parametrize("text", ["ok", "and then?", "네", "좀 더 말해줘", "thanks"])
def test_a_follow_up_stays_with_who_answered(text: str) -> None:
    for persona in CATALOGUE.ids:
        found = ask(text, persona)
        assert found.persona == persona
        assert "middle of this" in found.choices[0].reason or "이어 가는" in found.choices[0].reason


def test_a_new_topic_is_a_reason_to_switch() -> None:
    assert ask("my python code has a bug in a function", "lua", "lua").persona == "elro"


def test_a_longer_streak_needs_more_reason() -> None:
    text = "a question of money"
    short, long = ask(text, "riri", "lua"), ask(text, "lua", "lua")

    def lua(found: Recommendation) -> float:
        return found.chances["lua"]

    assert lua(long) > lua(short)


def test_a_persona_that_answered_and_is_gone_does_no_harm() -> None:
    assert ask("my python code has a bug", "retired").persona == "elro"


@pytest.mark.parametrize(
    ("persona", "text"),
    [
        ("nana", "Nana, my python script crashes"),
        ("nana", "hey nana! which laptop?"),
        ("riri", "can I talk to Riri about my feelings"),
        ("riri", "리리야 나 요즘 너무 외로워"),
        ("elro", "엘로한테 물어보고 싶어요, 결혼식 하객이 많아요"),
    ],
)
def test_calling_a_persona_by_name_brings_it(persona: str, text: str) -> None:
    found = ask(text)
    assert found.persona == persona
    assert "asked for" in found.choices[0].reason or "부르셨어요" in found.choices[0].reason


def test_a_name_in_passing_calls_nobody() -> None:
    assert ask("I write Lua scripts with a debugger").persona == "elro"


def test_what_was_learned_from_the_user_can_decide_and_is_the_reason() -> None:
    def lean(text: str, **leaning: float) -> Recommendation:
        return recommend(text, analyse(text), past(), CATALOGUE, chosen=None, leaning=leaning)

    assert lean("mm").persona != "riri"
    found = lean("mm", riri=2.0)
    assert found.persona == "riri"
    assert found.choices[0].reason.startswith("Riri has suited you")
    assert lean("음", riri=2.0).choices[0].reason.startswith("이럴 때 리리와 잘 맞으셨어요.")
    assert "suited" not in lean("mm", riri=-2.0).choices[0].reason


def test_who_is_called_by_name_answers_whatever_was_learned() -> None:
    text, leaning = "Elro, my plan for the wedding", {"elro": -3.5, "nana": 3.5}
    found = recommend(text, analyse(text), past(), CATALOGUE, chosen=None, leaning=leaning)
    assert found.persona == "elro"
    assert found.choices[0].reason == "You asked for Elro."


def test_leaning_to_a_persona_that_is_gone_does_no_harm() -> None:
    text = "my python code has a bug"
    found = recommend(text, analyse(text), past(), CATALOGUE, chosen=None, leaning={"retired": 9.0})
    assert found.persona == "elro"


def test_reasons_name_what_weighed() -> None:
    assert "“python”" in ask("my python script").choices[0].reason
    assert "‘예산’" in ask("예산이 부족해요").choices[0].reason
    assert ask("I'm so worried, what if").choices[0].reason.startswith("You sound worried")
    assert ask("너무 불안하고 초조해요").choices[0].reason.startswith("걱정하는 마음이")


def test_private_words_are_never_quoted_back() -> None:
    found = ask("I am depressed since the breakup with my boyfriend")
    assert found.persona == "lua"
    for word in ("depress", "breakup", "boyfriend"):
        assert word not in found.choices[0].reason


def test_when_nothing_points_anywhere_the_reason_says_so() -> None:
    found = ask("mm")
    assert found.persona == "lua"
    assert "Nothing points" in found.choices[0].reason
    assert found.choices[1].reason.startswith("Another angle")


def test_korean_particles_follow_the_name(tmp_path: Path) -> None:
    catalogue = with_file(tmp_path, FIFTH.replace('en = "Sora"', 'en = "Sora"\nko = "하늘"'))
    text = "안녕하세요"
    found = recommend(text, analyse(text), past(), catalogue, chosen="sora")
    assert found.choices[0].reason == "하늘을 직접 고르셨어요."
    assert ask(text, chosen="lua").choices[0].reason == "루아를 직접 고르셨어요."


def test_other_languages_get_english_reasons() -> None:
    assert ask("Je ne sais pas quoi faire", chosen="lua").choices[0].reason == "You chose Lua."


def test_a_fifth_persona_is_recommended_for_its_topics(tmp_path: Path) -> None:
    catalogue = with_file(tmp_path, FIFTH)
    text = "How do I train my vocabulary and pronunciation?"
    found = recommend(text, analyse(text), past(), catalogue, chosen=None)
    assert found.persona == "sora"
    assert "vocabulary" in found.choices[0].reason


@given(
    st.text(max_size=200),
    st.lists(st.sampled_from(["lua", "elro", "riri", "nana", "retired"]), max_size=5),
    st.sampled_from([None, "lua", "nana", "retired"]),
)
def test_any_message_gets_an_answerer(text: str, answered: list[str], chosen: str | None) -> None:
    found = ask(text, *answered, chosen=chosen)
    assert found == ask(text, *answered, chosen=chosen)
    assert found.persona in CATALOGUE
    assert len({choice.persona for choice in found.choices}) == 3
    assert sum(choice.probability for choice in found.choices) <= 1.0 + 1e-3
    if chosen in CATALOGUE:
        assert found.persona == chosen


def test_the_chances_of_all_personas_are_told_in_their_fixed_order() -> None:
    found = ask("Compare the churn numbers of both months")

    assert tuple(found.chances) == CATALOGUE.ids
    assert sum(found.chances.values()) == pytest.approx(1, abs=0.001)
    assert max(found.chances, key=found.chances.__getitem__) == found.persona
