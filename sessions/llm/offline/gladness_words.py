"""Words around glad ones that say whether they are meant, whose the joy is, and what turns it."""

import re

__all__ = [
    "AFTER",
    "AFTER_KO",
    "ALONG",
    "BAD",
    "BEFORE_KO",
    "CUT",
    "DEAR",
    "DEAR_KO",
    "DENIED",
    "DENIED_KO",
    "EFFORT",
    "FELL_KO",
    "FELT",
    "LEFT_OUT",
    "LOOSE",
    "NOBODY",
    "NOTHING",
    "ONLY",
    "ONLY_KO",
    "OPENS",
    "OPENS_LOOSELY",
    "OTHERS",
    "OTHER_KO",
    "OWN",
    "SEEMING",
    "SELF",
    "TURN",
    "UNREAL",
    "VERB",
    "WANTED_KO",
    "WITHOUT_KO",
    "YIELDING",
]

CUT = {
    "en": re.compile(
        r"[.!?;,:\n—–]|\b(?:and|but|so|because|then|though|although|however|while|yet)\b",
        re.IGNORECASE,
    ),
    "ko": re.compile(r"[.!?;,:\n]|(?:고|(?<!에)서|데|지만|니까|다가)\s|(?:그런데|근데|하지만)\s?"),
}
# What sounds like a denial and is none.
SEEMING = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|can hardly|could hardly|can barely) (?:\w+ )?believe"
    r"(?: it| this)?\b|\bdon't (?:even )?know how\b"
    r"|\bnot? (?:gonna lie|going to lie|only|just|joke|kidding|way|lie|doubt)\b"
    r"|\b(?:won't|can't) lie\b|\bnever (?:been|felt)\b|\bwho would(?:'ve| have)? thought\b"
    r"|\b(?:want\w*|need\w*|ha(?:ve|d)) to (?:tell|say|share|let)\b"
    r"|\b(?:didn't|never) (?:expect|think|thought|imagin|dream)\w* (?:i|we|it|this)(?:'d| would)\b",
    re.IGNORECASE,
)
SUBJECT = r"(?: (?:i|we|he|she|they|my \w+)(?:'ve| have| had)?(?: just| finally)?)?"
UNREAL = re.compile(
    r"\b(?:not|never|no|cannot|nobody|no one|none|neither|nor|hardly|barely|almost|nearly|without"
    r"|wish\w*|hop(?:e|es|ed|ing)|if|whether|unless|would|could|might|maybe|should|need\w*|any"
    r"|want\w*|pretend\w*|lied|dream(?:s|t|ed|ing)?|imagin\w*|thought|used to|supposed"
    r"|(?:i'm|am|are|be|been|still) waiting|(?:every\w+|they|he|she|people|my \w+) thinks?)\b|n't\b"
    rf"|\b(?:since|before|after|until|till){SUBJECT}\s*$",
    re.IGNORECASE,
)
# What has to, or must not, go on after words that mean other things as well.
END = (
    r"\s*(?:$|[.!?,;:)\n—–~]|[^\x00-\x7f]"
    r"|\b(?:and|but|because|though|today|yesterday|now|finally|too|again)\b"
)
TESTS = (
    r"(?:(?:my|the|our|all|every|both|an?|this|that|his|her) )?(?:of )?(?:(?:my|the) )?"
    r"(?:[\w'-]+ ){0,3}?"
    r"(?:exams?|tests?|finals?|class(?:es)?|course|courses|bar|boards?|interviews?|quiz|audition"
    r"|probation|viva|defen[cs]e|thesis|subjects?|semester|year|round|licen[cs]e|certification"
    r"|maths?|physics|chemistry|biology|english|history|calculus|statistics|everything|level|\d+)\b"
)
AFTER = tuple(
    (re.compile(rf"\b{word}$", re.IGNORECASE), re.compile(goes, re.IGNORECASE))
    for word, goes in (
        ("won", r"(?!['’]?t\b)"),
        ("passed", rf"{END}|\s+(?:it|with|at|on (?:my|the) \w+ (?:try|attempt)|{TESTS}))"),
        (
            "made it",
            rf"{END}|\s+(?:to|into|through|home|in|past|out|on time|this far|here|there|back"
            r"|all the way)\b)",
        ),
        ("got in", rf"{END}|\s+(?:to|with|as)\b)"),
        ("said yes", r"(?!\s+to (?:the |an? |another )?(?:divorce|break|other|someone|him|her))"),
        ("did it", r"(?!\s+(?:again|wrong|badly|all wrong|to))"),
        ("finished", r"(?!\s+(?:last|crying|off|the (?:\w+ )?(?:bottle|cake|pack|box|bag|wine)))"),
        ("(?:worked|helped)", r"(?!\s+(?:against|nobody|no one|nothing|until|only|for a))"),
    )
)
NOTHING = re.compile(
    r"\s+(?:nothing|a (?:fine|penalty|ticket|bill)\b|no\b|none|zero|neither|worse"
    r"|in(?:to)? (?:trouble|debt)|only (?:when|if)"
    r"|(?:\w+ )?(?:rejection|rejected|refus\w+|denied|revoked|rescinded|cancel\w*|withdrawn))",
    re.IGNORECASE,
)
BAD = re.compile(
    r"\b(?:worst|wrong|bad|awful|terrible|horrible|shitty|crappy|lousy|boring|lower|second|fake)\b",
    re.IGNORECASE,
)
# Whose it is: the word before the verb tells, or nobody is named.
ADVERBS = (
    r"(?:\s+(?:have|had|has|just|finally|actually|also|really|both|all|already|now"
    r"|still|today|yesterday|somehow|too|even|\w+ly))*\s*$"
)
OWN = re.compile(rf"\b(?:i|we|i've|we've|both of us){ADVERBS}", re.IGNORECASE)
NOBODY = re.compile(
    r"^\W*(?:(?:oh|omg|yes|yay|hey|hi|hello|so|well|wow|ok|just|finally|actually|today|yesterday"
    r"|also|now|officially|guess (?:what|who)|my god|have|had|with|what|great|really)\b\W*)*$",
    re.IGNORECASE,
)
DEAR = re.compile(
    r"\b(?:my|our) (?!ex\b)(?:\w+ )?(?:sister|brother|son|daughter|kids?|child|children|mom|mum"
    r"|mother|dad|father|husband|wife|partner|boyfriend|girlfriend|fianc[eé]e?|friends?|bestie"
    rf"|cousin|niece|nephew|grand\w+|aunt|uncle|team|students?){ADVERBS}",
    re.IGNORECASE,
)
VERB = re.compile(r"(?:got|won|passed)\b", re.IGNORECASE)
FELT = re.compile(r"so happy|over the moon|best day|great|wonderful|happ(?:y|ier)", re.IGNORECASE)
OTHERS = re.compile(
    r"\b(?:he|she|they|everyone|everybody|people|others|you|(?:he|she|they|you)'(?:s|re)|my ex)\b",
    re.IGNORECASE,
)
SELF = re.compile(r"\b(?:i|i'm|i've|me|we|we're|us)\b", re.IGNORECASE)
LEFT_OUT = re.compile(
    r"\bi(?:'d| had)? (?:\w+ )?(?:wanted|applied|hoped|deserved|should|trained|was after)\b"
    r"|\b(?:instead of|not|over|before|except|but|without|unlike) me\b"
    r"|\b(?:and|while|whereas|but) i (?:\w+ )?(?:didn't|did not|wasn't|was not|failed|lost|haven't"
    r"|never|am still|got (?:nothing|rejected|fired))\b",
    re.IGNORECASE,
)
ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
ME = r"(?:나|난|저|전|나는|저는|내가|제가|우리|우린|저희)"
BEFORE_KO = re.compile(
    r"(?:^|\s)(?:덜|별로|전혀|거의|만약|혹시|언젠가|꿈에서|하나도|아직)(?:에)?\s?(?:\S+\s)?$"
    r"|(?:^|[\s은는이가을를도])(?:안|못)\s?$|불$"
)
AFTER_KO = re.compile(
    r"^(?:했|했었|됐)?(?:으면|다면|더라면|을까|을지|는지|을\s?(?:리|것|거|텐데|수|때)"
    r"|었?나\s?(?:봐|싶)|다고\s?(?:거짓|생각|착각|믿))"
    r"|^(?:이|가|은|는|을|를|도|조차|해|한마디|소식|소식이|소식은)?\s?(?:못|안\s?[되돼될됐해했하나]"
    r"|없|취소|거절|철회|실패|하지\s?[못않]|지\s?[못않]|받지\s?[못않]|아니)"
    r"|^(?:하|되)(?:고\s?싶|면|려고|려면|기를?\s|길\s|지\s?[못않])"
    r"|^\s?(?:해야|하면|할\s|될\s|될까|할까|률|율|선\b|자|점수|여부|발표|가능|걱정)"
    r"|^(?:해|하게)\s?보[이여였]|^.{0,10}사람(?:이|도|은)?\s?(?:하나\s?)?없"
)
WHO_KO = r"(?:이|가|은|는|도|만|들[이은도만]?)"
OTHER_KO = re.compile(
    r"(?:걔|쟤|얘|그\s?(?:사람|애|녀석|남자|여자)|동료|동기|라이벌|경쟁자|후배|선배|다른\s?\S+"
    r"|전\s?(?:남친|여친|남편|남자\s?친구|여자\s?친구|부인|아내)"
    rf"|남들|다들|모두|애들|친구들|상사){WHO_KO}?\s"
)
DEAR_KO = re.compile(
    r"(?:친구|동생|언니|오빠|형|누나|딸|아들|엄마|아빠|남편|아내|남친|여친|짝꿍|사촌|조카)"
    rf"{WHO_KO}\s"
)
ONLY_KO = re.compile(
    rf"(?<![가-힣])(?!(?:{ME}|서류|필기|실기|\S*차|이번|한\s?번|하나|하루|조금|결과)만)"
    r"[가-힣]{1,8}(?:만|\s혼자)\s(?:\S+\s)*$"
)
FELL_KO = re.compile(
    r"(?<![가-힣])(?:나|저|나는|저는|난|전)(?:만)?\s?(?:떨어|탈락|못\s?붙|안\s?됐)"
)
WITHOUT_KO = re.compile(r"(?<![가-힣])(?:나|저)(?:만)?\s?(?:빼고|빼놓고|대신|말고)")
WANTED_KO = re.compile(
    r"[가-힣](?<!에)(?<!번)(?<!늘)(?<!제)(?:이|가|은|는)\s.{0,8}(?:내가|제가)\s?"
    r"(?:원하|가고\s?싶|하고\s?싶|바라|지원)"
)
TURN = {
    "en": re.compile(
        r"\b(?:but|however|though|although|yet|except|unfortunately|sadly|only to|still,"
        r"|until (?:i|we|he|she|they|it|my \w+))(?= |,)",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"지만(?=\s|$)|하지만|근데|그런데|그치만|그렇지만|그래도|[는은인건]데도?(?=\s)"
    ),
}
# How a message begins that goes on against the one before it.
OPENS = {
    "en": re.compile(
        r"\W*(?:but|however|though|although|yet|except|unfortunately|sadly|still)\b", re.IGNORECASE
    ),
    "ko": re.compile(r"\s*(?:근데|그런데|하지만|그치만|그렇지만|그래도|다만|아쉽게도|안타깝게도)"),
}
OPENS_LOOSELY = re.compile(r"\W*(?:still|yet)\b|\s*(?:근데|그런데)", re.IGNORECASE)
# What a joy was worked for is not set against it.
EFFORT = re.compile(
    r"\b(?:work|stud|train|tri|try|practi[cs]|push|fought|prepar)\w* (?:\w+ ){0,2}?hard\b",
    re.IGNORECASE,
)
# What only leads over to what follows unless that is hard.
LOOSE = re.compile(r"[는은인건]데$")
DENIED_KO = re.compile(
    r"(?:^|\s)(?:안|못)\s?[가-힣]|없|않|못하|싫|무서|무섭|걱정|불안|힘들|슬[프퍼]|외로|허무|허전|우울"
    r"|아무도|하나도|별로|떨어졌|헤어|취소|매일\s?울|울었|울기만"
)
# What goes on with an "and" and is hard for all that.
ALONG = re.compile(
    r"(?:\band|^) (?=(?:nobody|no one)\b"
    r"|(?:i'm|i am|i feel|i still|i can't|i don't|i hate|he|she|they|my \w+)\b[^.!?]*"
    r"\b(?:terrified|scared|afraid|alone|hates?|sad|empty|nothing|laughed at|left me|angry|worse"
    r"|can't (?!believe|wait|stop)|don't (?:want|feel|care)|miserable|anxious|stressed|jealous"
    r"|cheated|yell\w*|mad|guilty|ashamed|died|exhausted|numb)\b)",
    re.IGNORECASE,
)
YIELDING = re.compile(r"\b(?:although|though|even though|while)\b[^,.!?]*$", re.IGNORECASE)
DENIED = {
    "en": re.compile(
        r"\b(?:not|never|no|nobody|none|nothing|without|\w+n't)\b(?<!can't)(?! believe)"
        r"|\bfeels? (?:empty|numb|bad|sad|strange)",
        re.IGNORECASE,
    ),
    "ko": DENIED_KO,
}
