"""Patterns that find notes in a Korean sentence."""

import re
from collections.abc import Iterator

from sessions.notes.clauses import clauses, shortened
from sessions.notes.given import is_korean_name, is_order, is_told
from sessions.notes.past import is_past, is_theirs
from sessions.notes.words import words

__all__ = ["is_trouble", "read", "read_name"]

PEOPLE = "|".join(words("korean")["people"])
FEELINGS: dict[str, str] = {
    stem: noun for noun, stems in words("korean")["feelings"].items() for stem in stems
}

Found = tuple[str, str, bool]

LEAD = re.compile(
    r"^(?:(?:그리고|그런데|근데|그래서|하지만|사실|사실은|솔직히|그냥|정말|진짜|너무|이제|이제는|일단|음|아|"
    r"저는|저도|제가|전|나는|난|나도|내가|저|요즘|안녕하세요|아니|아니요|네|언젠가는?|꼭|다시)[,\s]+)+"
)
STATED = re.compile(
    r"(?:목표|꿈|계획)(?![을를])(?:는|가|은|이)?\s*(?:이제는?|지금은|바로|원래)?\s*[:：]?\s*(?P<x>[^?]{2,60}?)"
    r"(?:(?:이에요|예요|에요|입니다|이야|야|이다|이고|인데요?|이요|임|(?<=거)다|(?<=것)다)?)$"
)
STATED_LAST = re.compile(
    r"(?:(?P<x>[^?]{2,60}?[가-힣])\s?(?:게|것이|것은|건|거가)|(?P<y>[가-힣\w][가-힣\w\s]{1,40}?)[이가])"
    r"\s+(?:(?:제|내|저의|나의|우리|올해|지금)\s*)?(?:목표|꿈)"
    r"(?:이에요|예요|에요|입니다|이야|야|이다|다|인데요?|이고|고)"
)
CHANGED = re.compile(r"목표를\s(?P<x>[^?]{2,40}?)(?:으로|로)\s(?:바꿨|변경했|수정했)")
DECIDED = re.compile(
    r"(?P<x>[가-힣\w\s]{2,40}?기)로\s*(?:했(?!었)|결정|결심|마음)|"
    r"(?P<y>[가-힣\w\s]{2,40}?[가-힣]\s(?:계획|예정|작정))(?:이|입|임)"
)
WISH = re.compile(r"(?P<x>[가-힣\w\s,]{1,40}?)고\s?싶(?!지\s?않|진\s?않|지는\s?않)")
INTENT = re.compile(r"(?P<x>[가-힣\w\s]{1,40}?[가-힣])(?:으)?려고\s?(?:해|하|합|노력|생각|요|$)")
NO_GOAL = re.compile(
    r"(?:끝내|때리|죽이|울|알|묻|물어보|여쭤보|말하|말씀드리|자|먹|듣|털어놓|이야기하|"
    r"얘기하|하소연하|소리지르|포기하|토하|그러|하|보|그만하)"
)
# Said of the goal that it is another one now, not what it is: "목표가 바뀌었어요".
MOVED = re.compile(
    r"(?:목표|꿈|계획)[은는이가]?\s?(?:또\s|다시\s|완전히\s)?(?:바뀌|바꼈|변했|달라졌|변경됐)"
)
INSTEAD = re.compile(r"^.{1,30}?\s?(?:말고|대신에?)\s")
HARM = re.compile(r"죽|자살|자해|뛰어내리|사라지|없어지")
AFTER = (
    r"(?=(?:들)?(?:이|가|은|는|을|를|랑|이랑|하고|와|과|의|한테|에게|한테서|도|께서|께|만|이나)?"
    r"(?:[\s,.!?~]|$))"
)
PERSON = re.compile(rf"(?<![가-힣])(?P<role>{PEOPLE}){AFTER}")
TITLED = re.compile(r"(?<![가-힣])(?P<name>[가-힣]{2,4})\s?씨(?![가-힣]{2})")
KNOWN_AS = re.compile(rf"(?P<name>[가-힣]{{2,4}}?)(?:이)?라는\s(?P<role>{PEOPLE})")
# Somebody else's name, of whom the user speaks: "제 여동생 이름은 지우예요".
NAME_IS = (
    r"(?P<name>[가-힣]{2,4}?)(?:이에요|예요|에요|입니다|이야|야|이라고|라고|이고|고)(?:[\s,.!~]|$)"
)
KIN_NAMED = re.compile(rf"(?<![가-힣])(?P<role>{PEOPLE})(?:의|은|는|이|가)?\s이름[은이]\s{NAME_IS}")
GREETED = "안녕하세요|안녕|반가워요?|반갑습니다"
SAID = r"이?라고\s?(?:해요|합니다)"
NAMED = re.compile(
    r"(?:^|[.!?,~\n]\s*|안녕하세요\s|안녕\s"
    r"|(?<![가-힣])(?:제|내|저의|나의|저|나)\s(?:(?:진짜|본|새)\s)?)"
    r"이름은\s(?P<x>[가-힣A-Za-z]{2,12}?)(?:이에요|예요|에요|입니다|이야|야|이라고|라고|이고|고|임|$)"
    r"|(?:저는|나는|난|전)\s(?P<y>[가-힣A-Za-z]{2,12}?)(?:이?라고\s(?:해|합|불))"
    r"|(?P<z>[가-힣A-Za-z]{2,12}?)(?:이?라고)\s불러\s?(?:주|줘|달|도\s?[돼되괜])"
    rf"|(?:{GREETED})[\s,.!~]+(?P<w>[가-힣]{{2,4}}?){SAID}(?:[\s,.!~]|$)"
    rf"|^\s*(?P<u>[가-힣]{{2,4}}?){SAID}[\s.!~]*$"
    rf"|(?:{GREETED})[\s,.!~]+(?:(?:저는|나는|난|전)\s)?(?P<v>[가-힣]{{2,4}}?)"
    r"(?:이에요|예요|에요|이야|야|입니다)(?:[\s,.!~]|$)"
)
# 화 is anger only at the beginning of a word: 전화가 and 영화가 are none.
FEELING = re.compile(
    rf"(?:(?<![가-힣])(?=화)|(?!화))(?:{'|'.join(sorted(FEELINGS, key=len, reverse=True))})"
)
NOT_FELT = re.compile(r"(?:안|지\s?않|지는\s?않|없)")
TIME = (
    r"(?:오늘|내일|모레|글피|이번\s?주|다음\s?주|다다음\s?주|이번\s?달|다음\s?달|올해|내년|연말|주말|월말|"
    r"[월화수목금토일]요일|\d{1,2}월(?:\s?\d{1,2}일)?|\d{1,2}일|\d{1,2}시|한\s?달|일주일|이\s?주|"
    r"\d{1,3}(?:일|주|주일|달|개월|시간|년)|(?:두|세|네|석)\s?달|사흘|나흘|열흘|며칠)"
)
WHEN = rf"{TIME}(?:\s{TIME})*(?:\s(?:오전|오후|아침|저녁|밤|새벽))?(?:\s?(?:뒤|후|안|이내|남))?"
DUE = re.compile(rf"(?P<x>{WHEN})\s?까지")
DATED = re.compile(rf"(?P<x>{WHEN})(?!\s?전)")
EVENT = re.compile(
    r"면접|시험|발표|마감|회의|데드라인|제출|출시|수능|기말고사|기말|중간고사|미팅|평가|상담|결혼식|이사|출근|"
    r"오디션|과제|논문|토익|월세|병원"
)
PAST = re.compile(r"[았었했였렸졌갔왔됐봤]|지난|어제|작년")
OBSTACLE = re.compile(
    r"문제는|문제가|(?<![가-힣])못\s?[가-힣]|지\s?못|못하|안\s?[돼되들해]|없[어다는고네습]|부족|힘들|어려[워운]|어렵|무시|"
    r"반대|거절|떨어졌|망쳤|막혀|막혔|싫[어다]|자신이\s없|몰라|벅차|깨졌|헤어졌|잘렸|미루|미뤄|안\s[가-힣]+요|혼[나났]"
)
NO_OBSTACLE = re.compile(
    r"어떻게|어떡|뭐|뭘|무엇|무슨|누구|언제|어디|죽|자살|자해|문제\s?없|문제가\s?없|상관\s?없|괜찮|재미없|할\s?수밖에"
)
TRIED = re.compile(r"[아어여해져려써워와눠쳐봐]\s?봤|시도했|시도해|노력했|부탁했|이미\s.+[했었았]")
LONGEST = 60


