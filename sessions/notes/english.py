"""Patterns that find notes in an English sentence."""

import re
from collections.abc import Iterator

from sessions.notes.clauses import clauses, shortened
from sessions.notes.given import NO_OWN
from sessions.notes.past import is_past, is_theirs
from sessions.notes.words import words

__all__ = ["WHEN", "read", "read_name", "with_capitals"]

PEOPLE = "|".join(words("english")["people"])
MOODS = "|".join(words("english")["moods"])
NO_NAME = frozenset(words("english")["no_names"])

Found = tuple[str, str, bool]

FILLERS = r"(?:(?:really|just|still|also|actually|only|kind of|honestly|now|definitely|so) )*"
STATED = re.compile(
    r"\b(?:my|the|our) (?:(?:main|real|new|only|big|biggest|first|next|actual) )?"
    r"(?:goal|aim|target|objective|plan|dream|mission)(?: now| here| today| this \w+)? "
    r"(?:is|was|will be|would be)(?: (?:now|still|really|just|simply|only))*(?: to| that i)?"
    r" (?P<x>.+)"
    r"|^(?:new )?goal (?:is )?(?:to )?(?P<y>.+)"
    r"|\bi(?:'m| am) " + FILLERS + r"(?:trying|hoping|planning|aiming|determined) to (?P<z>.+)"
    r"|\bi(?:'ve| have) (?:just |now |finally )?decided to (?P<w>.+)"
    r"|\bi(?:'ve| have)?(?: just| now| finally)? (?:changed|switched|adjusted) my (?:\w+ )?"
    r"(?:goal|aim|target|objective) (?:from .+? )?to (?P<v>.+)",
    re.IGNORECASE,
)
WISH = re.compile(
    r"\b(?:i|we) " + FILLERS + r"(?:want to|wanna|would like to|would love to|wish i could|need to"
    r"|hope to) (?P<x>.+)|\bi'd " + FILLERS + r"(?:like to|love to|rather) (?P<y>.+)",
    re.IGNORECASE,
)
WISH_OF_OTHERS = re.compile(
    r"\bi " + FILLERS + r"(?:want|need|would like) "
    r"(?P<who>him|her|them|my (?:\w+ ){1,2}?)\s*to (?P<x>.+)",
    re.IGNORECASE,
)
# What one wants for a moment, or must never be recalled as a goal.
NO_GOAL = re.compile(
    r"(?:not |just |really |also |be able to )*(?:(?:know|ask|say|tell|talk about|talk to you|thank"
    r"|understand|hear|see|share|vent|rant|add|mention|clarify|admit|confess|be clear|point out|cry"
    r"|scream|die|kill|hurt|harm|cut my\w+|end it|end my|disappear|punch|pee|puke|go home|go to bed"
    r"|sleep forever|make sure|believe|think|apologi[sz]e|preface|give up"
    r"|get (?:this|it|that) off|be (?:dead|gone|honest|fair|sure)|you|have you|hug|jump|overdose"
    r"|take my (?:own )?life|hang my\w+|stop (?:living|existing|being))\b"
    r"|(?:sleep|eat|live|exist|wake up|go|be|(?:do|hit)(?: it| that| this| something)?)$)",
    re.IGNORECASE,
)
# What a goal takes the place of: "learn the cello now, not the marathon".
NOT_THAT = re.compile(
    r"(?: now)?,? (?:not|instead of|rather than) (?:the|an?|my|to) .+$", re.IGNORECASE
)
PERSON = re.compile(
    r"\b(?:[Mm]y|[Oo]ur) (?P<role>(?:(?:new|old|older|younger|little|big|best|close|late|former"
    rf"|direct|twin|only|product|project) )*(?:{PEOPLE}))\b(?!-)(?:'s\b)?"
    r"(?:(?:,? (?:named |called )?| name is | is (?:named|called) )"
    r"(?P<name>[A-Z][a-z]+)\b(?='s|,| |$))?"
)
SPEAKER = re.compile(
    r"\b(?P<name>[A-Z][a-z]{2,})(?: from \w+)? (?:said|says|told|asked|texted|called|replied|thinks"
    r"|wants|promised|agreed|refused|yelled|ignored|ignores|keeps|never|won't|doesn't|didn't|left)\b"
)
# "my name is hard to spell", "my name is really long"
NO_SURNAME = (
    r"(?:an?|the|to|for|of|on|by|that|this|than|is|was|it|you|your|too|enough|wrong|right|taken"
    r"|common|rare|long|short|weird|odd|funny|important|everywhere|mentioned|list|there)\b"
)
NO_FIRST = (
    r"(?:really|very|pretty|quite|rather|so|too|hard|easy|difficult|long|short|common|rare|already"
    r"|always|often|usually|never|sometimes|spelled|spelt|written|pronounced|misspelled|known|used"
    r"|on|in|being|like|kind|sort|a|an|the|my|your|his|her|our|their|that|this|what|no|none)\b"
)
# What comes after a name: another one, the end, or something new.
NAME_END = (
    r"(?=\W*$|[^\w\s'-]|[ \t]*\n|\s+(?-i:[A-Z])|\s+[-–—(]"
    r"|\s+(?:and|but|or|from|in|at|by|i|i'm|im|i've|my|me"
    r"|nice|pleased|happy|glad|btw|though|here|so|now|actually|lol|haha|because|please|not|as|with"
    r"|what|who|whom|whose|which|when|where|why|how|can|could|should)\b"
    rf"|(?:\s+(?!{NO_SURNAME})[a-z][\w'-]*){{1,2}}[ \t]*(?:[.!?\n]|$))"
)
OWN = rf"(?!{NO_OWN})[A-Z][a-z]+"
PLEASED = r"\b(?:nice|pleased|good|glad|great|lovely) to (?:meet|know) you(?: too| all)?"
NAMED = re.compile(
    rf"\bmy name(?: is|'s) (?!{NO_FIRST})(?P<x>[A-Za-z][\w'-]+){NAME_END}"
    r"|\b(?:please |you can |just |people )call me (?P<y>[A-Za-z][\w'-]+)|^call me (?P<w>[\w'-]+)"
    r"|^(?:hi|hello|hey|hiya)\b.{0,16}?\b(?:i'm|i am|this is|it's|im) "
    rf"(?P<z>(?-i:(?!{NO_OWN})[A-Z][a-z'-]+))"
    rf"|{PLEASED}[\s,.!]+(?:i'm|i am) (?P<v>(?-i:{OWN}))(?=[ \t]*(?:[.!,\n]|$))"
    rf"|(?:^|[.!,]\s)(?:i'm|i am) (?P<u>(?-i:{OWN}))(?=,? (?:by the way|btw)\b|[.,!]? {PLEASED})",
    re.IGNORECASE,
)
FEELING = re.compile(
    r"(?:\bi(?:'m| am| feel| felt| was| get| got| have been| feel like i'm)|\bi've been|\bim"
    r"|feeling|make[s]? me(?: feel)?|made me(?: feel)?|left me(?: feeling)?)"
    r"(?: (?:so|really|very|just|kind of|a bit|a little|pretty|too|super|completely|always|still"
    rf"|also|quite|totally|extremely|feeling|all|constantly))* (?P<x>{MOODS})\b"
    r"(?! (?:to say|to meet|by the))",
    re.IGNORECASE,
)
DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
SHORT_MONTH = r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a few|a couple of|\d{1,3})"
WHEN = (
    rf"(?:(?:this |next |coming )?{DAY}(?: morning| afternoon| evening| night)?"
    rf"|(?:the )?(?:end|middle|start) of (?:the |this |next )?(?:day|week|month|year|term|semester"
    rf"|summer|quarter|{MONTH})|tomorrow(?: morning| afternoon| evening| night)?|tonight|midnight"
    rf"|next (?:week|weekend|month|year|semester|term|summer|spring|fall|autumn|winter|quarter)"
    rf"|this (?:weekend|week|month|year|semester|term|summer|spring|fall|autumn|winter|quarter)"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTH}|{SHORT_MONTH})"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th)|{SHORT_MONTH} \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|{MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?"
    rf"|christmas|new year|in {COUNT} (?:hours?|days?|weeks?|months?|years?)"
    rf"|{COUNT} (?:hours|days|weeks|months) (?:left|from now)|\d{{1,2}} ?(?:am|pm))"
)
DUE = re.compile(rf"\b(?P<by>by|before|until|till|due(?: on| by| in)?)\s+(?P<x>{WHEN})\b", re.I)
DATED = re.compile(
    rf"\b(?:(?:on|is|at|in|for|due) )?(?P<x>(?!(?-i:may|march)\b){WHEN})\b", re.IGNORECASE
)
EVENT = re.compile(
    r"\b(?P<x>(?:(?:final|job|second|first|midterm|board|phone|performance|team|math|big) )?"
    r"(?:exams?|finals|interview|meeting|deadline|presentation|launch|test|review|appointment"
    r"|wedding|flight|hearing|rent|audition|thesis|essay|assignment|demo|pitch|move|trip|call))\b",
    re.IGNORECASE,
)
HOUR = re.compile(r"\d{1,2} ?(?:am|pm)|midnight|tonight", re.IGNORECASE)
PAST = re.compile(r"\b(?:last|ago|yesterday|since|was|were|had|went)\b", re.IGNORECASE)
NAMED_OBSTACLE = re.compile(
    r"\b(?:problem|trouble|issue|hard part|catch|obstacle) is(?: that)? (?P<x>.+)", re.IGNORECASE
)
OBSTACLE = re.compile(
    r"(?P<y>^(?:i|we|my|he|she|they|our|nobody|no one|everyone|there|it|the|"
    r"[A-Z][a-z]+)\b.*\b(?:can't|cannot|can not|couldn't|won't|doesn't|don't|didn't|isn't|refuses?"
    r"|keeps?|never|ignores?|not enough|no (?:time|money|one|idea|energy|support|experience)|nobody"
    r"|too (?:hard|much|late|expensive|tired|old|young|busy)|struggl\w+|stuck|afraid|scared"
    r"|terrified|worried|hates?|yells?|blames?|micromanages?|rejected|failed|failing|behind"
    r"|interrupts?|undermines?|broke|overwhelmed|lack|criticizes?)\b.*)",
    re.IGNORECASE,
)
NO_OBSTACLE = re.compile(
    r"\bi (?:don't|didn't|do not) (?:know|mean|think|understand|care|want to sound|mind|get it$)"
    r"|\bcan't (?:wait|believe|help but)"
    r"|\bnever been (?:so |more )?(?:happ|better|proud|excited|grateful)"
    r"|\bdidn't (?:even )?(?:hesitate|expect|have to)|\bthank|\bkill|\bsuicid|\boverdos|\bdie\b"
    r"|\b(?:you|your)\b",
    re.IGNORECASE,
)
TRIED = re.compile(
    r"\b(?P<x>(?:i|we)(?:'ve| have)?(?: already| also| even)* (?:tried|attempted) .+"
    r"|(?:i|we)(?:'ve| have)? (?:already|even|finally) (?:\w+ed|spoke|told|sent|wrote|did|made|went"
    r"|gave|took|brought|met|read|got) .+)",
    re.IGNORECASE,
)
NO_ATTEMPT = re.compile(
    r"\b(?:kill|die|suicid\w*|overdos\w*|hang|harm|hurt|cut|pills|end it|end my life|tried so"
    r"|already (?:liked|loved|hated))\b",
    re.IGNORECASE,
)
CHANGE = re.compile(
    r"\b(?:now|instead|actually|changed my mind|rather|no longer|from now on)\b", re.IGNORECASE
)
LOOSE_END = re.compile(
    r"(?: (?:and|or|but|the|an?|to|of|in|on|at|for|with|from|my|his|her|their|our|your|that|which"
    r"|is|including|such|as|by|into|about))+$",
    re.IGNORECASE,
)
LONGEST = 100
SHORTEST = 3
_NAMES = re.compile(
    rf"\b(?:{DAY}|january|february|april|june|july|august|september|october|november|december"
    r"|christmas)\b"
    r"|(?:(?<=\bin )|(?<=\bby )|(?<=\bof ))(?:march|may)\b|(?<=\bsince )march\b"
)


