"""Says back in English what somebody said of themselves."""

import re

from sessions.notes.clauses import clauses, prose, sentences, shortened
from sessions.notes.english import with_capitals

__all__ = [
    "TELLING",
    "capitalised",
    "flip",
    "goal_phrase",
    "heard",
    "is_fit",
    "quotable",
    "said_safely",
    "want",
]

SWAP = {
    "i": "you",
    "im": "you're",
    "ive": "you've",
    "i'm": "you're",
    "i've": "you've",
    "i'd": "you'd",
    "i'll": "you'll",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "we": "you",
    "we're": "you're",
    "we've": "you've",
    "we'd": "you'd",
    "we'll": "you'll",
    "us": "you",
    "our": "your",
    "ours": "yours",
    "ourselves": "yourselves",
}
TOGETHER = re.compile(
    r"^we (?=(?:broke|split|fight|fought|argue|dated|met|got (?:back|married))\b)"
)
WORD = re.compile(r"[\w'-]+")
FIRST_PERSON = frozenset({"i", "we"})
BE = {"am": "are", "was": "were", "wasn't": "weren't", "amn't": "aren't"}
ADVERBS = frozenset(
    ["just", "really", "also", "never", "always", "still", "already", "only", "even", "not", "once"]
)
LOWERED = re.compile(
    r"^(?:I(?='|\s)|My|He|She|They|We|It|The|Our|Nobody|Everyone|Everybody|There|His|Her|Their"
    r"|This|That|Some|No|People|All|Every|Someone|Work|Life|School|Everything|Nothing|Something"
    r"|Sometimes|Marketing|Design|Management|Things|Money|Sleep|Nobody|Anything|One|Both|Most)(?=['\s])"
)
# "no" is an answer before a sentence; else it says that there is none.
NO = (
    r"no(?=[,:]|\s(?:i|you|he|she|it|we|they|that|this|there|my|your|his|her|our|their|the|but|and"
    r"|because|just|not|never|actually|still|really)\b)"
)
LEAD = re.compile(
    r"^(?:(?:so|well|and|but|or|because|cause|anyway|also|honestly|basically|actually|okay|ok|yeah"
    rf"|yes|{NO}|nope|hi|hey|hello|um+|uh+|oh|like|plus|then|thanks|please|today|lately|sometimes|now"
    r"|literally|for context|to be honest|tbh|in short|long story short|the thing is|thing is"
    r"|the problem is|the issue is|i mean|i meant|the truth is|apparently|recently)"
    r"(?: that)?[,:]?\s+)+(?=\S+\s)",
    re.IGNORECASE,
)
FINITE = (
    r"(?:is|isn't|are|aren't|was|wasn't|were|has|hasn't|have|had|do|does|doesn't|don't|did|didn't"
    r"|can|can't|could|couldn't|will|won't|would|wouldn't|should|keeps?|never|always|just|got"
    r"|went|said|says|told|left|made|makes?|feels?|felt|wants?|thinks?|needs?|ignores?|died|broke"
    r"|expects?|fails?|hates?|loves?|fights?|works?|takes?|says?|breaks?|crash(?:es)?)\b"
)
SUBJECT = re.compile(
    r"^(?:(?P<first>i|we)\b(?!')|(?P<short>i'm|im|i've|ive|i'd|i'll|we're|we've|we'll|he's|she's"
    r"|they're|it's|they've|there's|he'd|she'd|they'd)\b|(?P<third>he|she|they|it|nobody|everyone"
    r"|everybody|no one|someone|people|there|one(?= \w+s\b)|the other(?= \w+s\b))\b"
    r"|(?P<pair>(?:me|i) and my \w+|my \w+ and (?:i|me))\b"
    r"|(?P<noun>(?:my|our|his|her|their|the|this|that|every)\b"
    r"(?: (?!(?:my|our|his|her|their|that|which|who|i|we|to|of the)\b)[\w'-]+){1,4}?)"
    rf"(?= {FINITE})"
    rf"|(?P<name>(?-i:[A-Z][a-z]+)(?: from \w+)?)(?= (?-i:{FINITE}))"
    r"|(?P<plain>(?:my|our|his|her|their|the)(?: (?-i:[a-z][\w'-]+)){1,2}"
    r"(?= (?-i:[a-z]{3,}ed|[a-z]{2,}[^s'\W]s) \w)))",
    re.IGNORECASE,
)
EMPTY_WORDS = re.compile(
    r"^i(?:'m| am)? (?:sure|asking|wondering|curious|hoping|looking for|writing|posting)\b.*"
    r"|^(?:that|this|it)(?: \w+n't|'s not| is not)(?: \w+)?$"
    r"|^i (?:was|am) (?:just )?(?:wondering|curious).*|^i know (?:this|it|that|there|i)\b.*"
    r"|^i (?:just )?(?:want|wanted|need|have) to (?:say|ask|share|know|tell|admit|add|mention)\b.*"
    r"|^i(?:'m| am)? (?:not sure|don't know|did it|see|understand|agree|get it|do|think so"
    r"|hope so)(?: yet| really| too)?$",
    re.IGNORECASE,
)
HELLO = re.compile(
    r"^(?:hi|hey|hello|thanks?|thank|edit|update|note|help|advice|here we|long story|please)\b",
    re.I,
)
ASKING = re.compile(
    r"^(?:what|who|why|how|when|where|which|is|are|do|does|can|could|should)\b", re.I
)
TRAIL = re.compile(
    r",?\s+(?:i (?:think|guess|suppose|mean)|though|tbh|lol|or something)$", re.IGNORECASE
)
UNFIT = re.compile(
    r"\b(?:you|your|you're|you've|yourself|u|ur|lol|lmao|omg|edit|tl;?dr|reddit|subreddit|throwaway"
    r"|fuck\w*|shit\w*|bitch\w*|cunt\w*|asshole\w*|dick|slut\w*|whore\w*|nigg\w*|fag\w*|retard\w*"
    r"|rape\w*|suicid\w*|overdos\w*|self-harm\w*|molest\w*|abus\w*|attempted|kill\w*|die|dead|sex\w*|damn|crap|ass|hell|porn\w*|cum|nude\w*"
    r"|thank|thanks|sorry|post|posted|posting|guys|i (?:said|was like)|title|rant)\b"
    r"|[\"“”<>\[\]{}|=_#*/\\@^~]|\(|\)|:|\d{5,}|[^\x00-\x7f’é—–$€£…]",
    re.IGNORECASE,
)
DANGLING = re.compile(
    r"\b(?:and|or|but|because|that|to|the|a|an|of|with|for|if|when|than|as|my|so|in|on|at|is|are"
    r"|was|by|from|about|like|who|which|very|really|not|what|how|where|why|do|be|it's|i|he|she"
    r"|this|these|those|his|her|their|our|while|where|into|then|say|said|asked|see|also)$",
    re.IGNORECASE,
)
TELLING = re.compile(
    r"\b(?:feel|felt|feeling|afraid|scared|worried|tired|hate|love|miss|want|need|can't|cannot"
    r"|don't|won't|never|nobody|always|keeps?|ignores?|lost|alone|angry|hurt|stuck|failed|broke"
    r"|left|quit|fired|died|exam|interview|boss|deadline|cry|crying|stressed|anxious|overwhelmed"
    r"|pressure|problem|worse|hard|exhausted|rejected|fight|argue|cheated|behind|debt)\b",
    re.IGNORECASE,
)
VAGUE = re.compile(r"(?:it|they|he|she|there|this|that)\b", re.IGNORECASE)
VERBLESS = re.compile(
    r"^(?:a|an|the|my|more|less|some|one|no|peace|better|good|financial|work)\b|^\w+ing\b", re.I
)
MOST_WORDS, LEAST_WORDS = 17, 2
QUOTE_WORDS, QUOTE_CHARS = 7, 48
MOST_CLAUSES, FIT_CHARS = 30, 80


