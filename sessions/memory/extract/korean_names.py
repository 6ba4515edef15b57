"""People whom a Korean sentence names in one word, by the syllables that names are made of."""

import re
from collections.abc import Iterator

from sessions.memory.words import pattern

__all__ = ["IS", "RELATIONS", "called"]

RELATIONS = pattern("relations", hangul=True)
IS = (
    r"(?:이에요|예요|에요|입니다|이야|야|이다|이고|고|이며|인데요?|이요|이랍니다"
    r"|라고 해요|이라고 해요)"
)
# "우리 언니는 수진이에요"
_CALLED = re.compile(
    rf"(?:제|내|우리|저의|나의|저희)\s(?P<who>{RELATIONS})[은는이가]\s(?P<name>[가-힣]{{2,3}}?){IS}"
    r"(?=$|[\s,.!])"
)
_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄"
)
_FIRST = frozenset(
    "가건경광규기나다대도동라려로명문미민병보상새서석선성세소솔수순승시아연영예완용우원유윤은의이인재"
    "정종주준중지진찬창채철초태하한해현형혜호홍화효훈희"
)
_LAST = frozenset(
    "경규균기나네다담라란람련령리린림미민별빈비서석선섭성솔수숙순슬식아안연열영예완용우욱운웅원율윤은을"
    "의이인일자재정주준지진찬채철탁태하한해혁현형혜호홍화환후훈휘희"
)
# Words of such syllables that are no names.
_COMMON = """
미인 성인 주인 시인 상인 지인 연인 동기 소아 유아 영아 태아 수재 인재 선수 가수 기자 효자 이자 진리
정원 회원 시민 주민 서민 의원 대원 명의 수의 상의 하의 동의 문의 주의 미아 고아 화자 다정 소식
의리 무리
"""
_NOUNS = frozenset(_COMMON.split())


def called(text: str) -> Iterator[tuple[str, str]]:
    """Yield who is said to be somebody by name: relation and name."""
    for match in _CALLED.finditer(text):
        if _is_name(match["name"]):
            yield match["who"], match["name"]


def _is_name(word: str) -> bool:
    """Tell whether a word is made as names are: two usual syllables, a family's before them."""
    given = word[1:] if len(word) == 3 and word[0] in _SURNAMES else word
    if len(given) != 2 or given in _NOUNS or word in _NOUNS:
        return False
    return given[0] in _FIRST and given[1] in _LAST
