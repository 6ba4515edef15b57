"""Which words may be somebody's own name: a state, a job or an order is none."""

import re

__all__ = ["NO_OWN", "is_korean_name", "is_order", "is_told"]

# Names that end like the adjectives below.
_LIKE_ADJECTIVES = (
    r"(?:(?:Adr|Jul|Viv|Lil|Lill|Gill|Flor|Fab|Dam|Sebast|Dor)ian|(?:Domin|Cedr|Freder|Ludov)ic"
    r"|(?:Ham|Ash|Man|Sat|Gir|Raj)ish|Therese|(?:Xiao|Mei|Yan|Jia|Wei|Hui|Irv|Sterl)[a-z]*ing"
    r"|[A-Z][a-z]*(?:fred|m[a-z]?med|hmed|eed)|Jared|Khaled)\b"
)
# "I'm Nigerian", "I'm Autistic", "I'm Pregnant", "I'm Divorced" tell no name.
NO_OWN = (
    rf"(?:(?!{_LIKE_ADJECTIVES})(?:[A-Z][a-z]{{2,}}(?:ian|ese|ish|ic|ed|ing|less|ful|ous|sexual)"
    r"|[A-Z][a-z]{4,}ar|[A-Z][a-z]{2,}[nrt]ant"
    r"|[A-Z][a-z]+(?:stani|deshi|raeli|raqi|emeni|epali|omali|wegian|rocan|gentine|holic))\b"
    r"|(?:I|Asian|Irish|American|German|French|Korean|Mexican|Dutch|Thai|Polish|Greek|Arab"
    r"|Filipino|Filipina|African|European|Kenyan|Cuban|Afghan|Ghanaian|Swiss|Czech|Welsh|Kurd|Saudi"
    r"|Muslim|Jew|Hindu|Buddhist|Atheist|Sikh|Mormon|Black|White|Latino|Latina|Brown|Gen|Team"
    r"|O[Kk]|Okay|Fine|Good|Sorry|Done|Back|Here|Lost|Sad|Broke|Single|Gay|Lesbian|Trans|Queer|Bi"
    r"|Deaf|Blind|Sober|Sick|Ill|Dying|Dead|Alone|Manic|Suicidal|Unemployed|Homeless|Hungry|Late"
    r"|So|Really|Very|Not|Just|New|Type|In|At|From|A|An|The|Still|Always|Never|Too|On|Under)\b)"
)
_SURNAMES = "김이박최정강조윤장임한오서신권황안송전홍유고문손양배백허남심노하곽차구"
_FIRST = "민지서준현우수영은예윤도채다소나연세태동성승재정진경혜희미선상호훈건찬효규시주보라란명"
_LAST = "민지서준현우수영은윤연아빈진호훈건규찬원율정경혜희미선재성태석철혁환주나린솔별슬람"
_WHOLE_WORDS = "하늘|하루|슬기|아름|보라|다솜|가람|한결|새롬|아람|은결|한별"
_SHAPE = re.compile(rf"(?:[{_SURNAMES}]?[{_FIRST}][{_LAST}]|[{_SURNAMES}]?(?:{_WHOLE_WORDS}))")
# Names by their syllables, but more often something else: an order, a test, a last letter.
_NO_SHAPE = re.compile(
    r"나서|유서|동성|양성|유지|정지|중지|소주|예정|진정|인정|미정|수정|"
    r"선수|교수|재수|시민|서민|고민|도주|소아|유아|정아|승진|지진|상태|상호|동호|성경|다정|나지"
)
_AS_ORDER = re.compile(r"(?:지|세|태|채|재|나)우$")
# What people say that they are when it is not their name: a job, an age, an illness, a state.
_STATE = re.compile(
    r"(?:생|사|인|원|님|자|가|관|수|살|차|맘|친구|주부|엄마|아빠|백수|처음|알바|팀장|사장|막내|장녀|외동|"
    r"증|병|부|암|장애|환자|중|임신|출산|유산|이혼|미혼|치매|사망|탓|잘못|거짓말|끝|혼|거|것|제|말기)$"
)
# Orders before 라고: 죽으라고, 나가라고, 그만두라고, 꺼지라고; and what people are called.
_ORDER = re.compile(
    r"(?:으|하|지|두|가|오|내|리|치|기|키|주|자|마|우|죽이|먹이|움직|아니|보이)$|"
    r"바보|멍청|병신|등신|돼지|쓰레기|찐따|루저|걸레|미친|못난|뚱|거지|호구|괴물|벌레|또라이|꼰대|관종|"
    r"찌질|왕따|문제아|실패|패배|한심|쓸모|민폐|개새|새끼|년$|놈$|썅|꼴찌|겁쟁이|울보|돌대가리"
)


def is_korean_name(word: str) -> bool:
    """Tell whether a Korean word is made like a given name, with or without a family name."""
    return _SHAPE.fullmatch(word) is not None and _NO_SHAPE.search(word) is None


def is_order(word: str) -> bool:
    """Tell whether a Korean name with 라고 alone may as well be an order (지우라고: erase it)."""
    return _AS_ORDER.search(word) is not None


def is_told(word: str) -> bool:
    """Tell whether a Korean word is a state, an order or an insult, and no name."""
    if is_korean_name(word):
        return False
    return _STATE.search(word) is not None or _ORDER.search(word) is not None or word.isupper()
