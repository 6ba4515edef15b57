"""Which news the offline engine is glad of, and which only sounds like it."""

import re

import pytest

from sessions.llm.offline.book import load_book
from sessions.llm.offline.care import kind_of, read_care
from sessions.llm.offline.trouble import is_good
from tests.sessions.llm.offline_talk import Talk

PERSONAS = ["lua", "elro", "riri", "nana"]
NOT_GLAD = [
    "I won't be okay",
    "I won't make it to the exam",
    "I won’t make it to the exam",
    "I won't be able to pay the rent",
    "We won't make rent this month",
    "We won't see each other again",
    "I won't lie, I'm exhausted",
    "I won't sleep tonight",
    "I made it worse",
    "I got in trouble with my landlord",
    "I won nothing",
    "Mina got the job I wanted",
    "I got engaged but he cheated",
    "I got accepted but I can't afford it",
    "I got the job but I'm scared",
    "시험에 못 붙었어",
    "안 합격했어",
    "합격 못 했어",
    "친구만 합격했어",
    "난 떨어지고 친구만 붙었어",
    "I won't have time to see my kids",
    "We won't win this one",
    "I wont be there for her birthday",
    "You know I won't get better",
    "I won't ever forgive myself",
    "We won’t have a place to live",
    "My dad won't talk to me",
    "I won a fine for parking",
    "I won no prize",
    "They say I won't graduate",
    "I made it awkward at dinner",
    "I made it up, I never had a plan",
    "I made it all about me again",
    "I just made it clear that it's over",
    "We made it so hard for each other",
    "I made it look easy and now they pile on work",
    "I almost made it",
    "I didn't make it",
    "We never made it to the hospital",
    "I thought I made it",
    "I passed away the whole day in bed",
    "I passed out drunk again",
    "I passed on the offer because of mum",
    "I passed my ex on the street",
    "I passed a kidney stone last night",
    "We passed each other without a word",
    "I passed by his house and cried",
    "I passed the blame on to her",
    "I wish I had passed",
    "I nearly passed the exam",
    "I got a bad role in the play",
    "I got in a fight with my brother",
    "I got in an accident",
    "I got in late and he yelled",
    "We got in debt",
    "I got a job rejection again",
    "I got the worst job in the company",
    "I didn't get the job",
    "I hope I got the job",
    "I don't think I got the job",
    "If I got the job I could move out",
    "Everyone thinks I got the job",
    "My ex got engaged",
    "My coworker got promoted instead of me",
    "The other candidate got the job",
    "Tom got the promotion I deserved",
    "My sister got in and I didn't",
    "Only my brother got accepted",
    "She got hired and I was not",
    "My best friend got the job I applied for",
    "Everyone got promoted except me",
    "He got my job",
    "I passed my exam, but my dad didn't even look up",
    "I got promoted, however I hate the new team",
    "I got the job though it pays nothing",
    "Although I passed, I feel empty",
    "I won the match but broke my arm",
    "We're engaged but his mother hates me",
    "I got accepted yet I feel nothing",
    "I graduated but have no job",
    "I got the job. Still, I feel like a fraud",
    "Good news for her but not for me",
    "No good news today",
    "I'm not so happy with my life",
    "It was not my best day",
    "I used to be so happy",
    "My ex looks so happy without me",
    "I'm not in remission",
    "The results are not clear",
    "I did it again, I drank",
    "I finished the whole bottle",
    "I feel better only when I drink",
    "이번에도 못 붙었어요",
    "안 붙었대",
    "시험에 합격하지 못했어요",
    "불합격했어",
    "통과 못 했어",
    "합격은 못 했어요",
    "승진 못 했어",
    "취직이 안 돼요",
    "취직 걱정뿐이야",
    "붙었으면 좋겠어",
    "합격했을까?",
    "붙었는지 모르겠어",
    "합격했다고 거짓말했어",
    "합격 취소됐어",
    "꿈에서 붙었어",
    "거의 붙었는데 떨어졌어",
    "동생만 합격했어",
    "나 빼고 다 붙었어",
    "나만 떨어지고 다들 붙었어",
    "걔는 붙었어",
    "전 남친이 결혼해요",
    "미나가 내가 가고 싶던 회사에 붙었어",
    "동료가 승진했어",
    "라이벌이 합격했대",
    "애들은 다 붙었어",
    "붙었지만 돈이 없어",
    "합격했는데 하나도 안 기뻐",
    "합격했는데 아무도 축하 안 해줘",
    "취직했지만 행복하지 않아",
    "붙었어. 근데 등록금이 없어",
    "승진했는데 무서워",
    "시험은 붙었지만 친구를 잃었어",
    "하나도 안 신나",
    "축하를 못 받았어",
    "좋은 소식이 없어",
    "너무 행복하고 싶어",
    "헤어지게 됐어요!",
    "일이 안 됐어요!",
    "완치가 안 된대",
    "오퍼가 취소됐어",
    "I didn't pass the exam",
    "They won't promote me",
    "I got fired but I got my last pay",
    "이기지 못했어",
    "He said yes to the divorce",
    "I was so happy until he left",
    "We're having a baby and I'm terrified",
    "I graduated and nobody came",
    "I talked to him and he laughed at me",
    "취업했는데 매일 울어요",
    "합격자 명단에 없었어",
]
GLAD = [
    "I got the job!",
    "I passed my exam",
    "We won the match!",
    "I got engaged",
    "passed my exam!!!",
    "I somehow passed",
    "She said yes!",
    "you won't believe this, I got the job!",
    "I won't forget this day, we won!",
    "I got the job and I can't believe it",
    "We won and he was so proud",
    "면접 붙었어요!",
    "시험에 합격했어요",
    "I can't believe I got the job!",
    "I was so scared but I passed!",
    "It was hard but we made it",
    "I almost gave up but I got accepted",
    "We made it to the finals",
    "I made it home",
    "I passed my driving test",
    "Got the job!!",
    "Guess who got the promotion",
    "I just got in to Stanford",
    "My son got accepted",
    "My best friend got engaged",
    "I got the job I wanted",
    "I'm in remission",
    "My dad is in remission",
    "I passed with an A",
    "I wanted to tell you I got the job",
    "No joke, I won",
    "I've never been happier",
    "I got the job and my family is so proud",
    "I got the job but it's great, too",
    "We won 3-1",
    "I passed everything",
    "I won the lottery",
    "I got an offer today",
    "I'm so happy",
    "I got my old job back",
    "드디어 붙었어!",
    "운전면허 합격했어요",
    "힘들었지만 합격했어요",
    "떨어질 줄 알았는데 붙었어요",
    "시험 봤는데 합격했어!",
    "저 취직했어요!",
    "승진했어요",
    "완치됐대요",
    "면접 통과했어요",
    "제안 통과했어요",
    "동생이 합격했어요!",
    "내가 원하던 회사에 붙었어",
    "이번에는 제가 가고 싶던 학교에 붙었어요",
    "나만 붙었어!",
    "합격했는데 너무 기뻐요",
    "수술이 잘 됐어요",
    "안 믿겨요, 제가 합격했대요",
    "드디어 됐어요!",
    "오퍼 받았어요",
]
TURNED = [
    ("I told Mina I won't come for christmas", "x"),
    ("I passed out at work", "it was scary"),
    ("I passed the exam!", "but nobody cared"),
    ("오늘 시험 붙었어!", "근데 아무도 축하 안 해줘"),
    ("I passed the exam!", "however I feel empty"),
    ("I got the job!", "though my mom won't talk to me now"),
    ("I got engaged!", "nobody came to the party"),
    ("We won the match!", "but I sat on the bench"),
    ("합격했어요!", "하지만 엄마는 관심이 없어요"),
    ("면접 붙었어요!", "그런데 가기 싫어요"),
    ("합격했어", "아무도 안 기뻐해"),
    ("드디어 취직했어!", "근데 혼자야"),
]
MIXED = [
    ("I got the job but I'm scared", "mixed"),
    ("I got accepted but I can't afford it", "mixed"),
    ("Although I passed, I feel empty", "mixed"),
    ("I got engaged but he cheated", "parted"),
    ("I was scared but I passed", "joy"),
    ("I got the job but it's great, too", "joy"),
    ("Mina got the job I wanted", "missed"),
    ("My sister got in and I didn't", "missed"),
    ("합격했는데 하나도 안 기뻐", "mixed"),
    ("합격했는데 너무 기뻐요", "joy"),
    ("친구만 합격했어", "missed"),
    ("나 빼고 다 붙었어", "missed"),
    ("나만 붙었어!", "joy"),
]