def flip(clause: str) -> str:
    """Return a first-person clause as said to its speaker, lower-case at its start."""
    text = LOWERED.sub(lambda match: match[0].lower(), clause.strip(), count=1)
    text = TOGETHER.sub("the two of you ", text)
    out, end, person = [], 0, False
    for match in WORD.finditer(text):
        word, low = match[0], match[0].lower()
        new = SWAP.get(low, BE.get(low, word) if person else word)
        if word == "US":
            new = word
        out += [text[end : match.start()], new]
        person = low in FIRST_PERSON or (person and low in ADVERBS)
        end = match.end()
    flipped = "".join(out) + text[end:]
    flipped = re.sub(r"\bam you\b", "are you", re.sub(r"\bwas you\b(?! )", "were you", flipped))
    return with_capitals(flipped)


def capitalised(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def heard(text: str) -> list[str]:
    """Return clauses of `text` that can be said back, flipped; the two most telling come first."""
    found: list[tuple[float, int, str]] = []
    for index, clause in enumerate(_clauses(text)):
        bare = _calm(TRAIL.sub("", LEAD.sub("", clause)))
        if _fits(bare):
            words = len(bare.split())
            weight = 2.0 * len(TELLING.findall(bare)[:2]) - abs(words - 8) / 4
            weight -= VAGUE.match(bare) is not None
            found.append((-weight, index, flip(bare)))
    best = sorted(found)
    return [clause for _, _, clause in [*sorted(best[:2], key=lambda each: each[1]), *best[2:]]]


def quotable(text: str) -> str | None:
    """Return a few words of `text` that can stand between quotation marks, or None."""
    for clause in _clauses(text):
        phrase = LEAD.sub("", clause).strip(" ,.'")
        if HELLO.match(phrase):
            continue
        words = len(phrase.split())
        whole = len(phrase) > 3 and text.strip(" .!~") == phrase
        if (
            (words > 1 or whole)
            and words <= QUOTE_WORDS
            and len(phrase) <= QUOTE_CHARS
            and _clean(phrase)
        ):
            return _calm(phrase)
    return None


def is_fit(phrase: str) -> bool:
    """Tell whether a note is decent and whole enough to be said back within a sentence."""
    return len(phrase) <= FIT_CHARS and _clean(phrase)


def said_safely(phrase: str) -> str:
    """Return a part of a question as said to its asker, empty when it should not be said back."""
    bare = shortened(phrase, 70).strip(" ,.!")
    loose = DANGLING.search(bare) and not bare.endswith(" her")
    return "" if loose or UNFIT.search(bare) else flip(bare)


def want(goal: str) -> str:
    """Return a goal note as an infinitive said to its owner: `to run a marathon`."""
    phrase = goal_phrase(goal)
    return f"to get {phrase}" if VERBLESS.match(phrase) else f"to {phrase}"


def goal_phrase(goal: str) -> str:
    """Return a goal note as said to its owner."""
    return flip(shortened(goal, 80))


def _clauses(text: str) -> list[str]:
    parts = [
        clause
        for sentence in sentences(prose(text))
        if not sentence.endswith("?")
        for clause in clauses(sentence)
    ]
    return parts[:MOST_CLAUSES]


def _calm(clause: str) -> str:
    return clause.lower() if clause.isupper() else clause


def _clean(phrase: str) -> bool:
    return not (UNFIT.search(phrase) or DANGLING.search(phrase))


def _fits(clause: str) -> bool:
    words = len(clause.split())
    if (
        not LEAST_WORDS <= words <= MOST_WORDS
        or not _clean(clause)
        or ASKING.match(clause)
        or EMPTY_WORDS.match(clause)
    ):
        return False
    return SUBJECT.match(clause) is not None
