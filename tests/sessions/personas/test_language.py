"""Which language carries a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.language import detect_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How are you today?"),
        ("en", "thanks"),
        ("ko", "오늘 어때요?"),
        ("en", "no"),
        ("en", "y"),
        ("en", "pour it"),
        ("fr", "merci"),
        ("ko", "ㅇㅇ"),
        ("ko", "useEffect cleanup function이 왜 두 번 불려요?"),
        ("ko", "ok 알겠어"),
        ("en", "What does 눈치 mean in English?"),
        ("en", "How do I say 잘 부탁드립니다 in a business email?"),
        ("ko", "'안녕'"),
        ("ja", "今日はとても疲れました"),
        ("zh", "我今天很累"),
        ("ru", "Как твои дела?"),
        ("uk", "Привіт, як твої справи?"),
        ("ar", "كيف حالك اليوم"),
        ("fa", "چطور می‌توانم کمک بگیرم"),
        ("he", "מה שלומך"),
        ("el", "Τι κάνεις;"),
        ("hi", "आप कैसे हैं"),
        ("th", "สวัสดีครับ"),
        ("es", "No sé qué hacer con mi trabajo"),
        ("es", "no me gusta"),
        ("en", "no one loves me"),
        ("en", "no one helps me and no one cares"),
        ("en", "um, as usual i guess"),
        ("fr", "Je ne sais pas quoi faire"),
        ("de", "Ich weiß nicht, was ich tun soll"),
        ("pt", "Eu não sei como falar com ele"),
        ("it", "Non so come fare, sono molto stanco"),
        ("nl", "Ik weet niet wat ik met mijn baan wil"),
        ("tr", "Bu çok zor ve ben ne var bilmiyorum"),
        ("vi", "Tôi không biết phải làm gì"),
        ("id", "Saya tidak tahu apa yang salah"),
    ],
)
def test_the_language_of_the_grammar_wins(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "123", "👍", "?!", "   "])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert detect_language(text) is None


@given(st.text(max_size=200))
def test_any_text_gets_a_code_or_none(text: str) -> None:
    found = detect_language(text)
    assert found is None or len(found) == 2
