"""Rules that find facts in a Korean clause."""

import re
from collections.abc import Iterator, Sequence

from sessions.memory.dates import Day
from sessions.memory.words import words

from .found import Phrase
from .korean_names import IS, RELATIONS, called
from .slots import EVENT_KO, event_slot, person_slot

__all__ = ["corrected", "ended", "last_relation", "named", "people", "read"]

LEAD = re.compile(
    r"^(?:(?:그리고|그런데|근데|그래서|하지만|사실|사실은|솔직히|그냥|정말|진짜|이제|이제는"
    r"|일단|음|아|네|넵|안녕하세요"
    r"|안녕|참|그럼|요즘|저는요)[,\s]+)+"
)
NAMED = re.compile(
    rf"(?:^|\s)(?:(?:제|내|저의|나의|저|나)\s)?이름은\s(?:이제\s)?(?P<a>[가-힣]{{2,5}}?"
    rf"|[A-Z][a-z]+){IS}(?=$|[\s,.!])"
    rf"|[가-힣](?:하는|사는|인|다니는)\s(?P<f>[가-힣]{{2,3}}?)(?:이에요|예요|입니다)$"
    r"|\s(?P<e>[가-힣]{2,3}?)(?:이?라고)\s(?:합니다|해요)$"
    r"|(?:^|\s)이름은\s(?P<d>[가-힣]{1,3}[가-힣](?<![요다어네지]))$"
    r"|(?:저는|나는|난|전|제가|저)\s(?P<b>[가-힣]{2,5}?|[A-Z][a-z]+)(?:이?라고)\s(?:해요"
    r"|합니다|해|불러|부르)"
    r"|(?:저를|날|나를|저|그냥)?\s?(?<![가-힣])(?P<c>[가-힣]{2,5}?|[A-Z][a-z]+)(?:이?라고)\s불러"
)
KIN = re.compile(rf"(?<![가-힣])(?:{RELATIONS})(?:의|은|는|이|가)?\s.{{0,20}}이름[은이]")
OWN = re.compile(r"^\s?(?:제|내|저의|나의)\s")
NOBODYS_NAME = re.compile(RELATIONS)
NO_NAME = frozenset(words()["names"]["no_names"].split())
OCCUPATION = (
    r"[가-힣A-Za-z]*(?:간호사|의사|교사|선생님|강사|교수|변호사|회계사|세무사|개발자|디자이너"
    r"|기획자|마케터|학생|휴학생|"
    r"취준생|취업준비생|수험생|재수생|공시생|고시생|직장인|회사원|공무원|연구원|연구자|작가"
    r"|기자|요리사|셰프|자영업자|사장|"
    r"주부|프리랜서|아르바이트생|인턴|신입|경찰관?|소방관|군인|배우|가수|번역가|통역사|상담사"
    r"|치료사|약사|기술자|엔지니어|"
    r"조종사|승무원|바리스타|백수|건축가|건축사|미용사|운전기사|기사님?|배달원|농부|어부|화가"
    r"|음악가|연주자|피아니스트|"
    r"무용수|안무가|운동선수|선수|코치|트레이너|영양사|사서|비서|판사|검사|형사|PD|피디|감독"
    r"|편집자|대표|팀장|매니저|부장|과장|차장|대리|사원|이사|원장|점장|소장|반장|"
    r"워킹맘|전업맘|아빠|엄마|과학자|수의사|교직원|보육교사|은행원|사회복지사|유튜버"
    r"|크리에이터|분석가|컨설턴트)"
)
ROLE = re.compile(
    rf"(?:저는|나는|난|전|제가|저도|나|저)\s(?:\S+\s){{0,4}}?{OCCUPATION}{IS}"
    r"|\S학과\s?(?:\d학년)?|\d학년(?:이에요|예요|입니다|이야|이고|인데)"
    r"|(?:공시|고시|임용|취준|재수|편입)\s?(?:\d+년\s?차|생|준비)"
    r"|(?:빵집|카페|식당|가게|학원|공방|미용실|편의점|서점|꽃집)(?:을|를)?\s?(?:하는|해요"
    r"|하고 있|운영)"
    r"|[가-힣]{2,}(?:을|를)?\s?(?:운영하는|운영하고|운영 중)"
    rf"|^(?:\S+\s){{0,4}}?{OCCUPATION}(?:인데|이에요|예요|입니다|이야|야)$"
    rf"|{OCCUPATION}(?:으로|로)\s(?:\S+\s)?(?:일|근무|활동)(?:하|해|합)"
    r"|(?:에서|에)\s(?:\S+\s){0,2}?(?:일하고 있|일해|일합니다|근무해|근무하고|근무합니다"
    r"|다니고 있|다녀|다닙니다|가르치|가르쳐)"
    r"|(?:회사|학교|대학교|대학|대학원|고등학교|중학교|병원|학원|은행"
    r"|공장)\s?(?:에\s?)?(?:다녀|다니고|다닙니다)"
    r"|(?:을|를)\s(?:전공(?:하|해|합|이|중)|가르치고 있|가르쳐요|가르칩니다)"
    r"|(?:대학|대학원|학교|학부|대학교)에서\s(?:\S+\s)?(?:을"
    r"|를)?\s?(?:\S+[을를])\s공부(?:하고 있|해|합)"
    r"|(?:을|를)\s(?:운영하고 있|운영해|경영하고)"
    r"|(?:휴학|육아휴직|구직|취업 준비)\s?중(?:이에요|입니다|이야)"
)
STUDY = re.compile(r"학생|대학|공부|전공|수험생|재수생|취준생|휴학")
NOT = re.compile(
    r"아니에요|아니야|아닙니다|아니고|아닌데|않아|않습|안 (?:해|하|다)|못\s|였어요|이었"
    r"|였습니다|예전에|전에는|그만뒀|그만두"
)
NOT_BUT = re.compile(r"\S+[이가]\s?아니라(?:서)?\s?")
NAME_KO = r"(?P<name>[가-힣]{2,4}?)"
PERSON = re.compile(
    rf"(?:(?:제|내|우리|저의|나의"
    rf"|저희)\s)?(?:\S+\s){{0,2}}?(?<![가-힣])(?P<who>{RELATIONS})(?:의)?\s이름[은이]\s(?:이제\s)?{NAME_KO}{IS}"
    rf"|(?:제|내|우리|저의|나의"
    rf"|저희)\s(?:\S+\s)?(?P<who2>{RELATIONS})(?:인)?\s(?P<name2>[가-힣]{{2,3}}?)"
    r"(?=이가\s|가\s|이는\s|는\s|이랑\s|랑\s|이를\s|를\s|이한테|한테|에게\s|이에게)"
    rf"|(?<![가-힣])(?P<who5>{RELATIONS})\s(?P<name5>[가-힣]{{2,3}}?)(?=이가\s|이는\s|이랑\s"
    rf"|이한테)"
    rf"|(?<![가-힣])(?P<who4>{RELATIONS})[은는이가]\s.{{0,20}}?이름은\s(?P<name4>[가-힣]{{2,4}}?){IS}"
    rf"|(?P<name3>[가-힣]{{2,4}}?)(?:이)?라는\s(?P<who3>{RELATIONS})"
)
NOBODY = frozenset(words()["names"]["nobody"].split())
KNOWN_PERSON = re.compile(
    rf"(?:제|내|우리|저희)\s(?P<who>{RELATIONS})[은는이가]\s(?:\S+\s)?{OCCUPATION}{IS}"
)
RELATED = re.compile(rf"(?<![가-힣])(?P<who>{RELATIONS})(?![가-힣]{{3}})")
STATED = re.compile(
    r"(?:목표|꿈|계획|바람|소원)(?![을를])(?:는|가|은|이)?\s*.{2,60}(?:거예요|것이에요|이에요"
    r"|예요|입니다|이야|거야|것|기|다)$"
    r"|.{2,60}(?:게|것이|것은|건|거가)\s(?:(?:제|내|저의|나의|우리|올해|지금"
    r"|가장 큰)\s*)*(?:목표|꿈|계획|소원)"
    r"|목표를\s.{1,40}로\s(?:바꿨|변경했|수정했)"
    r"|[가-힣]\s(?:계획|예정|작정)(?:이에요|입니다|이야|임)"
    r"|(?:을|를)?\s?\S*(?:준비|도전)\s?(?:하고 있|중이|중입)"
)
DECIDED = re.compile(r"[가-힣]기로\s?(?:했(?!던|었)|결정|결심|마음먹|다짐)")
WISH = re.compile(
    r"(?P<x>[가-힣\w\s,]{1,40}?)고\s?싶(?:어요|어|습니다|다|은데요?|네요|지만"
    r"|거든요)(?![가-힣]*[하한])"
)
LASTING = re.compile(
    r"(?:되|배우|배워|찾|만들|시작하|끝내|마치|합격하|붙|취업하|취직하|이직하|유학\s?가|옮기"
    r"|바꾸|모으|사|갚|늘리|줄이|빼|쓰|열|"
    r"차리|떠나|살|졸업하|따|고치|극복하|잘하|독립하|창업하|이루|들어가|승진하|결혼하|화해하"
    r"|성장하|공부하|전공하|진학하|"
    r"운동하|유창하게 하|나가|출판하|개발하|지키|유지하|건강해지|나아지|그만두|퇴사하|이사하"
    r"|여행하|완주하|뛰|읽|갖|가지)$"
)
SMALL = re.compile(r"(?:밥|라면|커피|치킨|술|피자|과자|물|간식|집에|화장실|영화)[을를도은는이]?\s")
TIMED = re.compile(r"까지|일(?:이에요|예요|인데|이고|입니다|이야)")
# What goes on from a day on: "1월부터 월세가 올라요".
BEGINS = re.compile(r"[월일레주]부터\s(?!\S*(?:시작|까지))")
SET = re.compile(r"(?:로|에)\s(?:잡혔|정해졌|확정됐|열려|시작해|시작돼|와요)")
MOVED = re.compile(r"미뤄|미루어|연기|변경|바뀌|옮겨|당겨")
WILL = re.compile(
    r"(?P<stem>[가-힣]*[가-힣])\s?(?:게요?|께요?|래요?|거예요|거에요|거야|거고|겁니다"
    r"|거임)(?=$|[\s.,!~])"
)
PLEDGE = re.compile(
    r"[가-힣]려고(?:요|\s?해요|\s?합니다|\s?해)(?=$|[\s.,!~])|[가-힣]겠습니다"
    r"|[가-힣]기로\s?(?:약속|했(?!던|었)|다짐|결심)|약속했"
)
# Who does it is somebody else: "동생이 도와주기로 했어요".
SOMEBODY = re.compile(
    rf"(?<![가-힣])(?:{RELATIONS})(?:\s?[가-힣]{{2,3}}?)?(?:이가|가|은"
    rf"|는)\s.*기로\s?했"
)
CONDITION = re.compile(r"(?:[되하가오나지이]|[가-힣]으)면\s")
NO_WILL = re.compile(
    r"(?:괜찮|좋|있|없|그럴|아닐|싶|힘들|안\s?|못\s?|될|그렇|알|생각|갈 때|몰라|할 수)"
)
NO_STEM = frozenset(words()["names"]["no_stems"].split())
AGAIN = re.compile(
    r"매일|매주|매달|날마다|하루에|일주일에|주\s?\d|[월화수목금토일]요일마다|아침마다"
    r"|저녁마다|밤마다"
)
PREFERENCE = re.compile(
    r"(?P<a>\S+)(?:이|가|은|는|게|걸|거|것이|기가|기를)?\s(?:(?:더|훨씬|제일|가장|정말|너무"
    r"|진짜|참)\s)?"
    r"(?:좋아요|좋아해요?|좋아합니다|좋더라고요|싫어요|싫어해요?|싫어합니다|편해요|편합니다"
    r"|편하더라고요|좋아$|싫어$|편해$|좋더라$|좋던데요?|낫더라고요|나아요|선호해요|선호합니다"
    r"|즐겨요)"
    r"|(?:밤|새벽|아침|오전|오후|저녁|혼자|조용한).*(?:더\s?)?잘\s?(?:돼|되|맞)"
    r"|(?:말고|보다는?)\s.*(?:해 ?주세요|말해 ?줘|좋겠어요|편해)|(?:말하지|쓰지"
    r"|하지) 말아 ?(?:주세요|줘)"
    r"|[가-힣]면\s.*(?:더\s|훨씬\s)?잘\s?(?:돼|되)|(?:말투|방식|대답|답변|설명|칭찬"
    r"|위로)[은는이가]?\s"
    r"(?:너무\s|좀\s|더\s)?(?:부담|싫|불편|좋아|편해)"
    r"|도움이?\s?(?:돼요|됩니다|되더라고요|돼$)|만\s부탁(?:드려요|드립니다|해요?)"
    r"|(?:편하게|짧게|솔직하게|솔직히|구체적으로|쉽게|천천히|반말로|존댓말로)\s"
    r"(?:말|얘기|이야기|설명|대답|답)\S*\s?(?:줘|주세요|줄래)"
    r"|(?:이|가|은|는|게|편이)\s(?:더\s)?(?:낫|맞)(?:아요|더라고요|습니다)"
)
NO_PREFERENCE = re.compile(
    r"(?:그게|이게|그거|이거|기분|날씨|컨디션|분위기|사이|네|오늘|몸|생각|말|성격|상황|너무"
    r"|정말|진짜|뭐가|뭘|참|하면|되면|면|마음이|뭐든)"
)
CAUSE = r"(?:(?<!에)서|니까|때문에|느라)"
# What one does not feel like doing now: "아무것도 하기 싫어".
MOOD = re.compile(
    r"(?:^|\s)(?:아무\s?것도|암것도|다|그냥|오늘|지금|아무\s?데도)\s.*기(?:가|도)?\s싫"
    r"|(?:^|\s)하기(?:가|도)?\s싫"
)
OBSTACLE = re.compile(
    r"(?:다|잘|도저히|거의|아예)\s못\s[가-힣]|서\s걱정|"
    r"[가-힣][이가]\s(?:잘\s|자꾸\s|너무\s)?안\s(?:돼|되|와요|나요|들어)|(?:줄었|끊겼|밀렸"
    r"|막혔|무너졌|망했)|"
    r"(?:많|없|적|늦|바빠|바쁘|약하|약해|느리|느려|모자라|어려워|무서워)\S*서(?:요$"
    r"|\s.*(?:해야|못|걱정|고민|힘들))|너무\s\S+서요$|"
    rf"{CAUSE}.*(?:못|안\s|없|힘들|힘드|어렵|어려|부족|벅차|막막|자신|밀려|불편|포기)"
    r"|(?:계속|자꾸|맨날|매번|항상|늘).*(?:무시|혼[나내]|방해|반대|미뤄|바뀌|뺏|간섭|소리)"
    r"|너무\s(?:어려|어렵|비싸|시끄|멀|힘들|바빠|느려).*"
    r"|(?:돈|시간|체력|경험|실력|자신감|집중력|여유|물어볼 사람|기회"
    r"|자리)[이은도]?\s?(?:너무\s|많이\s)?(?:없|부족)"
    r"|(?:거절|탈락|해고|반려)(?:됐|당했|되었)|떨어졌|못\s?(?:하겠|자겠|하고 있|자고 있"
    r"|따라가|버티)"
    r"|(?:일어나|집중하|말하|시작하|공부하|걷|자|먹|일하)기가?\s(?:너무\s|정말\s)?(?:힘들"
    r"|어렵|어려|무서|두려)"
    r"|문제는\s|문제가\s(?!없)"
)
NO_OBSTACLE = re.compile(r"어떻게|어떡|뭐|뭘|무슨|죽|자살|자해|괜찮|할\s?수밖에|당신|너\s|네가")
ENDED = re.compile(
    r"(?P<a>\S+(?:\s\S+)?)(?:은|는|을|를|이|가|도)?\s(?:이제\s|결국\s|드디어\s)?"
    r"(?:포기했|접었|그만뒀|그만두기로|취소됐|취소했|끝났|끝냈|마쳤|합격했|붙었|통과했|제출했"
    r"|안 하기로)"
)
REPLACED = re.compile(r"(?P<x>\S+?)[이가]?\s?(?:아니라|말고)\s")


