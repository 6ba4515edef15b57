"""How the offline engine says back what it was told, in English and in Korean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.llm.offline import english, korean


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("My boss ignores me", "your boss ignores you"),
        ("I am tired of my job", "you are tired of your job"),
        ("I'm behind and I've lost it", "you're behind and you've lost it"),
        ("i was just sitting there", "you were just sitting there"),
        ("He was late", "he was late"),
        ("I thought he was right", "you thought he was right"),
        ("I wasn't ready", "you weren't ready"),
        ("I never was good at this", "you never were good at this"),
        ("We missed our deadline", "you missed your deadline"),
        ("We broke up last week", "the two of you broke up last week"),
        ("The blame is mine", "the blame is yours"),
        ("I did it all by myself", "you did it all by yourself"),
        ("I'd quit if I could", "you'd quit if you could"),
        ("Anna told me that I'll manage", "Anna told you that you'll manage"),
        ("She won't talk to us", "she won't talk to you"),
    ],
)
def test_the_first_person_becomes_the_second(said: str, heard: str) -> None:
    assert english.flip(said) == heard


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (
            "Honestly, I think that my friends don't like me",
            "you think that your friends don't like you",
        ),
        ("I WANT TO QUIT MY JOB", "you want to quit your job"),
        ("So my sister never calls me.", "your sister never calls you"),
        ("Well, the tests keep failing on the server", "the tests keep failing on the server"),
        ("Jisoo from sales doesn't answer me", "Jisoo from sales doesn't answer you"),
        ("I think my boyfriend is cheating on me", "you think your boyfriend is cheating on you"),
        ("no one at my work answers", "no one at your work answers"),
        ("no i didn't tell them yet", "you didn't tell them yet"),
    ],
)
def test_a_telling_clause_is_said_back(text: str, heard: str) -> None:
    assert english.heard(text)[0] == heard


@pytest.mark.parametrize(
    "text",
    [
        "What should I do?",
        "I hate you",
        "fuck this shit I am done",
        "Great weather, green trees",
        "I attempted to overdose last year",
        "I'm not sure",
        "That won't work",
        "I want to ask something",
        "lol",
        "",
    ],
)
def test_what_should_not_be_said_back_is_not(text: str) -> None:
    assert english.heard(text) == []


def test_a_condition_is_not_torn_from_its_consequence() -> None:
    assert english.heard("If I quit, I lose my visa") == []


def test_two_clauses_keep_the_order_they_were_told_in() -> None:
    told = english.heard("I've been in support for four years. I feel stuck and alone.")
    assert told[:2] == ["you've been in support for four years", "you feel stuck and alone"]


@pytest.mark.parametrize(
    ("goal", "wanted"),
    [
        ("run a marathon", "to run a marathon"),
        ("get my manager to listen to me", "to get your manager to listen to you"),
        ("a promotion", "to get a promotion"),
        ("financial freedom", "to get financial freedom"),
    ],
)
def test_a_goal_reads_as_what_one_wants(goal: str, wanted: str) -> None:
    assert english.want(goal) == wanted


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("about two years", "about two years"),
        ("LEAVE ME ALONE", "leave me alone"),
        ("hey all", None),
        ("Procrastination", "Procrastination"),
        ("you bitch", None),
        ("😀", None),
    ],
)
def test_a_few_words_can_be_quoted(text: str, phrase: str | None) -> None:
    assert english.quotable(text) == phrase


def test_a_part_of_a_question_is_said_back_only_when_it_is_decent() -> None:
    assert (
        english.said_safely("tell my boss that I'm leaving") == "tell your boss that you're leaving"
    )
    assert english.said_safely("kill him") == ""


@pytest.mark.parametrize(
    ("word", "particle", "attached"),
    [
        ("이직", "을", "이직을"),
        ("이직하기", "을", "이직하기를"),
        ("면접", "은", "면접은"),
        ("회의", "은", "회의는"),
        ("팀장님", "이", "팀장님이"),
        ("친구", "이", "친구가"),
        ("친구", "이랑", "친구랑"),
        ("형", "과", "형과"),
        ("서울", "으로", "서울로"),
        ("부산", "으로", "부산으로"),
        ("제주", "으로", "제주로"),
        ("개발자", "이에요", "개발자예요"),
        ("면접", "이에요", "면접이에요"),
        ("민지", "아", "민지야"),
        ("지훈", "아", "지훈아"),
        ("PM", "이", "PM이"),
        ("PO", "이", "PO가"),
        ("3", "을", "3을"),
        ("2", "을", "2를"),
        ("“이직”", "을", "“이직”을"),
        ("취업", "에", "취업에"),
        ("", "을", "를"),
    ],
)
def test_a_particle_follows_the_last_sound(word: str, particle: str, attached: str) -> None:
    assert korean.attach(word, particle) == attached


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("팀장님이 제 말을 안 들어요", "팀장님이 말을 안 듣는군요"),
        ("어제 남자친구랑 헤어졌어요", "어제 남자친구랑 헤어졌군요"),
        ("저는 회사 일이 너무 힘들어요", "회사 일이 너무 힘드시군요"),
        ("돈이 하나도 없어요", "돈이 하나도 없군요"),
        ("상사가 저를 무시해요", "상사가 무시하는군요"),
        ("요즘 계속 불안해요", "계속 불안하군요"),
        ("이직하고 싶은데 자신이 없어요", "이직하고 싶은데 자신이 없군요"),
        ("이직하고 싶어요", "이직하고 싶으시군요"),
        ("매일 야근하고 있습니다", "매일 야근하고 있군요"),
        ("일이 너무 어려워요", "일이 너무 어렵군요"),
        ("발표가 정말 무서워", "발표가 정말 무섭군요"),
        ("내일이 면접이에요", "내일이 면접이군요"),
        ("개발자 3년 차예요", "개발자 3년 차군요"),
        ("뭘 해야 할지 모르겠어요", "뭘 해야 할지 모르겠다는 거군요"),
        ("자꾸 나쁜 생각이 들어요", "자꾸 나쁜 생각이 드는군요"),
        ("공부가 손에 안 잡힌다", "공부가 손에 안 잡히는군요"),
        ("일정이 계속 밀립니다", "일정이 계속 밀리네요"),
        ("의욕이 안 생겨요", "의욕이 안 생기는군요"),
        ("아이가 매일 울어요", "아이가 매일 우는군요"),
        ("책을 자주 읽어요", "책을 자주 읽는군요"),
        ("집중이 안 돼요", "집중이 안 되는군요"),
        ("월급이 너무 적어요", "월급이 너무 적군요"),
        ("저 혼자 다 해요", "혼자 다 하는군요"),
        ("팀원들이 저만 빼고 회의해요", "팀원들이 본인만 빼고 회의하는군요"),
        ("이력서를 써 볼게요", "이력서를 써 보겠다는 거군요"),
        ("눈물이 멈추지 않아요", "눈물이 멈추지 않네요"),
        ("친구랑 매일 싸워요", "친구랑 매일 싸우는군요"),
    ],
)
def test_korean_is_heard_with_the_ending_it_takes(said: str, heard: str) -> None:
    assert korean.heard(said) == [heard]


@pytest.mark.parametrize(
    "said",
    [
        "어떡하죠?",
        "그렇게 하세요",
        "저는 민지라고 해요",
        "영어",
        "그건 안 될 것 같아요",
        "너는 바보야 진짜",
    ],
)
def test_korean_that_is_no_statement_is_not_heard(said: str) -> None:
    assert korean.heard(said) == []


def test_a_second_korean_sentence_ends_differently() -> None:
    assert korean.softened("말을 안 듣는군요") == "말을 안 듣네요"
    assert korean.softened("자신이 없군요") == "자신이 없네요"


def test_a_korean_quote_ends_as_a_sentence_does() -> None:
    assert korean.quotable("말해 봤는데") == "말해 봤어요"
    assert korean.quotable("이직하고 싶은데") == "이직하고 싶어요"
    assert korean.quotable("ㅠㅠ") is None


def test_a_korean_goal_leaves_its_speaker_out() -> None:
    assert korean.goal_noun("제 팀을 이끌기") == "팀을 이끌기"


@given(st.text(max_size=400))
def test_nothing_breaks_on_any_text(text: str) -> None:
    for said in (*english.heard(text), *korean.heard(text)):
        assert said.strip()
    english.quotable(text)
    korean.quotable(text)