def read(sentence: str) -> Iterator[Found]:
    """Yield kind, words and whether a goal is stated, for all that one sentence tells."""
    asks = sentence.rstrip().endswith("?")
    for clause in clauses(sentence):
        bare = LEAD.sub("", clause)
        if not asks:
            yield from _goals(bare)
            yield from _troubles(bare)
        yield from _dates(bare)
        yield from _people(clause)
        if not asks:
            yield from _feelings(clause)


def is_trouble(text: str) -> bool:
    """Tell whether the text names a feeling or something that is in the way."""
    return FEELING.search(text) is not None or OBSTACLE.search(text) is not None


def _first(match: re.Match[str]) -> str:
    found = next(each for each in match.groups() if each is not None)
    return shortened(found, LONGEST).strip(" ,.!~")


def read_name(text: str) -> str | None:
    """Return the name that the user gives as their own."""
    match = NAMED.search(text)
    if match is None:
        return None
    name = _first(match)
    if match["u"]:
        return name if is_korean_name(name) and not is_order(name) else None
    if match["w"] or match["v"]:
        return name if is_korean_name(name) else None
    return name if match["x"] or not is_told(name) else None


def _goals(clause: str) -> Iterator[Found]:
    clause = INSTEAD.sub("", clause)
    if HARM.search(clause) or MOVED.search(clause):
        return
    if (match := STATED_LAST.search(clause)) is not None:
        goal = LEAD.sub("", _first(match))
        yield "goal", f"{goal} 것" if match["x"] else goal, True
    elif (match := STATED.search(clause)) is not None:
        goal = re.sub(r"(?<=[는은])\s?거$", " 것", LEAD.sub("", _first(match)))
        yield "goal", goal, True
    elif (match := CHANGED.search(clause) or DECIDED.search(clause)) is not None:
        yield "goal", LEAD.sub("", _first(match)), True
    elif (match := WISH.search(clause) or INTENT.search(clause)) is not None:
        stem = LEAD.sub("", _first(match))
        if stem and not NO_GOAL.fullmatch(stem.rsplit(" ", 1)[-1]):
            yield "goal", f"{stem}기", False