def named(sentence: str) -> Iterator[Phrase]:
    """Yield the user's name as they give it in a sentence."""
    match = NAMED.search(sentence)
    if match is None or (KIN.search(sentence[: match.end()]) and not OWN.search(match[0])):
        return
    name = next(each for each in match.groups() if each)
    if name in NO_NAME or len(name) < 2 or NOBODYS_NAME.fullmatch(name):
        return
    closed = "가" <= name[-1] <= "힣" and (ord(name[-1]) - 0xAC00) % 28 != 0
    text = f"제 이름은 {name}{'이에요' if closed else '예요'}"
    yield Phrase(kind="name", text=text, about="name", sure=0.95, made=True)


def read(
    clause: str, named_days: Sequence[Day], *, related: str, known: frozenset[str]
) -> Iterator[Phrase]:
    """Yield what a clause tells, the most telling first; see the English rules."""
    bare = LEAD.sub("", clause)
    yield from _commitment(bare, dated=bool(named_days))
    yield from _person(bare)
    if named_days:
        yield from _deadline(bare, named_days)
    yield from _goal(bare)
    yield from _preference(bare)
    yield from _obstacle(bare)
    yield from _role(bare)


def last_relation(clause: str) -> str:
    """Return the relation that a clause speaks of, "" when none."""
    found = [each["who"] for each in RELATED.finditer(clause)]
    return found[-1] if found else ""


