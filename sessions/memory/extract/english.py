"""Rules that find facts in an English clause."""

import re
from collections.abc import Iterator

from sessions.memory.words import pattern, words
from sessions.notes.words import words as note_words

from .found import Phrase
from .slots import EVENT_EN, event_slot, person_slot

__all__ = ["corrected", "ended", "last_relation", "named", "read"]

NO_NAME = frozenset(note_words("english")["no_names"])
MOODS = re.compile("|".join(note_words("english")["moods"]), re.IGNORECASE)
RELATIONS = pattern("relations", hangul=False)
NAME = r"(?-i:[A-Z][a-zà-ÿ]+(?:[- ][A-Z][a-zà-ÿ]+){0,2})"
GREETING = r"(?:hi|hello|hey|hiya|kia ora|good (?:morning|evening|afternoon))"
NAMED = re.compile(
    rf"\bmy (?:first |new |real )?name(?:'s| is)(?: now| actually)? (?P<a>{NAME}|[a-z]{{2,12}}$)"
    rf"|(?:^|\b(?:please|can|just|people|everyone|friends|everybody|and|fine,?|ok,?) )call me"
    rf" (?P<b>{NAME})"
    rf"|^{GREETING}(?: there| lua| elro| riri| nana| everyone)?[,!.]* (?:i'm|i am|im|this is)"
    rf" (?P<c>{NAME})(?=$|,| and| from| here)"
    rf"|^(?:i'm|i am) (?P<d>{NAME})(?=$| and i|, (?:an?|the|i|from|\d)\b)",
    re.IGNORECASE,
)
PEOPLES = frozenset(words()["names"]["peoples"].split())
OCCUPATION = (
    r"(?:\w+ ){0,4}?(?:\w*(?:teacher|engineer|developer|designer|manager|worker|writer|researcher|"
    r"lecturer|lawyer|photographer|programmer|carpenter|plumber|driver|farmer|painter|producer|"
    r"editor|director|doctor|conductor|actor|counsell?or|translator|investigator|administrator|"
    r"coordinator|operator|contractor|inspector|scientist|artist|therapist|psychologist|biologist|"
    r"chemist|physicist|economist|journalist|receptionist|pharmacist|dentist|pianist|stylist|"
    r"specialist|activist|novelist|violinist|technician|physician|musician|electrician|librarian|"
    r"paramedic|mechanic|chef|cook|baker|barista|bartender|waiter|waitress|nurse|midwife|vet|"
    r"veterinarian|architect|accountant|consultant|assistant|analyst|student|undergrad(?:uate)?|"
    r"postdoc|freshman|sophomore|junior|senior|trainee|apprentice|intern|freelancer|founder|"
    r"entrepreneur|clerk|secretary|cashier|pilot|soldier|officer|firefighter|cleaner|builder|"
    r"tailor|hairdresser|guard|broker|banker|agent|tutor|coach|trainer|professor|caregiver|carer|"
    r"homemaker|housewife|dancer|singer|actress|athlete|player|referee|surgeon|parent|volunteer|"
    r"superviser|supervisor|lead|owner|retiree|pensioner|widow(?:er)?|recruiter|marketer|planner|"
    r"fisherman|welder|courier|seller|dealer|performer|composer|poet|pastor|priest|monk|rabbi))"
)
WORKPLACE = (
    r"(?:shop|business|company|store|restaurant|café|cafe|studio|farm|agency|club|bar|school|"
    r"practice|bakery|clinic|startup|team|department|lab|hotel|garage|gym|firm|band|choir)"
)
STILL = r"(?: (?:currently|now|still|also|just|actually|already|really))*"
ROLE = re.compile(
    rf"\b(?:i'm|i am|im){STILL} (?:an?|the|one of the|working as an?) (?P<a>{OCCUPATION}s?)\b"
    rf"|\bi{STILL} work(?:ed)? (?:as|at|in|for|night|part|full|shifts|remotely)\b"
    rf"|\b(?:i'm|i am|im){STILL} (?:studying(?! for)|majoring|training (?:to|as)|retired|unemployed"
    r"|self-employed|between jobs|working (?:as|at|in|for)|in my (?:first|second|third|fourth|last|"
    r"final|junior|senior|sophomore) year|in (?:high|med|medical|law|grad|graduate|middle|nursing) "
    r"school|in college|at university|on maternity leave|on parental leave|doing (?:an?|my) (?:phd|"
    r"master'?s?|degree|apprenticeship|internship))\b"
    rf"|\b(?:i|we){STILL} (?:teach|study(?! for)|coach) (?!him|her|them|it|hard|every|at)\w+"
    rf"|\b(?:i|we){STILL} (?:run|own|lead|manage|head) (?:an?|my|our"
    rf"|the) (?:\w+ ){{0,5}}?{WORKPLACE}"
    rf"|\bi{STILL} drive an? (?:\w+ ){{0,2}}(?:truck|van|bus|taxi|cab|lorry|train|tram|ambulance)\b"
    rf"|\bi{STILL} do \w+(?: \w+)? for a living\b",
    re.IGNORECASE,
)
NO_ROLE = re.compile(
    r"\b(?:not|n't|never|no longer|used to|was|were|almost|basically|like an?|kind of|such an?)\b"
    r"|\b(?:bad|terrible|great|good|awful|lucky|fast|slow|heavy|light|people|big|team) \w+$",
    re.IGNORECASE,
)
ADJECTIVE = r"(?:(?:new|old|older|younger|little|big|best|close|late|former|direct|twin|elder) )*"
PERSON = re.compile(
    rf"\b(?:my|our) {ADJECTIVE}(?:[a-z]+ )?(?P<who>{RELATIONS})s?(?:'s name)?,?(?: is|'s)?"
    rf"(?: named| called)? (?P<name>(?-i:(?:Mr|Ms|Mrs|Dr)\.? )?{NAME})\b(?!'?s? (?:day|year))",
    re.IGNORECASE,
)
KNOWN_PERSON = re.compile(
    rf"\b(?:my|our) {ADJECTIVE}(?P<who>{RELATIONS}) (?:is|works|studies|teaches|lives)(?: as"
    rf"| at| in"
    rf"| with)? (?:an?|the)? ?(?:{OCCUPATION}|(?-i:[A-Z])\w+)",
    re.IGNORECASE,
)
COUNTED = re.compile(
    rf"\bi(?:'ve| have)(?: got)? (?:an?|one|two|three|four|five|six|\d) {ADJECTIVE}"
    rf"(?P<who>{RELATIONS}|kids|children)s?\b",
    re.IGNORECASE,
)
SUBJECT = re.compile(r"(?P<name>\w+) (?:is|lives|works|studies|has|teaches|plays)\b", re.IGNORECASE)
PRONOUN = re.compile(rf"\b(?:her|his|their) name(?:'s| is) (?P<name>{NAME})", re.IGNORECASE)
RELATED = re.compile(rf"\b(?:my|our) {ADJECTIVE}(?P<who>{RELATIONS})\b", re.IGNORECASE)
STATED = re.compile(
    r"\b(?:my|our) (?:\w+ )?(?:goal|aim|target|objective|dream|mission|ambition)s?(?: \w+){0,2} "
    r"(?:is|was|will be|would be|:)\s*(?P<x>.+)"
    rf"|\bi(?:'m| am|m){STILL} (?:trying|hoping|planning|aiming|determined|working|saving(?: up)?|"
    r"preparing|training|studying|practi[sc]ing|learning) (?:to|for|towards?|on|how) (?P<y>.+)"
    r"|\bi(?:'ve| have)(?: just| now| finally)? decided (?:to|on) (?P<w>.+)"
    r"|\bi'm learning (?P<v>\w{4,}.*)",
    re.IGNORECASE,
)
WISH = re.compile(
    r"\b(?:i|we)(?: really| still| just| also| always| only| do| finally)* "
    r"(?:want to|wanna|would like to|would love to|hope to|wish to|need to|have to|gotta|must) "
    r"(?P<x>.+)|\b(?:i|we)'d (?:really |also )?(?:like|love) to (?P<y>.+)|^gotta (?P<z>.+)",
    re.IGNORECASE,
)
LASTING = re.compile(
    r"(?:finally |eventually |actually |also |properly |just )*(?:become|be (?:an?|the|able to|more"
    r"|less|better|promoted|independent|healthier)|learn|start|open|found|launch|build|create|write"
    r"|finish|complete|graduate|pass|get (?:my|an?|into|better|promoted|fit|married|out of|over|rid"
    r"|back (?:in|to)|in shape|healthy|hired|a job)|find (?:an?|my|work|new|better)|earn|save|pay"
    r"|buy|move|quit|leave my|change|switch|improve|lose \d+|lose weight|stop (?!it\b|here\b)\w+ing"
    r"|run an?|climb|travel|visit|live (?:in|alone|by)|study|apply|publish|hire|grow|master"
    r"|overcome"
    r"|sleep better|eat better|exercise|read (?:more|\d+|one)|spend (?:more|less)|reduce|cut down"
    r"|develop|win|compete|volunteer|adopt|raise|retire|speak|play (?:the|an?)|paint|practi[sc]e"
    r"|make (?:more|new|friends|it to)|reconcile|set up|prepare|organi[sz]e|plan|meet (?:more|new)"
    r"|cook more|work (?:as|in|for|from|less|abroad)|go (?:back to|abroad|to (?:college|university|"
    r"grad|med|law|art|culinary|nursing)))\b",
    re.IGNORECASE,
)
DUE = re.compile(
    r"\b(?:due|by|before|until|till|deadline|hand in|submit|on|at|in|to|is"
    r"|starts?)\b",
    re.IGNORECASE,
)
HAVE = re.compile(r"\b(?:i|we)(?:'ve| have)(?: got)?\b", re.IGNORECASE)
LAUNCH = re.compile(r"\bwe launch\b", re.IGNORECASE)
OWN = re.compile(r"\b(?:i|we|my|our)\b|^gotta\b", re.IGNORECASE)
WORK = re.compile(r"\b(?:by|until|before|due)\b", re.IGNORECASE)
INTENT = re.compile(
    r"\b(?P<who>i|we)(?:'ll| will|'m going to| am going to|'m gonna| gonna|'re going to)(?: also|"
    r" definitely| finally| then| just| really)* (?P<x>\w+.*)"
    r"|\bi(?:'ve| have)? (?:just )?(?:promised?|swore|swear|committed|pledged?)\b(?P<y>.+)",
    re.IGNORECASE,
)
NO_INTENT = re.compile(
    r"(?:be|have|never|not|get|see|think|let|probably|always|survive|live|die|miss|cry"
    r"|go crazy|need"
    r"|know|wait|say|explain|tell you|show you|give you|send you|ask you|try to|try$|stop now|admit"
    r"|regret|end up|become|feel|look|seem|lose|fail|forget|understand|hate|love|like|guess)\b",
    re.IGNORECASE,
)
DOING = re.compile(
    r"(?:call|phone|ring|email|e-mail|text|write|send|apply|finish|talk to|speak (?:to|with)"
    r"|ask|book"
    r"|sign up|register|enrol|practi[sc]e|pay|visit|submit|meet|join|cancel|clean|cook"
    r"|prepare|study"
    r"|read|run|walk|go (?:to|for|running|swimming)|start|stop|quit|save|review|plan|update"
    r"|fix|make"
    r"|tell (?:my|him|her|them)|apologi[sz]e|return|deliver|invite|organi[sz]e|draft|buy|sell)\b",
    re.IGNORECASE,
)
AGAIN = re.compile(
    r"\b(?:every|each) (?:day|morning|evening|night|week|month|weekday|weekend|\w+day)\b|\bdaily\b"
    r"|\b(?:once|twice|\w+ times) (?:a|per|each) (?:day|week|month)\b",
    re.IGNORECASE,
)
PREFERENCE = re.compile(
    r"\bi(?:'d| would)? (?:really |much |generally |usually )?(?:prefer|rather)\b(?P<a>.+)"
    r"|\bi (?:really |absolutely |do )?(?:like|love|enjoy|hate|dislike|can't stand|don't like"
    r"|loathe)"
    r" (?P<b>.+)"
    r"|\bi (?:work|learn|think|focus|study|sleep|concentrate) (?:best|better)\b(?P<c>.+)"
    r"|\b(?:please|kindly) (?:don't|do not|never|always|avoid|stop|keep|use|speak|write"
    r"|answer|talk)"
    r" (?P<d>.+)"
    r"|\b(?P<e>.+) (?:is|are) (?:so much |much )?(?:easier|better|best) for me\b"
    r"|\bmy favou?rite (?P<f>.+)|\bi(?:'m| am) (?:not )?an? (?P<g>(?:morning|night|cat|dog|people|"
    r"visual|outdoors) (?:person|owl|learner))|\bi(?:'m| am) (?:allergic to|vegan|vegetarian|"
    r"lactose)\b(?P<h>.*)",
    re.IGNORECASE,
)
NO_PREFERENCE = re.compile(
    r"\s*(?:it|that|this|you|your|him|her|them|to (?:think|say|ask|know|hear)|how you"
    r"|what you|when "
    r"you|the (?:idea|sound|way|plan|question|thought)|so|not|the (?:soup|weather)|my life|myself|"
    r"everything|everyone|people|being here)\b(?! \w+ing\b)|\s*$",
    re.IGNORECASE,
)
OBSTACLE = re.compile(
    r"\b(?:problem|trouble|issue|hard part|obstacle) is\b"
    r"|\b(?:i|we) (?:really |just |still |simply |also )*(?:can't|cannot|can not|couldn't)(?: \w+)"
    r"{0,2} (?:focus|concentrate|sleep|afford|find|get|finish|keep|study|work|run|start|stop|speak|"
    r"talk|go|make|pay|eat|walk|travel|move|reach|follow|remember|learn|stand|trust|breathe)\b"
    r"|\b(?:keeps?|kept) \w+ing\b|\brefuse[sd]?\b|\brejected\b|\bturned down\b|\bwon't let\b"
    r"|\bno (?:time|money|energy|support|experience|teacher|one to|one who|job|space|budget)\b"
    r"|\btoo (?:expensive|noisy|loud|far|hard|difficult|shy|slow|busy|scared|afraid|small)\b"
    r"|\b(?:struggl\w+|stuck) (?:with|to|on|in|at)\b|\b(?:makes?|made|making) it (?:hard|difficult|"
    r"impossible)\b|\bhard(?:er)? (?:for me )?to (?:study|focus|sleep|work|find|keep|concentrate)\b"
    r"|\bbehind (?:on|with|schedule)\b|\b(?:haven't|have not|didn't"
    r"|hasn't) (?:even )?(?:start|finish"
    r"|manag|pass|begun|had time)\w*|\b(?:don't|doesn't|do not) have (?:enough|any|the|a|time"
    r"|money)"
    r"|\b(?:shouts?|yells?|screams?) at me\b|\b(?:ignores?|undermines?|interrupts?|blames?"
    r"|bull(?:y|"
    r"ies)|micromanages?|excludes?) (?:me|my|us)\b|\bnothing is ready\b|\b(?:afraid|scared"
    r"|terrified)"
    r" (?:of|to)\b|\bi (?:have|suffer from|live with|was diagnosed with) (?:\w+ ){0,3}(?:diabetes|"
    r"asthma|adhd|dyslexia|depression|insomnia|anxiety|arthritis|migraines?|epilepsy|autism|cancer|"
    r"ptsd|ocd|chronic \w+|panic attacks)\b|\bso i have no \w+|\black of \w+",
    re.IGNORECASE,
)
NO_OBSTACLE = re.compile(
    r"\b(?:can't (?:wait|believe|help|tell you)|you|your|thank|for fun|to be honest)\b|\bkill\b",
    re.IGNORECASE,
)
ENDED = re.compile(
    r"\b(?:i|we)(?:'ve| have)?(?: just| finally| already)? (?:gave up(?: on)?|given up(?: on)?|"
    r"dropped|passed|finished|completed|submitted|handed in|cancel(?:l)?ed|quit"
    r"|failed) (?P<a>(?!out"
    r"\b).+)|\b(?:i|we)(?:'m| am|'re)? no longer (?P<b>.+)|\b(?P<c>(?:the|my|our) .+?) (?:is"
    r"|was|got"
    r"|has been) (?:over|done|cancel(?:l)?ed|called off)\b|\bi don't want to (?P<d>.+?) any ?more",
    re.IGNORECASE,
)
CORRECTED = re.compile(rf"\bnot (?P<x>{NAME})(?=$|[,.])")


