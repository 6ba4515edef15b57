"""Who asks for a plan or a way gets first steps of what the message is about, in an order."""

import re
from itertools import chain

import pytest

from sessions.conversation import PastTurn
from sessions.llm.offline.acts import read_act
from sessions.llm.offline.book import load_book
from sessions.llm.offline.planning import matter_of
from sessions.progress.steps import stepped
from tests.sessions.llm.offline_talk import START, Talk

PERSONAS = ["lua", "elro", "riri", "nana", "somebody_new"]
SURGERY = ["My sister has surgery on Thursday, I'm so worried", "She is in hospital already"]
EXAM = ["My exam is on December 18 and I am behind with everything"]
EXAM_KO = ["12월 18일에 시험이 있는데 너무 밀렸어요"]
SURGERY_KO = ["언니가 목요일에 수술을 받아요. 너무 걱정돼요", "벌써 병원에 입원했어요"]


def named(answer: str, matter: str, language: str = "en") -> list[int]:
    """Return which steps of a matter stand in an answer, in the order in which they stand there."""
    steps = load_book(language).plans[matter]["steps"]
    found = [(answer.find(step), at) for at, step in enumerate(steps) if step in answer]
    return [at for _, at in sorted(found)]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("before", "request_", "matter", "language"),
    [
        ([], "I lost my job today. Make me a plan, step by step", "jobless", "en"),
        (["I lost my job today", "My rent is due"], "Make me a plan please", "jobless", "en"),
        (SURGERY, "I have to pay 4000 euros back, what do I do first?", "owed", "en"),
        (SURGERY, "how do I ask for a raise?", "raise", "en"),
        (SURGERY, "Can you make me a plan?", "ill", "en"),
        (EXAM, "ok give me the plan", "exam", "en"),
        (EXAM, "let's see the plan", "exam", "en"),
        (EXAM_KO, "응 계획 보여줘", "exam", "ko"),
        (["I feel stuck"], "I failed my exam. What should I do now?", "exam", "en"),
        ([], "My landlord raised the rent, can I do anything?", "landlord", "en"),
        (EXAM, "I am so tired. How do I plan the three weeks until then?", "exam", "en"),
        (EXAM, "How do I plan the next 3 weeks? I am so tired", "exam", "en"),
        (EXAM_KO, "너무 피곤해요. 그때까지 3주 동안 어떻게 계획을 세우죠?", "exam", "ko"),
        (["오늘 직장을 잃었어요"], "계획을 세워 주세요", "jobless", "ko"),
        (SURGERY_KO, "4백만원을 갚아야 하는데 뭐부터 해야 하죠?", "owed", "ko"),
        ([], "연봉 인상은 어떻게 요청하나요?", "raise", "ko"),
        ([], "다음 주에 이사를 가요. 단계별로 알려 주세요", "moving", "ko"),
    ],
)
def test_a_request_gets_the_first_steps_of_what_it_is_about(
    before: list[str], request_: str, matter: str, language: str, persona: str
) -> None:
    talk = Talk(persona=persona)
    talk.say_all(before)
    answer = talk.say(request_)
    steps = named(answer, matter, language)
    assert steps[:3] == [0, 1, 2], answer
    assert steps == sorted(steps)
    assert re.sub(r"“[^”]*”", "", answer).count("?") == 1


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("texts", "matter", "language"),
    [
        (["How do I stop procrastinating?", "more", "what else?", "more"], "habit", "en"),
        (["돈을 갚아야 하는데 어떡하죠?", "또요?", "또 뭐?", "더요"], "owed", "ko"),
    ],
)
def test_what_comes_next_is_named_until_no_step_is_left(
    texts: list[str], matter: str, language: str, persona: str
) -> None:
    talk = Talk(persona=persona)
    answers = talk.say_all(texts)
    assert list(chain(*(named(each, matter, language) for each in answers))) == [0, 1, 2, 3, 4]
    assert named(answers[-1], matter, language) == []
    assert talk.repeated() == set()


def test_what_a_plan_is_for_is_asked_when_nothing_says_it() -> None:
    for wish, tells, matter, language in (
        ("Make me a plan", "for my move in March", "moving", "en"),
        ("계획을 세워 주세요", "3월에 토익 시험이 있어요", "exam", "ko"),
    ):
        talk = Talk(persona="nana")
        asked = talk.say(wish)
        assert "\n" not in asked
        assert asked.endswith("?")
        assert named(talk.say(tells), matter, language) == [0, 1, 2, 3, 4]


def test_heavy_news_is_met_before_the_plan_and_a_loss_gets_no_labels() -> None:
    hear = load_book("en").care["loss"]["hear"]
    answer = Talk(persona="elro").say("My dad died on Sunday. Please make me a plan")
    assert answer.startswith(hear)
    assert named(answer, "loss") == [0, 1, 2]
    assert "**" not in answer


def test_the_first_step_is_what_was_suggested_and_what_is_open() -> None:
    for persona in PERSONAS:
        talk = Talk(persona=persona)
        answer = talk.say("how do I ask for a raise?")
        first = load_book("en").plans["raise"]["steps"][0].rstrip(".")
        turn = PastTurn(turn_id="t1", user_text="?", answer=answer, persona=persona, at=START)
        assert stepped((), turn, ())[0].text[:60] == first[:60]
        assert first in talk.say("what did you suggest?")


def test_what_an_engine_without_a_model_cannot_know_it_does_not_lay_out() -> None:
    for text in ("How do I cook risotto?", "김치찌개는 어떻게 끓이나요?"):
        answer = Talk(persona="elro").say(text)
        assert "language model" in answer or "언어 모델" in answer
        assert "**" not in answer


def test_after_a_crisis_there_is_no_plan() -> None:
    talk = Talk(persona="riri")
    talk.say("I want to kill myself tonight")
    assert "1)" not in talk.say("make me a plan")


@pytest.mark.parametrize(
    "text",
    [
        "my boss wants to make a plan for the team",
        "He explained it to us step by step",
        "We made a plan and it failed",
        "회사에서 계획을 세웠는데 틀어졌어요",
    ],
)
def test_who_tells_of_a_plan_asks_for_none(text: str) -> None:
    assert read_act(text, "ko" if "회사" in text else "en").name != "plan"


def test_the_steps_are_whole_in_both_languages() -> None:
    english, korean = load_book("en").plans, load_book("ko").plans
    assert list(english) == list(korean)
    for language, plans in (("en", english), ("ko", korean)):
        steps = [step for table in plans.values() for step in table["steps"]]
        assert len(steps) == len(set(steps))
        for name, table in plans.items():
            assert set(table) == {"words", "name", "steps", "why", "caution", "say", "ask"}
            assert len(table["steps"]) == 5
            assert not any("?" in re.sub(r"“[^”]*”", "", each) for each in table["steps"])
            assert all(each.count("?") == 1 for each in table["ask"])
            assert name == "any" or table["words"]
        assert matter_of("", language) == ""