def ended(sentence: str) -> Iterator[str]:
    """Yield what a sentence says to be over."""
    yield from (each["a"] for each in ENDED.finditer(sentence))


def corrected(sentence: str) -> Iterator[str]:
    """Yield what a sentence says to be wrong."""
    yield from (each["x"] for each in REPLACED.finditer(sentence))


def _commitment(clause: str, *, dated: bool) -> Iterator[Phrase]:
    if CONDITION.search(clause) or SOMEBODY.search(clause):
        return
    pledged = PLEDGE.search(clause) is not None
    meant = any(_will(each["stem"]) for each in WILL.finditer(clause))
    if (pledged or meant) and " " in clause:
        firm = pledged or dated or AGAIN.search(clause)
        if firm or len(clause.split()) > 2:
            yield Phrase(kind="commitment", text=clause, sure=0.85 if firm else 0.65)


def _will(stem: str) -> bool:
    """Tell whether a stem ends in the sound of the future (할, 끝낼) and says something."""
    return (ord(stem[-1]) - 0xAC00) % 28 == 8 and stem not in NO_STEM


def people(text: str) -> Iterator[tuple[str, str]]:
    """Yield who is named in a text: relation and name."""
    for match in PERSON.finditer(text):
        groups = match.groupdict()
        place = next(each for each in ("", "2", "3", "4", "5") if groups[f"name{each}"])
        if groups[f"name{place}"] not in NOBODY:
            yield groups[f"who{place}"], groups[f"name{place}"]
    for who, name in called(text):
        if not re.fullmatch(OCCUPATION, name):
            yield who, name


