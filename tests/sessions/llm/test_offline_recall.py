"""What the offline engine remembers, and that it owns up to what it was never told."""

import re

import pytest

from tests.sessions.llm.offline_talk import Talk


def after(*texts: str, persona: str = "lua") -> Talk:
    talk = Talk(persona=persona)
    talk.say_all(texts)
    return talk


def test_the_newest_goal_is_recalled_and_the_older_one_is_mentioned() -> None:
    talk = after("My goal is to run a marathon.", "My goal is now to sleep eight hours.")
    answer = talk.say("what was my goal again?")
    assert "sleep eight hours" in answer
    assert "run a marathon" in answer
    assert answer.index("sleep eight hours") < answer.index("run a marathon")


def test_a_passing_wish_does_not_replace_a_goal() -> None:
    talk = after("My goal is to run a marathon.", "I want to buy new shoes.")
    assert "run a marathon" in talk.say("what was my goal?").split(".")[0]


def test_a_goal_is_recalled_long_after_it_was_told() -> None:
    talk = after("I want to become a nurse.", *["It was a long day at work."] * 60)
    assert "become a nurse" in talk.say("do you remember my goal?")


def test_a_goal_that_asks_for_something_of_others_is_told_from_outside() -> None:
    talk = after("I want my manager to listen to me.")
    assert "get your manager to listen to you" in talk.say("what was my goal?")


def test_a_corrected_goal_is_taken_at_once() -> None:
    talk = after("I want to become a nurse.")
    assert "to become a teacher" in talk.say("Actually, my goal is now to become a teacher")
    assert "become a teacher" in talk.say("what's my goal?").split(".")[0]


@pytest.mark.parametrize(
    ("question", "honest"),
    [
        ("what was my goal?", "goal"),
        ("what's my name?", "name"),
        ("what did I say about Berlin?", "Berlin"),
        ("when is my exam?", "date"),
        ("what did you suggest?", "suggested"),
        ("what's in my way?", "way"),
    ],
)
def test_what_was_never_said_is_not_invented(question: str, honest: str) -> None:
    for each in range(6):
        answer = Talk(session_id=f"s{each}").say(question)
        assert any(word in answer for word in (honest, "obstacle", "day", "asked", "it hasn't")), (
            answer
        )
        assert "“" not in answer


def test_the_name_is_recalled() -> None:
    assert "Dana" in after("Hi, I'm Dana.", "I feel tired.").say("what's my name?")
    assert "민지" in after("제 이름은 민지예요", "피곤해요").say("내 이름이 뭐야?")


def test_what_was_said_about_something_is_read_back() -> None:
    talk = after("My sister Anna moved to Berlin in May. I miss her.", "Work is fine.")
    assert "“My sister Anna moved to Berlin in May”" in talk.say("what did I say about my sister?")
    assert "“My sister Anna moved to Berlin in May”" in talk.say("did I mention Berlin?")


def test_what_left_the_recent_turns_is_found_in_the_notes() -> None:
    talk = after("My boss ignores me in meetings.", *["It was a long day."] * 55)
    assert "boss" in talk.say("what did I say about my boss?")


def test_the_last_message_is_read_back() -> None:
    talk = after("The train was late.", "Then it rained.")
    assert "“Then it rained”" in talk.say("what did I just say?")
    assert "“" not in Talk().say("what did I just say?")


@pytest.mark.parametrize("persona", ["lua", "elro", "riri", "nana"])
def test_the_last_suggestion_is_read_back(persona: str) -> None:
    talk = after("I hate my job.", "My boss yells.", "what should I do?", persona=persona)
    quoted = talk.say("what did you suggest?").split("“")[1].split("”")[0]
    assert quoted.strip(" .") in talk.answers[2]


def test_a_date_is_recalled_by_what_it_belongs_to() -> None:
    talk = after("I have an exam on Friday.", "The rent is due by Monday.")
    assert "exam on Friday" in talk.say("when is my exam?")
    assert "Monday" in talk.say("what are my deadlines?")
    assert "Friday" not in talk.say("when is my interview?")


def test_obstacles_are_recalled() -> None:
    talk = after("My boss ignores me in meetings.")
    assert "your boss ignores you in meetings" in talk.say("what was my problem?")


def test_a_summary_gathers_the_notes() -> None:
    talk = after(
        "I'm so tired. My boss ignores me in meetings.",
        "I want to become a nurse by June.",
        "I tried talking to him.",
    )
    answer = talk.say("summarise what we have so far")
    for part in (
        "become a nurse",
        "your boss ignores you",
        "by June",
        "tired",
        "you tried talking",
    ):
        assert part in answer
    assert answer.count("\n- ") >= 5


def test_an_empty_summary_says_so() -> None:
    assert "\n-" not in Talk().say("summarise what we have so far")


def test_asking_again_is_answered_in_other_words() -> None:
    talk = after("I want to become a nurse.")
    answers = talk.say_all(["what was my goal?"] * 12)
    assert all("nurse" in answer for answer in answers[:5])
    assert talk.repeated() == set()


def test_korean_recall_attaches_the_right_particles() -> None:
    talk = after(
        "제 목표는 이직이에요", "팀장님이 제 말을 안 들어요", "다음 주 목요일에 면접이 있어요"
    )
    answer = talk.say("제 목표가 뭐였죠?")
    assert "이직" in answer
    assert "이직였" not in answer
    assert "이직예요" not in answer
    assert "“팀장님이 제 말을 안 들어요”" in talk.say("팀장님에 대해 제가 뭐라고 했죠?")
    assert "목요일 면접" in talk.say("면접이 언제였죠?")
    assert "이직" in talk.say("지금까지 정리해 줘")


@pytest.mark.parametrize(
    "said",
    [
        ["I have an exam on Friday", "The exam is off", "when is my exam?"],
        ["시험이 금요일이야", "시험 취소됐어", "시험 언제였지?"],
    ],
)
def test_an_event_that_is_off_has_no_day_any_more(said: list[str]) -> None:
    talk = Talk()
    talk.say_all(said[:-1])
    assert not re.search("Friday|금요일", talk.say(said[-1]))
