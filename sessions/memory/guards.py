"""What in a message is not said of the user, or not meant: nothing is remembered of it."""

import re

from sessions.notes.clauses import HEAD_CHARS, TAIL_CHARS, has_hangul, prose
from sessions.notes.injected import INJECTED
from sessions.notes.straight import straightened

from .chat import spelled

__all__ = ["about_others", "bare", "idle", "laughs", "unmeant"]

QUOTED = re.compile(
    r"\"[^\"\n]*(?:\"|$)|“[^”\n]*(?:”|$)|「[^」\n]*」|『[^』\n]*』|(?<![\w])'[^'\n]{3,}'(?!\w)"
)
MARK = " ❝ "
BLANK = re.compile(r"\s*\n\s*")
TASK = re.compile(
    r"^[^\w\n]{0,9}(?:(?:please|can you|could you|would you|hey|hi|ok|now)[\s,]+)*"
    r"(?:translate|proofread|rewrite|rephrase|paraphrase|summari[sz]e|correct|edit|polish|shorten"
    r"|fix (?:the|my|this)|improve (?:the|my|this)|continue (?:the|this|my)|classify|analy[sz]e"
    r"|write (?:me |us )?(?:an?|the|some|my)|compose|draft|convert|explain (?:this|the))\b"
    r"|\b(?:translate|proofread|rewrite|rephrase|paraphrase|summari[sz]e)\b.{0,30}:"
    r"|번역|교정|요약해|요약 좀|고쳐\s?(?:줘|주)|바꿔\s?(?:줘|주)|다듬어|맞춤법|(?:소설|시"
    r"|대본|편지|이야기|글|에세이)"
    r"(?:을|를|도|좀)?\s?(?:하나\s?|한 편\s?)?(?:써|지어|만들어)\s?(?:줘|주|봐)",
    re.IGNORECASE | re.MULTILINE,
)
PLAY = re.compile(
    r"\brole-?\s?play|\bpretend\b|\bimagine\b|\bact as\b|\blet's (?:play|say|suppose)|\bonce upon"
    r"|\b(?:my|the|a|this) (?:main |lead )?(?:character|protagonist|hero|heroine)\b"
    r"|\b(?:in|from|of) (?:my|the|a|this) (?:novel|screenplay)\b"
    r"|\bin my (?:story|novel|book|dream)\b|역할극|상황극|역할 놀이|인 척|주인공|등장인물"
    r"|옛날 옛적|꿈에서",
    re.IGNORECASE,
)
JOKE = re.compile(
    r"\b(?:just )?kidding\b|\bjk\b|\bjoking\b|(?:^|\s)/s\b|\bapril fool|농담|장난이|뻥이",
    re.IGNORECASE,
)
LAUGHTER = re.compile(r"\b(?:lol|lmao|rofl|(?:ha){2,}|he(?:he)+)\b|ㅋ{2,}|ㅎ{3,}|😂|🤣", re.I)
HYPOTHETICAL = re.compile(
    r"\b(?:if|suppose|supposing|imagine|unless|assuming|provided|hypothetically|what if|as if)\b"
    r"|\b(?:maybe|perhaps|might|someday|some day|one day|probably|who knows|not sure"
    r"|considering|thinking (?:of|about)|could have"
    r"|would have|should have|wish i (?:was|were|had)|sometimes i think)\b"
    r"|\b(?:i|we|he|she|it|they|you|that)(?:'d| would)(?! (?:like|love|rather|prefer)\b)"
    r"|(?-i:\bmay\b)(?! \d)|\bhad i\b|\bwere i\b"
    r"|만약|만일|가령|(?:이|라|다)라면|[았었했였]다면|다면 |라면 |[가-힣]으면 .*(?:텐데|겠)"
    r"|언젠가|아마"
    r"|을지도|ㄹ지도|[할갈될볼일]지도|[까려]\s?싶|텐데|면 어떨까|고민\s?중",
    re.IGNORECASE,
)
# "If" is no condition where it only names what isn't known.
KNOWN_IF = re.compile(r"\b(?:ask|know|see|wonder\w*|check|tell \w+) if\b", re.IGNORECASE)
ASKS = re.compile(
    r"\?\s*$|^(?:do|does|did|am|is|are|was|were|can|could|should|shall|will|would|may|have)"
    r" (?:i|you|he|she|it|we|they|the|my|that|this|there|anyone|people)\b"
    r"|^(?:who|what|when|where|why|how|which)(?:'s)?(?: \w+)? (?:is|are|am|do|does|did|should|can"
    r"|could|would|will|was|were|has|if|about)\b(?<!what i am)(?<!what i do)"
    r"|^(?:why|how|what's|who's|where's)\b(?! i)"
    r"|(?:[까]요?|나요|가요|던가요|는지요|은가|는가|니|냐)\s*[?.!~]*$",
    re.IGNORECASE,
)
REPORTED = re.compile(
    r"❝|\b(?:he|she|they|people|everyone|everybody|someone|somebody|friends?|boss|manager|teacher"
    r"|mom|dad|mother|father|parents|ex|colleague|coworker|doctor|article|book|movie"
    r"|(?!As\b)[A-Z][a-z]+)"
    r"(?: (?!I\b)\w+){0,2} (?:says?|said|tells?|told|thinks?|thought|believes?|claims?|claimed"
    r"|asks?|asked|wrote|writes|keeps? telling|keeps? saying)\b|\baccording to\b"
    r"|\bit (?:said|says)\b"
    r"|\b(?:i was|i've been|i am|i'm) told\b|\bi (?:read|heard|saw) (?:that|it|somewhere)\b"
    r"|[가-힣](?:대요|래요|재요|냬요|대|래)\s*[.!~]*$|[다라자냐]고\s?(?:했|하셨|하더|하시"
    r"|그러|말했|말해|말씀)"
    r"|라고\s?(?:했|하셨|하더|하시|그러|말했|말씀)|저보고|나보고",
)
TO_MENTOR = re.compile(
    r"^(?:and |but |so |ok |well )?(?:you(?:'re| are|'ll| will| always| never| must| can"
    r"| told| said"
    r"| were| promised| have| probably| seem)|your (?:name|role|job|task|system|instructions)|as "
    r"(?:lua|elro|riri|nana|my mentor|an ai))\b|\byou (?:told|said|promised|remember)\b"
    r"|^(?:너는|넌|네가|당신은|당신이|당신의|네 이름은)|^(?:루아|엘로|리리|나나)는",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(
    r"^(?:gonna|gotta|will|going to|please|don't)\b|\b(?:i|i'm|i've|i'll|i'd|im|my|me|we"
    r"|we're|our|us|mine)\b",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"^(?:he|she|they|his|her|their|someone|somebody|everyone|people|most people|nobody)\b",
    re.IGNORECASE,
)
OTHERS_KO = re.compile(
    r"^(?:그녀|그는|그가|그분|걔|쟤|얘|사람들|다들|누군가|어떤 사람)|싶어\s?(?:해|하|했)"
    r"|[가-힣]하셨|길\s?바라(?:세|시|신)"
    r"|^(?:제|내|우리)?\s?(?:친구|동료|언니|누나|오빠|형|동생|엄마|아빠|선배|후배|남편"
    r"|아내)[은는이가]"
    r"(?:\s\S+)*\s?싶[어다]"
)


def bare(text: str) -> str:
    """Return the prose of a text without code, links and quotations, its short forms spelled.

    A day that is taken back at once is left out.
    """
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return straightened(spelled(QUOTED.sub(MARK, prose(own))))


def unmeant(text: str) -> str | None:
    """Return why nothing of a whole message is to be remembered, or None.

    Of a long one its beginning and its end are looked at: nothing is read from its middle.
    """
    if len(text) > HEAD_CHARS + TAIL_CHARS:
        text = f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"
    text = BLANK.sub("\n", text)
    for reason, pattern in (("injection", INJECTED), ("task", TASK), ("play", PLAY)):
        if pattern.search(text):
            return reason
    return "joke" if JOKE.search(text) else None


def idle(sentence: str) -> str | None:
    """Return why nothing of a sentence is said of the user, or None."""
    if ASKS.search(sentence.strip()):
        return "question"
    if HYPOTHETICAL.search(KNOWN_IF.sub(" ", sentence)):
        return "hypothetical"
    if TO_MENTOR.search(sentence):
        return "mentor"
    if REPORTED.search(sentence):
        return "quotation"
    return None


def laughs(sentence: str) -> bool:
    """Tell whether a sentence laughs, so that what it says of who somebody is may be a joke."""
    return LAUGHTER.search(sentence) is not None


def about_others(sentence: str) -> bool:
    """Tell whether a sentence is somebody else's story."""
    if has_hangul(sentence):
        return OTHERS_KO.search(sentence) is not None
    return OTHERS.match(sentence) is not None or FIRST_PERSON.search(sentence) is None
