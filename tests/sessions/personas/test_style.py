"""Whether an answer kept the shape of its persona, in English and Korean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.personas.persona import Dialogue, Persona
from sessions.personas.style import SHAPES, check_style
from tests.personas import packaged

CATALOGUE = packaged()
# Answers that explain a term have no problem to solve: they keep the numbers alone.
SHAPED = [
    (persona, dialogue)
    for persona in map(CATALOGUE.get, CATALOGUE.ids)
    for dialogue in persona.dialogues
    if not dialogue.answer.startswith(("A **process**", "**프로세스**"))
]
COLD = "Your request has been received. It is recommended to consult the documentation."


@pytest.mark.parametrize(("persona", "dialogue"), SHAPED)
def test_a_personas_own_example_keeps_its_shape_and_no_other(
    persona: Persona, dialogue: Dialogue
) -> None:
    scores = {
        shape: check_style(dialogue.answer, shape, message=dialogue.user).score for shape in SHAPES
    }
    own = scores.pop(persona.builder)
    assert own >= 0.75
    assert own > max(scores.values()) + 0.2


@pytest.mark.parametrize("shape", SHAPES)
def test_an_answer_of_no_shape_scores_low(shape: str) -> None:
    style = check_style(COLD, shape)
    assert style.score < 0.5
    assert set(style.found) | set(style.missing) == set(style.credits)
    assert style.missing


def test_what_is_missing_is_named() -> None:
    style = check_style(
        "1. **Problem.** The loop never ends.\n2. **Solution.** Count.", "architect"
    )
    assert style.found == ("problem", "solution", "numbered")
    assert style.missing == ("steps", "cautions")


def test_code_is_asked_of_an_architect_when_the_message_holds_some() -> None:
    answer = "1) **Problem:** a typo.\n2) **Solution:** rename it."
    code = "def run():\n    retrun 1"
    assert "code" not in check_style(answer, "architect", message="it fails").credits
    assert check_style(answer, "architect", message=code).credits["code"] == 0.0
    assert check_style(f"{answer} `return 1`", "architect", message=code).credits["code"] == 1.0


def test_parts_out_of_order_cost_something() -> None:
    right = "**Data:** 3 and 4.\n**Insight:** seven.\n**Recommendation:** stop."
    wrong = "**Recommendation:** stop.\n**Insight:** seven.\n**Data:** 3 and 4."
    assert check_style(wrong, "analyst").score < check_style(right, "analyst").score


def test_feelings_come_first() -> None:
    feeling, idea = "That sounds heavy.", "Try a walk today. Bring tea. Take ten minutes. Rest."
    assert "feeling" in check_style(f"{feeling} {idea}", "empathic").found
    assert "feeling" in check_style(f"{idea} {feeling}", "empathic").missing


@pytest.mark.parametrize(
    ("shape", "answer", "breach"),
    [
        ("empathic", "At least you have a job.", "belittling"),
        ("empathic", "다들 그래요. 진정해요.", "belittling"),
        ("empathic", COLD, "coldness"),
        ("empathic", "문의하신 내용을 안내드립니다.", "coldness"),
        ("architect", "Maybe it depends, kind of, somehow.", "ambiguity"),
        ("architect", "아마 뭔가 이상한데, 글쎄 대충 고쳐요.", "ambiguity"),
        ("analyst", "Just trust your gut.", "emotion in place of evidence"),
        ("analyst", "That is 12.3456 % of it.", "false precision"),
        ("coordinator", "Go ahead without telling the others.", "somebody left out"),
        ("coordinator", "팀에는 몰래 진행해요.", "somebody left out"),
    ],
)
def test_what_a_persona_avoids_is_noticed(shape: str, answer: str, breach: str) -> None:
    assert check_style(answer, shape).breaches == (breach,)


@pytest.mark.parametrize("answer", ["At least once a week.", "How to stop worrying: slowly."])
def test_harmless_words_are_no_breach(answer: str) -> None:
    assert check_style(answer, "empathic").breaches == ()


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(SHAPES))
def test_any_answer_has_a_score(answer: str, shape: str) -> None:
    style = check_style(answer, shape, message=answer)
    assert 0.0 <= style.score <= 1.0
    assert all(0.0 <= credit <= 1.0 for credit in style.credits.values())


def test_another_shape_cannot_be_checked() -> None:
    with pytest.raises(KeyError):
        check_style("hello", "plain")