def with_capitals(text: str) -> str:
    """Return a text in which the names of days and months begin with a capital.

    What may be another word (may, march, sun) stays as it is.
    """
    return _NAMES.sub(lambda name: name[0].capitalize(), text)


def read(sentence: str) -> Iterator[Found]:
    """Yield kind, words and whether a goal is stated, for all that one sentence tells."""
    asks = sentence.rstrip().endswith("?")
    for clause in clauses(sentence):
        if not asks:
            yield from _goals(clause, sentence)
            yield from _troubles(clause)
        yield from _dates(clause)
        yield from _people(clause)
        if not asks:
            yield from (("feeling", each["x"].lower(), False) for each in FEELING.finditer(clause))


def _words(match: re.Match[str]) -> str:
    found = next(each for each in match.groups()[::-1] if each is not None)
    if len(found) > LONGEST:
        found = re.split(r"[,;:(]", found, maxsplit=1)[0]
    return LOOSE_END.sub("", shortened(found, LONGEST)).strip(" .,!'\"")


def read_name(text: str) -> str | None:
    """Return the name that the user gives as their own, capitalised."""
    match = NAMED.search(text)
    name = _words(match) if match is not None else ""
    if len(name) < 2 or name.lower() in NO_NAME or re.fullmatch(MOODS, name, re.IGNORECASE):
        return None
    return name if name[0].isupper() else name.capitalize()


