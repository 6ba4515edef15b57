"""What the offline engine takes a message for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.llm.offline.acts import read_act
from sessions.llm.offline.phase import phase_of
from sessions.llm.offline.topics import topics_of


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("hi", "greeting"),
        ("Hello there!", "greeting"),
        ("how are you?", "ask_feel"),
        ("are you an AI?", "ask_ai"),
        ("am I talking to a real person", "ask_ai"),
        ("what model are you?", "ask_model"),
        ("are you ChatGPT?", "ask_model"),
        ("what can you do?", "ask_able"),
        ("who are you?", "ask_who"),
        ("is this private?", "ask_private"),
        ("do you remember me?", "ask_memory"),
        ("do you speak Korean?", "ask_language"),
        ("tell me a joke", "joke"),
        ("what was my goal again?", "recall_goal"),
        ("what's my name?", "recall_name"),
        ("what did I say about my boss?", "recall_about"),
        ("summarise what we have so far", "recall_summary"),
        ("what did you suggest?", "recall_advice"),
        ("when is my exam?", "recall_deadline"),
        ("what was my problem again?", "recall_obstacle"),
        ("what did I just say?", "recall_said"),
        ("what's the capital of France?", "fact"),
        ("will it rain tomorrow?", "fact"),
        ("12 * 7 =", "number"),
        ("write me a poem about spring", "make"),
        ("ok", "ok"),
        ("yes, exactly", "yes"),
        ("not really", "no"),
        ("idk", "unsure"),
        ("I'll try that tonight", "accept"),
        ("that won't work for me", "reject"),
        ("what should I do?", "advice"),
        ("how do I ask for a raise?", "how"),
        ("should I quit?", "should"),
        ("why does he do that?", "why"),
        ("anything else?", "more"),
        ("it worked!", "progress_good"),
        ("it went badly", "progress_bad"),
        ("no, I meant the other team", "correction"),
        ("thanks a lot", "thanks"),
        ("good night", "bye"),
        ("sorry", "sorry"),
        ("lol", "laugh"),
        ("fuck you", "abuse"),
        ("that's not helpful", "complaint"),
        ("my uncle molested me", "gentle"),
        ("hi, my boss ignores me", "tell"),
        ("https://example.org/a", "link"),
        ("😂😂", "symbol"),
        ("...", "empty"),
        ("42", "number"),
        ("def f():\n    return x == 1\nfor (;;) {}", "code"),
    ],
)
def test_an_english_message_is_taken_for(text: str, act: str) -> None:
    assert read_act(text, "en").name == act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("안녕하세요!", "greeting"),
        ("잘 지내?", "ask_feel"),
        ("너 사람이야?", "ask_ai"),
        ("무슨 모델이야?", "ask_model"),
        ("뭘 할 수 있어?", "ask_able"),
        ("누구세요?", "ask_who"),
        ("비밀 보장돼?", "ask_private"),
        ("영어도 할 수 있어?", "ask_language"),
        ("농담 하나 해줘", "joke"),
        ("제 목표가 뭐였죠?", "recall_goal"),
        ("내 이름이 뭐야?", "recall_name"),
        ("팀장님에 대해 제가 뭐라고 했죠?", "recall_about"),
        ("지금까지 요약해줘", "recall_summary"),
        ("뭐라고 추천했었죠?", "recall_advice"),
        ("시험이 언제였죠?", "recall_deadline"),
        ("프랑스 수도가 뭐야?", "fact"),
        ("시 하나 써 줘", "make"),
        ("ㅇㅇ", "yes"),
        ("아니요", "no"),
        ("잘 모르겠어요", "unsure"),
        ("ㅇㅋ", "ok"),
        ("해 볼게요", "accept"),
        ("그건 좀 어려울 것 같아요", "reject"),
        ("어떻게 해야 할까요?", "advice"),
        ("연락할까?", "should"),
        ("왜 그럴까요?", "why"),
        ("또 뭐?", "more"),
        ("면접 잘 봤어요!", "progress_good"),
        ("망했어요", "progress_bad"),
        ("아니요, 제 말은 다른 팀이요", "correction"),
        ("고마워요", "thanks"),
        ("잘 자", "bye"),
        ("죄송해요", "sorry"),
        ("ㅋㅋㅋ", "laugh"),
        ("꺼져", "abuse"),
        ("도움이 안 돼", "complaint"),
        ("아빠가 때렸어요", "gentle"),
        ("ㅠㅠ", "symbol"),
        ("팀장님이 제 말을 안 들어요", "tell"),
    ],
)
def test_a_korean_message_is_taken_for(text: str, act: str) -> None:
    assert read_act(text, "ko").name == act


@pytest.mark.parametrize(
    "text", ["Who is my target audience?", "who's my competition?", "Who is my best option?"]
)
def test_who_something_is_for_is_no_question_about_somebody_known(text: str) -> None:
    assert read_act("Who is my boss?", "en").name == "recall_person"
    assert read_act(text, "en").name != "recall_person"


def test_an_act_names_what_it_is_about() -> None:
    assert read_act("what did I say about my sister?", "en").about == "my sister"
    assert read_act("how do I tell him?", "en").about == "tell him"


@given(st.text(max_size=300), st.sampled_from(["en", "ko"]))
def test_any_text_is_an_act(text: str, language: str) -> None:
    assert read_act(text, language).name


def test_a_topic_stays_until_another_is_clear() -> None:
    texts = [
        "I have an exam on Friday",
        "my parents expect a lot",
        "yes",
        "my girlfriend left me and I'm heartbroken",
    ]
    assert topics_of(texts, "en") == ["study", "study", "study", "love"]


def test_a_new_subject_can_be_announced() -> None:
    texts = ["my exam is close, so much to study", "something else: my rent is due"]
    assert topics_of(texts, "en") == ["study", "money"]


def test_a_long_message_about_nothing_known_leaves_the_topic() -> None:
    long = (
        "the ferry was slow and the sea was flat and the gulls kept on circling over the old pier"
    )
    assert topics_of(["my exam is on Friday", long], "en") == ["study", ""]


def test_code_is_a_topic_only_when_something_is_broken() -> None:
    assert topics_of(["my python script crashes"], "en") == ["code"]
    assert topics_of(["i like python"], "en") == [""]


def test_a_conversation_goes_from_exploring_to_following_up() -> None:
    phases = [
        phase_of("tell", ["I hate my job"] * told, ["career"] * told, "career")
        for told in range(12)
    ]
    assert phases[:7] == [
        "explore",
        "understand",
        "understand",
        "options",
        "options",
        "step",
        "follow",
    ]
    assert phases[7:] == ["understand", "options", "step", "follow", "understand"]


def test_small_talk_does_not_move_a_conversation_on() -> None:
    assert phase_of("tell", ["hi", "thanks"], ["", ""], "career") == "explore"


def test_another_topic_begins_anew_but_its_sibling_does_not() -> None:
    assert phase_of("tell", ["I hate my job"], ["career"], "love") == "explore"
    assert phase_of("tell", ["I hate my job"], ["career"], "office") == "understand"


def test_turns_that_are_no_longer_read_still_count() -> None:
    assert phase_of("tell", ["I hate my job"], ["career"], "career", unread=2) == "options"


def test_who_only_nods_is_not_asked_how_it_went() -> None:
    assert phase_of("ok", ["I hate my job"] * 6, ["career"] * 6, "career") == "step"
