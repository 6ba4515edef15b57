"""Patterns of what people say of themselves in English."""

import re

from sessions.memory.words import pattern, words
from sessions.notes import straight
from sessions.notes.words import words as note_words

NO_NAME = frozenset(note_words("english")["no_names"])
MOODS = re.compile("|".join(note_words("english")["moods"]), re.IGNORECASE)
RELATIONS = pattern("relations", hangul=False)
RELATION = re.compile(rf"(?:{RELATIONS})s?\b", re.IGNORECASE)
NAME = r"(?-i:(?:(?:Dr|Mr|Mrs|Ms|Prof) )?[A-Z][a-zà-ÿ]+(?:[- ][A-Z][a-zà-ÿ]+){0,2})"
COMMON = rf"(?:{'|'.join(words()['names']['common'].split())})\b"
GREETING = r"(?:hi|hello|hey+|hiya|yo|kia ora|(?:good )?(?:morning|evening|afternoon))"
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
    r"dev|fisherman|welder|courier|seller|dealer|resident|performer|composer|poet|pastor"
    r"|priest|monk|rabbi))"
)
NAMED = re.compile(
    rf"(?:\bmy (?:first |new |real )?|^)name(?:'s| is)(?: now| actually)? (?P<a>{NAME}"
    rf"|[a-z]{{2,12}}$)"
    rf"|(?:^|\b(?:please|can|just|people|everyone|friends|everybody|and|fine,?|ok,?) )call me"
    rf" (?P<b>{NAME})"
    rf"|^{GREETING}(?: there| lua| elro| riri| nana| everyone| all)?[,!.]* (?:i'm|i am"
    rf"|this is|it's)"
    rf" (?P<c>{NAME})(?=$|[,.!]| and| from| here)"
    rf"|^(?:i'm|i am|it's|this is) (?P<d>{NAME})(?=$| and i|[.!]|, (?:an?|the|i|from|\d"
    rf"|{OCCUPATION})\b)"
    rf"|^(?:{GREETING}[,.!]* )?(?P<e>{NAME}) here(?=$|[,.!])"
    rf"|^(?:{GREETING}[,.!]* |fine,? )?(?:i'm|i am|it's|this is) (?P<g>{COMMON})(?=$|[,.!]"
    rf"| and| from| here)"
    r"|^(?:i'm|i am|it's|this is) (?P<f>[a-z]{3,12})(?=,? \d\d ?[fm]?\b|, (?:an? |from |exchange |"
    r"(?:\w+ ){0,2}(?:student|teacher|nurse|engineer|designer|developer|manager)\b))",
    re.IGNORECASE,
)
WORKPLACE = (
    r"(?:shop|business|company|store|restaurant|café|cafe|studio|farm|agency|club|bar|school|"
    r"practice|bakery|clinic|startup|team|department|lab|hotel|garage|gym|firm|band|choir)"
)
STILL = r"(?: (?:currently|now|still|also|just|actually|already|really))*"
NOT = re.compile(r"\b(?:not|never)\b|n't", re.IGNORECASE)
# Who studies may work as well.
STUDY = re.compile(
    r"\b(?:stud(?:y|ying|ent)|undergrad\w*|freshman|sophomore|major(?:ing)?|phd|master'?s?|degree"
    r"|school|college|university|year)\b",
    re.IGNORECASE,
)
ROLE = re.compile(
    rf"\b(?:i'm|i am|im){STILL} (?:an?|the|one of the|working as an?) (?P<a>{OCCUPATION}s?)\b"
    rf"|\bi{STILL} work (?:as|at|in|for (?!him|her|them|me\b)|night|part|full|shifts|remotely)\b"
    rf"|\b(?:i'm|i am|im){STILL} (?:studying(?! for| in the| at home)|majoring|training (?:to"
    rf"|as)|retired|unemployed"
    r"|self-employed|between jobs|working (?:as|at|in|for)|in my (?:first|second|third|fourth|last|"
    r"final|junior|senior|sophomore) year|in (?:high|med|medical|law|grad|graduate|middle|nursing) "
    r"school|in college|at university|on maternity leave|on parental leave|doing (?:an?|my) (?:phd|"
    r"master'?s?|degree|apprenticeship|internship))\b"
    rf"|\b(?:i|we){STILL} (?:teach|study(?! for)|coach) (?!him|her|them|it|hard|every|at|way"
    rf"|much|best|better|more|alone|with|in\b|on\b|all|from|a lot|together|so)\w+"
    rf"|\b(?:i|we){STILL} (?:run|own|lead|manage|head) (?:an?|my|our"
    rf"|the) (?:\w+ ){{0,5}}?{WORKPLACE}"
    rf"|\bi{STILL} drive an? (?:\w+ ){{0,2}}(?:truck|van|bus|taxi|cab|lorry|train|tram|ambulance)\b"
    r"|\bi(?:'ve| have) been (?:an?|at|with|in|working)\b.*\bfor (?:about |over |almost |nearly )?"
    r"(?:\w+ )?(?:\w+ )?(?:years?|months?)\b"
    r"|\b(?:i |i'm |^)(?:just |recently )?(?:started|starting|began|in) (?:my |at )?(?:\w+ ){0,2}"
    r"(?:school|college|university|uni|residency|apprenticeship|phd|internship)\b"
    r"|\bi (?:translate|write|paint|sew|bake|sell|fix|repair|build|design|edit|illustrate|code|farm"
    r"|clean|cook|deliver|drive|dispatch|photograph|program|nurse)\b.*\b(?:from home|for a living"
    r"|full[- ]time|part[- ]time|professionally|freelance)\b"
    r"|\b\w+ by trade\b"
    rf"|^{OCCUPATION} (?:at|in|for) (?:an?|the|my|our|(?-i:[A-Z]))"
    rf"|^(?:i'm |i am )\w+, (?:\d\d, )?(?:an? )?{OCCUPATION}\b"
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
    rf"(?:\b(?:my|our) "
    rf"|^){ADJECTIVE}(?:[a-z]+ )?(?P<who>{RELATIONS})s?(?:'s name)?[,:]?(?: is| are|'s)?"
    rf"(?: named| called)? (?P<name>(?-i:(?:Mr|Ms|Mrs|Dr)\.? )?{NAME})\b(?!'?s? (?:day|year))",
    re.IGNORECASE,
)
# A headline: every word begins with a capital.
TITLE = re.compile(r"(?-i:[A-Z]\w*\W+){4,}")
# A relation that no table has: "my sponsor Dale got me a cake".
COMMON_NAME = re.compile(
    rf"\b(?:my|our) (?:[a-z]+ ){{0,2}}?(?P<who>[a-z-]{{3,}}),? (?P<name>{COMMON})", re.IGNORECASE
)
CALLED = re.compile(
    rf"\b(?:the|my|our) (?:\w+ )?(?P<who>{RELATIONS})s? (?:is|are) (?:called"
    rf"|named) (?P<name>{NAME})",
    re.IGNORECASE,
)
OTHER_PERSON = re.compile(
    rf"\b(?:my|our) (?:[a-z]+ )?(?P<who>[a-z]{{3,}}),? (?P<name>(?!English|French|German"
    rf"|Spanish|Korean"
    rf"|Japanese|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Christmas){NAME})"
    r" (?:is|was|got|has|had|gave|wants|lives|works|keeps|came|told|helps|helped|and i|never)\b"
)
NAMED_FIRST = re.compile(
    rf"(?!Dear\b)(?<![Dd]ear )(?P<name>{NAME})(?:,"
    rf"| \()\s?my {ADJECTIVE}(?P<who>{RELATIONS})\b"
)
SMALL_NAME = re.compile(
    rf"\bmy {ADJECTIVE}(?P<who>{RELATIONS}) (?P<name>(?!(?:always|never|just|really|also|still|only"
    r"|then|now|often|sometimes|usually|who|that|which|and|or|but|is|was|has|had|says?|said|keeps?"
    r"|here|there|back|this|these|too|either|would|will|can|could|should|might|does|did|told|wants?"
    r"|thinks?|name|in|at|from|group|life|house|family|friend|member|calls?)\b)[a-z]{3,12})"
    r" (?:is|was|has|keeps|wants|works|lives|plays|studies|always|never)\b",
)
# "I have a sister named Ada and a brother called Ben."
HAVING = re.compile(r"\b(?:i|we)(?:'ve| have)(?: got)? ", re.IGNORECASE)
HAD = re.compile(
    rf"\b(?:an?|one|two|three|my) {ADJECTIVE}(?P<who>{RELATIONS})s?,? (?:named|called"
    rf"|whose name is) (?P<name>{NAME})",
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
ABOUT = re.compile(r"\b[A-Z]\w+ (?:is|lives|works|studies|has|teaches|plays)\b")
SUBJECT = re.compile(r"(?P<name>\w+) (?:is|lives|works|studies|has|teaches|plays)\b", re.IGNORECASE)
PRONOUN = re.compile(rf"\b(?:her|his|their) name(?:'s| is) (?P<name>{NAME})", re.IGNORECASE)
RELATED = re.compile(rf"(?:\b(?:my|our) |^){ADJECTIVE}(?P<who>{RELATIONS})\b", re.IGNORECASE)
STATED = re.compile(
    r"\b(?:my|our) (?:\w+ )?(?:goal|aim|target|objective|dream|mission|ambition)s?(?: \w+){0,2} "
    r"(?:is|was|will be|would be|:)\s*(?P<x>.+)"
    rf"|\bi(?:'m| am|m){STILL} (?:saving(?: up)?|preparing|training|studying) for (?P<y>.+)"
    rf"|\bi(?:'m| am|m){STILL} (?:working|studying|training) towards? (?P<z>.+)"
    r"|\bi(?:'ve| have)(?: just| now| finally)? decided (?:to|on) (?P<w>.+)"
    r"|\bwhat i(?:'d| would|'m)?(?: really)? (?:love|want|like|need|after)\b.{0,30}? is (?P<u>.+)"
    r"|^(?:but |and )?(?:seriously,? )?to (?P<t>become .+)"
    r"|\bi(?:'ve| have)?(?: just| now| finally)? (?:changed|switched|adjusted) my (?:\w+ )?"
    r"(?:goal|aim|target|objective) (?:from .+? )?to (?P<s>.+)"
    r"|\bi'm learning (?!about|that|more|a lot|from)(?P<v>\w{3,}.*)",
    re.IGNORECASE,
)
WISH = re.compile(
    r"(?:^|, )want to (?P<v>.+)|\b(?:i|we)(?: really| still| just| also| always| only| do"
    r"| finally)* "
    r"(?:want to|wanna|would like to|would love to|hope to|need to|have to|gotta|must) "
    rf"(?P<x>.+)|\bi(?:'m| am|m){STILL} (?:trying|hoping|planning|aiming|determined) to (?P<w>.+)"
    r"|\b(?:i|we)'d (?:really |also )?(?:like|love) to (?P<y>.+)|^gotta (?P<z>.+)",
    re.IGNORECASE,
)
# What one wants for longer than a moment.
LASTING = re.compile(
    r"(?:finally |eventually |actually |also |properly |just )*(?:become|be (?:an?|able to|less"
    r"|more|better|promoted|independent|healthier)|learn (?!what|why|if|who|about the)"
    r"|start (?:over|(?:my|an?) (?:\w+ ){0,2}(?:business|company|family|blog|channel|podcast"
    r"|career|club|diet|course|degree|job|band|practice|farm|shop|garden|habit)|"
    r"running|saving|working out|exercising|learning|studying|eating|college|university)"
    r"|open (?:an?"
    r"|my|our)|found an?|launch (?:an?|my|our)|build (?:up )?(?:an?|my|our|better|more)|write"
    r" (?:an?|my) (?:\w+ ){0,2}(?:book|novel|thesis|memoir|album|song|dissertation|screenplay)"
    r"|finish (?:my|the|school|college|writing|reading)|complete (?:my|the)|graduate|pass (?:my|the"
    r"|this)|get (?:into|better|promoted|fit|married|divorced|out of|over (?:my|the|him|her|this)"
    r"|rid of my|back (?:into|together)|in shape|healthy|hired|my (?:licen[cs]e|degree|life"
    r"|own)|an?"
    r" (?:new |better |good |real )?(?:job|degree|dog|cat|promotion|raise|scholarship|licen[cs]e|"
    r"masters?|phd|house|place|visa))|find (?:an?|my|work|new|better|more) (?!way|answer|solution)"
    r"|earn|save (?:up|money|for|at|more|\W?\d)|pay (?:off|back)|buy (?:an?"
    r"|my) (?:\w+ ){0,2}(?:house"
    r"|home|car|flat|apartment|farm|bike|boat|place)|move (?:to|out|in|back|abroad|away|on)|quit"
    r"|leave my|change (?:my|jobs?|careers?|majors?)|switch (?:to|jobs?|careers?|majors?|schools?)"
    r"|improve my|lose (?:\d+|weight|some weight)|stop (?!it\b|here\b)\w+ing|run (?:an?"
    r"|my) (?:\w+ )?"
    r"(?:marathon|race|5k|10k|half|ultra|business)|climb|travel|live (?:in|alone|by|abroad)|study"
    r"|apply (?:for|to) (?!all|each|every)|publish|hire|grow (?:my|as|a)|master|overcome"
    r"|sleep better"
    r"|eat (?:better|healthier|less|more)|exercise|read (?:more|\d+|one)|spend (?:more|less) time"
    r"|cut down|win (?:the|a|my)|compete|volunteer|adopt|raise (?:my|a|kids)|retire"
    r"|get (?:at least )?an? (?-i:[A-D])\b"
    r"|speak (?:up|more|"
    r"better|in public|\w+ (?:fluently|better))|play (?:the|an?) \w+|practi[sc]e|make (?:more|new)"
    r" friends|make it to|reconcile|prepare for|meet (?:more|new) people|cook more"
    r"|work (?:as an?|in"
    r" \w|for myself|less|abroad)|go (?:back to|abroad|to (?:college|university|grad|med|law|art|"
    r"culinary|nursing)))\b",
    re.IGNORECASE,
)
# What is wanted by a time, however it is called.
NO_GOAL = re.compile(
    r"(?:know|ask|tell|say|talk|thank|see|hear|hand|submit|send|call|pay|give|bring|be there"
    r"|leave|go"
    r" home|eat|sleep|die|kill|hurt|clarify|share|vent|add|mention)\b",
    re.IGNORECASE,
)
BOUNDED = re.compile(
    r"\b(?:before|by|until|within|this year|this summer|in (?:\w+ )?(?:weeks|months|years))\b", re.I
)
# What is wanted of a machine is a task of the day.
TASK = re.compile(
    r"\b(?:tables?|columns?|cells?|rows?|scripts?|functions?|files?|folders?|data|errors?|excel"
    r"|spreadsheets?|quer(?:y|ies)|formulas?|macros?|plots?|servers?|drivers?|strings?|arrays?"
    r"|variables?|buttons?|loops?|outputs?|installer?|drives?|usb|wifi|router|gpu|cpu|api|html|css"
    r"|sql|regex|python \d|linux|windows \d+|ubuntu|command|terminal)\b",
    re.IGNORECASE,
)
DUE = re.compile(
    r"\b(?:due|by|before|until|till|deadline|hand in|submit|on|at|in|to|is"
    r"|starts?)\b",
    re.IGNORECASE,
)
MOVED = re.compile(rf"\b{straight.MOVED}\b", re.IGNORECASE)
HAVE = re.compile(r"\b(?:i|we)(?:'ve| have)(?: got)?\b|\bthere(?:'s| is)\b|\w's\b", re.IGNORECASE)
# "The season opener is April 11", "N5 exam: July 5".
SHORT_EVENT = re.compile(
    rf"^(?:\w+ ){{0,3}}?(?:{pattern('events', hangul=False)})s?\b", re.IGNORECASE
)
BARE_EVENT = re.compile(
    r"^(?:the |my |our |this )?(?!he\b|she\b|they\b|it\b|i\b|you\b|that\b|there\b|today\b"
    r"|tomorrow\b)"
    r"\w+(?: \w+){0,3}(?: (?:is|are|gets?|takes place|falls|happens|will be)\b|'s\b|:)",
    re.IGNORECASE,
)
SET = re.compile(
    r"\b(?:there's|there is|i have|i've got|we have|we've got) (?:an?|the|my|our|another) \w+", re.I
)
ENDS = re.compile(
    r"\b(?:(?<!the )ends?|closes?|shuts?|runs? out|runs? until|expires?|(?:is|are) due"
    r"|starts?|begins?"
    r"|opens?)\b",
    re.IGNORECASE,
)
FROM = re.compile(r"\bfrom (?:the |early |mid |late )*$", re.IGNORECASE)
# What is from a day on begins on it: "my course is from Monday".
IS_FROM = re.compile(
    r"(?:\b(?:is|are|be|runs?|starts?|starting|begins?|takes place)|'s) from\b", re.IGNORECASE
)
LAUNCH = re.compile(r"\bwe launch\b", re.IGNORECASE)
MUST = re.compile(r"\b(?:due|have to|must|need to|gotta|tonight)\b", re.IGNORECASE)
YOU = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)
SINCE = re.compile(
    r"\b(?:(?:i|we|she|he|they) (?:was|were)|since|have been|has been|was on"
    r"|were on|used to)\b",
    re.IGNORECASE,
)
VAGUE = re.compile(r"\b(?:this|next|of the) year\b", re.IGNORECASE)
OWN = re.compile(r"\b(?:i|we|my|our)\b|^gotta\b", re.IGNORECASE)
# Without a subject, as one types, or as a plan: "will draft it", "I'm joining on Friday".
PLAN = re.compile(
    r"^(?:and |then )?(?:gonna|will|going to) (?P<x>\w+ .+)"
    r"|\bi'm (?P<y>(?!(?:feeling|thinking|wondering|trying|hoping|dreading|being|having|getting"
    r"|looking|doing|going to|working|dying|losing|planning|freaking|stressing|panicking)\b)"
    r"\w+ing .+)",
    re.IGNORECASE,
)
INTENT = re.compile(
    r"\b(?P<who>i|we)(?:'ll| will|'m going to| am going to|'m gonna| gonna|'re going to)(?: also|"
    r" definitely| finally| then| just| really)* (?P<x>\w+.*)"
    r"|\bi(?:'ve| have)? (?:just )?(?:promised?|swore|swear|committed|pledged?)\b(?P<y>.+)",
    re.IGNORECASE,
)
NO_INTENT = re.compile(
    r"(?:be|have|never|not|call (?:this|it|that|(?-i:\w+ [A-Z]\w*))|start (?:off|by|with)|get"
    r"|see|think|let|probably"
    r"|always|survive"
    r"|live|die|miss|cry"
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
    r"\bi(?:'d| would)? (?:really |much |generally |usually )?prefer\b(?P<a>.+)"
    r"|\bi(?:'d| would) (?:much )?rather (?P<a2>(?:not |talk|work|write|text|read|speak|use"
    r"|have|learn"
    r"|hear|get).+)"
    r"|(?:^|[,;] |\band |\bbut )(?:well |honestly |also |i think )?i (?:really |absolutely "
    r"|do |also )?"
    r"(?:like|love|enjoy|hate|dislike|can't stand|don't like|loathe) (?P<b>.+)"
    r"|\bi (?:work|learn|think|focus|study|sleep|concentrate) (?:way |much |so much )?(?:best"
    r"|better)\b(?P<c>.+)"
    r"|^(?:and |so |ok |oh )?(?:please|kindly) (?:(?:don't|do not|never|always|avoid|stop|keep)(?:"
    r" (?:be|us)ing)?(?: it| your answers)?|use|speak|write|answer|talk) (?P<d>.+)"
    r"|\b(?P<e>(?:is|are) (?:so much |much )?(?:easier|better|best) for me)\b"
    r"|\bi find it (?P<i>(?:much |way )?(?:easier|harder|better) to .+)"
    r"|\bi (?P<j>(?:don't )?do (?:well|better|best) (?:with|when|without) .+)"
    r"|\bi like (?:it )?(?P<k>when you .+)"
    r"|^(?:please |just |also )*(?P<l>(?:be|talk) (?:straight|honest|direct|blunt|brief)\b.*)"
    r"|^(?:please |just |also )*(?P<m>(?:don't|do not) (?:give me|sugarcoat|use|ask me"
    r"|send me|call me) .+)"
    r"|\b(?P<n>give me (?:concrete|short|honest|direct|clear|practical|straight) .+)"
    r"|(?P<o>\bno (?:fluff|sugarcoating|pep talks?|lectures?|lists?|emojis?|jargon)\b"
    r"|tell me straight)"
    r"|\bmy favou?rite (?P<f>.+)|\bi(?:'m| am) (?:not )?an? (?P<g>(?:morning|night|cat|dog|people|"
    r"visual|outdoors) (?:person|owl|learner))|\bi(?:'m| am) (?:allergic to|vegan|vegetarian|"
    r"lactose)\b(?P<h>.*)",
    re.IGNORECASE,
)
NO_PREFERENCE = re.compile(
    r"\s*(?:(?:it|that|this|you|your|to (?:think|say|ask|know|hear)|how|what|when|where|why|so|not"
    r"|the (?:idea|sound|way|plan|question|thought|fact|soup|weather)|my|myself|being|worry|feel"
    r"|hesitate|get me wrong|judge|help|excuse|forgive)\b|(?:him|her|them|everything|everyone"
    r"|people)"
    r"\b(?! \w+ing\b)|$)|.*\b(?:boyfriend|girlfriend)\b",
    re.IGNORECASE,
)
OBSTACLE = re.compile(
    r"\bi never (?:finished|learned|went|had|got)\b|\b(?:days?|weeks?|months?|years?) behind\b"
    r"|\bi(?:'m| am) (?:colou?r-?blind|deaf|blind|dyslexic|disabled|broke|in debt)\b|"
    r"\bi don't (?:speak|understand (?:the|my|how)|know how to|know anyone)\b"
    r"|\bi (?:always |often |usually )?(?:forget|keep forgetting) to \w+\b|"
    r"\b(?:my|our) (?:\w+ ){1,4}(?:doesn't|don't|won't|never) (?:answer|reply|listen|help"
    r"|respond|care"
    r"|understand|let|talk|speak|work|pay|show)\w*\b|\bi've never (?:\w+ )?(?:done"
    r"|shipped|learned|used|written|worked|spoken|managed|lived|studied|coded)\b|"
    r"\b(?:my|the|main|biggest) (?:problem|trouble|issue|hard part|obstacle) is\b(?!,)"
    r"|\b(?:i|we) (?:really |just |still |simply |also )*(?:can't|cannot|can not)(?: \w+)"
    r"{0,2} (?:focus|concentrate|sleep|afford|find (?:an? |any |my |the )?(?:new "
    r"|good )?(?:job|work|time|friends?|place|flat|apartment|motivation|energy|someone|anyone"
    r"|peace|purpose|mentor|therapist|courage|words)|finish|keep|study|work|run|start|stop|speak|"
    r"talk|make|pay|eat|walk|travel|move|reach|follow|remember|learn|trust)\b(?! (?:\w+ )?(?:an?"
    r" )?(?:answer|solution|way|info|anything))"
    r"|\b(?:he|she|they|who|(?:my|our|the) (?:\w+ ){0,3}\w+) (?:keeps?|kept) \w+ing\b"
    r"|\brefuse[sd]? (?:my|me|us|our|to)\b|\b(?:my|me|our) .*\b(?:rejected|turned down)\b"
    r"|\b(?:rejected|turned down) (?:my|me|us|our)\b|\bwon't let (?:me|us)\b"
    r"|\bno (?:time|money|energy|support|experience|teacher|one to|one who|job|space|budget)\b"
    r"|(?<!not )\btoo (?:expensive|noisy|loud|far|hard|difficult|shy|slow|busy|scared|afraid"
    r"|small)\b"
    r"|\bi(?:'m|'ve been| am| keep| have been)? (?:\w+ )?(?:struggl\w+|stuck) (?:with|to|on"
    r"|in|at)\b|\b(?:makes?|made|making) it (?:hard|difficult|"
    r"impossible)\b|\bhard(?:er)? (?:for me )?to (?:study|focus|sleep|work|find|keep|concentrate)\b"
    r"|\bbehind (?:on|with|schedule)\b|\b(?:haven't|have not|didn't"
    r"|hasn't) (?:even )?(?:start|finish"
    r"|manag|pass|begun|had time)\w*|\b(?:don't|doesn't|do not) have (?:enough|any|the|a|time"
    r"|money)"
    r"|\b(?:shouts?|yells?|screams?) at me\b|\b(?:ignores?|undermines?|interrupts?|blames?"
    r"|bull(?:y|"
    r"ies)|micromanages?|excludes?) (?:me|my|us)\b|\bnothing is ready\b|\bi(?:'m"
    r"| am) (?:\w+ )?(?:afraid|scared"
    r"|terrified) (?:of|to)\b|\bi (?:have|suffer from|live with"
    r"|was diagnosed with) (?:\w+ ){0,3}(?:diabetes|"
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
SELF = re.compile(
    r"\b(?:i|i'\w+|im|my|me|we|we'\w+|our|please|gotta|name|it's|here|this is)\b", re.IGNORECASE
)
# The name that is wrong, behind the one that is right.
WRONG = re.compile(rf",?(?: and)? not {NAME}(?=$|[,.])")
CORRECTED = re.compile(rf"\bnot (?P<x>{NAME})(?=$|[,.])")