def _person(clause: str) -> Iterator[Phrase]:
    for who, name in people(clause):
        yield Phrase(kind="person", text=clause, about=person_slot(who, name), sure=0.9)
        return
    if KNOWN_PERSON.search(clause):
        yield Phrase(kind="person", text=clause)


def _deadline(clause: str, named_days: Sequence[Day]) -> Iterator[Phrase]:
    if WISH.search(clause) or STATED.search(clause):
        return
    if len(named_days) == 1 and BEGINS.search(clause):
        return
    if EVENT_KO.search(clause) or TIMED.search(clause) or SET.search(clause):
        yield Phrase(kind="deadline", text=clause, about=event_slot(clause), sure=0.85)


def _goal(clause: str) -> Iterator[Phrase]:
    if STATED.search(clause) or DECIDED.search(clause):
        yield Phrase(kind="goal", text=clause, sure=0.9)
    elif (match := WISH.search(clause)) is not None and not SMALL.search(clause):
        lasting = LASTING.search(match["x"].strip()) is not None
        if lasting and " " in clause:
            yield Phrase(kind="goal", text=clause, sure=0.75)


def _preference(clause: str) -> Iterator[Phrase]:
    match = PREFERENCE.search(clause)
    if match is None or len(clause.split()) < 2:
        return
    mood = MOOD.search(clause) is not None
    if not mood and (match["a"] is None or not NO_PREFERENCE.match(match["a"])):
        yield Phrase(kind="preference", text=clause)


def _obstacle(clause: str) -> Iterator[Phrase]:
    if OBSTACLE.search(clause) and not NO_OBSTACLE.search(clause) and len(clause.split()) > 2:
        yield Phrase(kind="obstacle", text=clause, sure=0.7)


def _role(clause: str) -> Iterator[Phrase]:
    if ROLE.search(NOT_BUT.sub("", clause)) and not NOT.search(NOT_BUT.sub("", clause)):
        about = "role:study" if STUDY.search(clause) else "role"
        yield Phrase(kind="role", text=clause, about=about, sure=0.85)