def _goals(clause: str, sentence: str) -> Iterator[Found]:
    changed = CHANGE.search(sentence) is not None
    if (match := STATED.search(clause)) is not None:
        goal, stated = _words(match), True
    elif (match := WISH_OF_OTHERS.search(clause)) is not None:
        goal, stated = f"get {match['who'].strip()} to {_words(match)}", changed
    elif (match := WISH.search(clause)) is not None:
        goal, stated = _words(match), changed
    else:
        return
    goal = re.sub(r"\s*\b(?:now|instead|actually|though|too|as well|please|i guess)$", "", goal)
    goal = NOT_THAT.sub("", goal)
    if len(goal) >= SHORTEST and not NO_GOAL.match(goal):
        yield "goal", goal, stated


def _troubles(clause: str) -> Iterator[Found]:
    if (match := TRIED.search(clause)) is not None and not NO_ATTEMPT.search(clause):
        yield "tried", _words(match), False
    elif not NO_OBSTACLE.search(clause):
        match = NAMED_OBSTACLE.search(clause) or OBSTACLE.search(clause)
        if match is not None and len(found := _words(match).split()) >= SHORTEST:
            yield "obstacle", " ".join(found), False


def _dates(clause: str) -> Iterator[Found]:
    if is_theirs(clause):
        return
    event = EVENT.search(clause)
    name = f"{event['x'].lower()} " if event is not None else ""
    due = DUE.search(clause)
    if due is not None and is_past(clause, *due.span()):
        return
    if due is not None and not _only_an_hour(due, clause):
        yield "deadline", with_capitals(f"{name}{due['by'].lower()} {due['x']}"), False
    elif (
        name
        and not PAST.search(clause)
        and (match := DATED.search(clause)) is not None
        and not is_past(clause, *match.span())
    ):
        yield "deadline", with_capitals(f"{name}{match[0]}".replace(" is ", " ")), False


def _only_an_hour(match: re.Match[str], clause: str) -> bool:
    """Tell whether the words say how long something went on (up until 2am), not when it is due."""
    lasted = match["by"].lower() in ("until", "till")
    return lasted and (HOUR.fullmatch(match["x"]) is not None or PAST.search(clause) is not None)


def _people(clause: str) -> Iterator[Found]:
    named: set[str] = set()
    for match in PERSON.finditer(clause):
        role, name = match["role"].lower(), match["name"] or ""
        if name and name.lower() not in NO_NAME:
            named.add(name)
            yield "person", f"{role} {name}", False
        else:
            yield "person", role, False
    for match in SPEAKER.finditer(clause):
        if match["name"].lower() not in NO_NAME and match["name"] not in named:
            yield "person", match["name"], False