def _troubles(clause: str) -> Iterator[Found]:
    if NO_OBSTACLE.search(clause) or WISH.search(clause):
        return
    said = re.sub(r"^문제는\s*|[\sㅠㅜㅋㅎ]+$", "", shortened(clause, LONGEST))
    if TRIED.search(clause):
        yield "tried", said, False
    elif OBSTACLE.search(clause) and " " in said:
        yield "obstacle", said, False


def _dates(clause: str) -> Iterator[Found]:
    if is_theirs(clause):
        return
    event = EVENT.search(clause)
    name = f" {event[0]}" if event is not None else ""
    if (match := DUE.search(clause)) is not None:
        if not is_past(clause, *match.span()):
            yield "deadline", f"{match['x']}까지{name}", False
    elif (
        name
        and not PAST.search(clause)
        and (match := DATED.search(clause)) is not None
        and not is_past(clause, *match.span())
    ):
        yield "deadline", f"{match['x']}{name}", False


def _people(clause: str) -> Iterator[Found]:
    for match in TITLED.finditer(clause):
        yield "person", f"{match['name']} 씨", False
    named = [*KNOWN_AS.finditer(clause), *KIN_NAMED.finditer(clause)]
    for match in named:
        yield "person", f"{match['role']} {match['name']}", False
    known = {match["role"] for match in KIN_NAMED.finditer(clause)}
    for match in PERSON.finditer(clause):
        if match["role"] not in known:
            yield "person", " ".join(match["role"].split()), False


def _feelings(clause: str) -> Iterator[Found]:
    for match in FEELING.finditer(clause):
        rest = clause[match.end() : match.end() + 6]
        before = clause[max(0, match.start() - 2) : match.start()]
        if not NOT_FELT.search(rest) and before.strip() != "안":
            yield "feeling", FEELINGS[match[0]], False