def named(sentence: str) -> Iterator[Phrase]:
    """Yield the user's name as they give it in a sentence."""
    if (match := NAMED.search(sentence)) is None or re.search(r"\bnot\b|n't", sentence):
        return
    name = next(each for each in match.groups() if each)
    first = name.split()[0].casefold()
    if first in NO_NAME or first in PEOPLES or len(name) < 2 or MOODS.fullmatch(name):
        return
    name = name if name[0].isupper() else name.capitalize()
    yield Phrase(kind="name", text=f"My name is {name}", about="name", sure=0.95, made=True)


def read(clause: str, *, dated: bool, related: str, known: frozenset[str]) -> Iterator[Phrase]:
    """Yield what a clause tells, the most telling first.

    `dated`: it names a day to come; `related` is the last relation that was named before it,
    `known` are names of people, in lower case.
    """
    yield from _commitment(clause, dated=dated)
    yield from _person(clause, related, known)
    if dated:
        yield from _deadline(clause)
    yield from _goal(clause, dated=dated)
    yield from _obstacle(clause)
    yield from _preference(clause)
    yield from _role(clause)


def last_relation(clause: str) -> str:
    """Return the relation that a clause speaks of, "" when none."""
    found = [each["who"] for each in RELATED.finditer(clause)]
    return found[-1] if found else ""