def language_of(text: str) -> str:
    return "ko" if re.search(r"[가-힣]", text) else "en"


def is_glad(answer: str, language: str) -> bool:
    book = load_book(language)
    joy, more = book.care["joy"], book.care["talk"]["joy_more"]
    lines = (*joy["hear"], *joy["ask"], *more, *book.common["on_good"])
    return any(line in answer for line in lines)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("text", NOT_GLAD)
def test_bad_news_that_sounds_like_good_news_is_met_with_no_joy(text: str, persona: str) -> None:
    assert not is_glad(Talk(persona=persona).say(text), language_of(text))


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("text", GLAD)
def test_good_news_is_met_with_joy_however_it_is_told(text: str, persona: str) -> None:
    language = language_of(text)
    answer = Talk(persona=persona).say(text)
    assert any(line in answer for line in load_book(language).care["joy"]["hear"])


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(("text", "after"), TURNED)
def test_what_is_set_against_a_joy_ends_it(text: str, after: str, persona: str) -> None:
    talk = Talk(persona=persona)
    talk.say(text)
    assert not is_glad(talk.say(after), language_of(after))


@pytest.mark.parametrize(("text", "kind"), MIXED)
def test_a_joy_can_be_mixed_or_somebody_elses(text: str, kind: str) -> None:
    assert kind_of(text, language_of(text)) == kind


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("I passed my exam", "I studied so hard for it"),
        ("I got the job!", "I start on Monday"),
        ("I got engaged", "but I'm happy"),
        ("합격했어요!", "진짜 열심히 했거든요"),
        ("합격했어요!", "근데 너무 기뻐서 잠이 안 와요"),
    ],
)
def test_what_goes_with_a_joy_stays_glad(text: str, after: str) -> None:
    assert read_care(after, [text], "tell", language_of(after)).manner in ("glad", "joy")


def test_a_plan_that_is_denied_is_not_taken_for_one_that_is_made() -> None:
    answer = Talk().say("I will not make it to the exam")
    assert not any(line in answer for line in load_book("en").common["on_accept"])


@pytest.mark.parametrize(
    ("text", "language", "good"),
    [
        ("I won the match", "en", True),
        ("I won't sleep", "en", False),
        ("I can't believe I got the job", "en", True),
        ("I hope I got the job", "en", False),
        ("아무도 축하 안 해줘", "ko", False),
        ("축하 많이 받았어", "ko", True),
        ("못 붙었어", "ko", False),
    ],
)
def test_a_glad_word_counts_where_it_is_meant(text: str, language: str, *, good: bool) -> None:
    assert is_good(text, language) is good