def ended(sentence: str) -> Iterator[str]:
    """Yield what a sentence says to be over, or to have been wrong."""
    for match in ENDED.finditer(sentence):
        yield next(each for each in match.groups() if each)


def corrected(sentence: str) -> Iterator[str]:
    """Yield names that a sentence says to be wrong."""
    yield from (each["x"] for each in CORRECTED.finditer(sentence))


def _commitment(clause: str, *, dated: bool) -> Iterator[Phrase]:
    if (match := INTENT.search(clause)) is None:
        return
    promised, doing = match["y"] is not None, (match["x"] or "").strip()
    if not promised and NO_INTENT.match(doing):
        return
    acts = DOING.match(doing) is not None and len(doing.split()) > 1
    if promised or AGAIN.search(clause) or acts or (dated and len(doing.split()) > 1):
        yield Phrase(kind="commitment", text=clause, sure=0.85 if dated or promised else 0.7)


def _person(clause: str, related: str, known: frozenset[str]) -> Iterator[Phrase]:
    people = [each for each in PERSON.finditer(clause) if _is_name(each["name"])]
    for match in people:
        about = person_slot(match["who"], match["name"].split()[-1])
        yield Phrase(kind="person", text=clause, about=about, sure=0.9)
    if people:
        return
    if related and (called := PRONOUN.search(clause)) is not None:
        text = f"My {related.casefold()}'s name is {called['name']}"
        about = person_slot(related, called["name"])
        yield Phrase(kind="person", text=text, about=about, sure=0.85, made=True)
    elif (counted := COUNTED.search(clause)) is not None:
        yield Phrase(kind="person", text=clause, about=f"count:{person_slot(counted['who'])}")
    elif KNOWN_PERSON.search(clause) or _knows(clause, known):
        yield Phrase(kind="person", text=clause)


def _knows(clause: str, known: frozenset[str]) -> bool:
    """Tell whether a clause begins with somebody who was told of before."""
    match = SUBJECT.match(clause)
    return match is not None and match["name"].casefold() in known


def _is_name(name: str) -> bool:
    first = name.split()[0].casefold()
    return first not in NO_NAME and first not in PEOPLES


def _deadline(clause: str) -> Iterator[Phrase]:
    event = EVENT_EN.search(clause)
    if event is not None and (DUE.search(clause) or HAVE.search(clause)):
        yield Phrase(kind="deadline", text=clause, about=event_slot(clause), sure=0.85)
    elif LAUNCH.search(clause):
        yield Phrase(kind="deadline", text=clause, about="event:launch", sure=0.85)
    elif WORK.search(clause) and OWN.search(clause):
        wished = STATED.search(clause) or WISH.search(clause)
        if not wished or clause.lower().startswith("gotta"):
            yield Phrase(kind="deadline", text=clause)


def _goal(clause: str, *, dated: bool) -> Iterator[Phrase]:
    if (match := STATED.search(clause)) is not None:
        words = next(each for each in match.groups() if each)
        if len(words) > 3 and not NO_ROLE.match(words):
            yield Phrase(kind="goal", text=clause, sure=0.9)
    elif (match := WISH.search(clause)) is not None:
        words = next(each for each in match.groups() if each)
        if re.search(r"\b(?:not|n't|never)\b", clause[: match.start() + 12]):
            return
        if LASTING.match(words) and len(words.split()) > 1:
            yield Phrase(kind="goal", text=clause, sure=0.75)


def _obstacle(clause: str) -> Iterator[Phrase]:
    if OBSTACLE.search(clause) and not NO_OBSTACLE.search(clause) and len(clause.split()) > 3:
        yield Phrase(kind="obstacle", text=clause, sure=0.7)


def _preference(clause: str) -> Iterator[Phrase]:
    if (match := PREFERENCE.search(clause)) is None:
        return
    words = next((each for each in match.groups() if each is not None), "")
    if not NO_PREFERENCE.match(words) or match["h"] is not None:
        yield Phrase(kind="preference", text=clause, sure=0.75)


def _role(clause: str) -> Iterator[Phrase]:
    if ROLE.search(clause) and not NO_ROLE.search(clause):
        yield Phrase(kind="role", text=clause, about="role", sure=0.85)
