// What the page says of what mentors are going to write, in English and Korean.

export const EN = {
  open: "Coming up", title: "Coming up", count: (n) => `${n} planned`,
  intro: "What mentors are going to write to you of themselves. Call off what you don't want.",
  loading: "Opening…", failed: "This could not be loaded.",
  noneAllowed: "Mentors don't write first unless you allow it. What they may do is up to you, here:",
  none: "Nothing is planned. When a mentor promises to ask, or you name a day that matters, it is announced here first.",
  line: {
    promise: (name, when) => `${name} will ask you ${when}`,
    check_in: (name, when) => `${name} will check in ${when}`,
    reminder: (name, when) => `${name} will remind you ${when}`,
    nudge: (name, when) => `${name} will write ${when}, if you were not here until then`,
  },
  part: {
    today: { morning: "this morning", afternoon: "this afternoon", evening: "this evening", night: "tonight" },
    near: { morning: "morning", afternoon: "afternoon", evening: "evening", night: "night" },
    far: { morning: "in the morning", afternoon: "in the afternoon", evening: "in the evening", night: "at night" },
  },
  tomorrow: "tomorrow", on: (day) => `on ${day}`,
  promised: (text) => `As promised: “${text}”`, about: (text) => `About: “${text}”`,
  goesOn: "From where you left off", ownWords: (text) => `In your words: “${text}”`,
  days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  everyDay: "every day", weekdays: "on weekdays",
  inZone: (time, zone) => `${time} (${zone})`,
  conversation: "Open the conversation",
  callOff: "Call it off", callOffOf: (line) => `Call it off: ${line}`,
  end: "End these check-ins", endOf: (line) => `End these check-ins: ${line}`,
  calledOff: (line) => `Called off: ${line}`, undo: "Let it come",
  consents: "What mentors may do of themselves",
  checkIns: "Write to me first", checkInsHint: "At a time we agreed on, or when a mentor promised to ask.",
  reminders: "Remind me of days I named", remindersHint: "The evening before, or in the morning of the day. Not of anything sensitive.",
  nudges: "A word when I was away for some days", nudgesHint: "About a goal that is still open. It stops when I don't answer.",
  often: "Check-ins and words in between come at most once a day and three times a week, and none of these rings in your quiet hours.",
  settings: "Notifications and quiet hours",
};

export const KO = {
  open: "다가올 연락", title: "다가올 연락", count: (n) => `예정 ${n}개`,
  intro: "멘토가 먼저 건넬 말이에요. 원하지 않는 것은 취소하세요.",
  loading: "여는 중…", failed: "불러오지 못했어요.",
  noneAllowed: "허락하지 않으면 멘토가 먼저 말을 걸지 않아요. 어디까지 괜찮은지 여기에서 정하세요.",
  none: "예정된 연락이 없어요. 멘토가 물어보겠다고 약속하거나 중요한 날을 말씀하시면 여기에 먼저 알려 드려요.",
  line: {
    promise: (name, when) => `${when} ${name}의 질문이 와요`,
    check_in: (name, when) => `${when} ${name}의 안부가 와요`,
    reminder: (name, when) => `${when} ${name}의 알림이 와요`,
    nudge: (name, when) => `그때까지 쉬시면 ${when} ${name}의 한마디가 와요`,
  },
  part: {
    today: { morning: "오늘 아침에", afternoon: "오늘 오후에", evening: "오늘 저녁에", night: "오늘 밤에" },
    near: { morning: "아침에", afternoon: "오후에", evening: "저녁에", night: "밤에" },
    far: { morning: "아침에", afternoon: "오후에", evening: "저녁에", night: "밤에" },
  },
  tomorrow: "내일", on: (day) => `${day}`,
  promised: (text) => `약속한 대로: “${text}”`, about: (text) => `이야기할 것: “${text}”`,
  goesOn: "지난 이야기에 이어서", ownWords: (text) => `직접 하신 말: “${text}”`,
  days: ["월", "화", "수", "목", "금", "토", "일"],
  everyDay: "매일", weekdays: "평일마다",
  inZone: (time, zone) => `${time} (${zone})`,
  conversation: "대화 열기",
  callOff: "취소하기", callOffOf: (line) => `취소하기: ${line}`,
  end: "이 안부 그만 받기", endOf: (line) => `이 안부 그만 받기: ${line}`,
  calledOff: (line) => `취소했어요: ${line}`, undo: "되돌리기",
  consents: "멘토가 먼저 해도 되는 것",
  checkIns: "먼저 말 걸기", checkInsHint: "정해 둔 시간이나, 멘토가 물어보겠다고 약속한 때예요.",
  reminders: "내가 말한 날 알려 주기", remindersHint: "전날 저녁이나 그날 아침이에요. 민감한 내용은 알리지 않아요.",
  nudges: "며칠 쉬면 한마디 건네기", nudgesHint: "아직 진행 중인 목표에 대해서예요. 답하지 않으면 그만해요.",
  often: "안부와 한마디는 하루 한 번, 일주일에 세 번까지예요. 이런 연락은 방해 금지 시간에 울리지 않아요.",
  settings: "알림과 방해 금지 시간",
};

const NEAR_DAYS = 6;
const DAY_MS = 86_400_000;

/** Return what a plan is about, without its day, in its kind's words. */
export function aboutOf({ kind, words: text, memory_id }, { planned: said }) {
  if (!text) return said.goesOn;
  if (kind === "reminder") return said.ownWords(text);
  return (memory_id ? said.promised : said.about)(text);
}

/** Return a plan as a sentence: who writes, and when, as people say it. */
export function lineOf(plan, name, words, now) {
  const kind = plan.memory_id && plan.kind === "check_in" ? "promise" : plan.kind;
  return words.planned.line[kind](name, whenOf(plan, words, now));
}

/** Return when it comes: "this evening", "on Sunday evening", "on December 12 in …". */
export function whenOf({ date, time, timezone }, words, now) {
  const said = words.planned;
  const part = partOf(Number(time.slice(0, 2)));
  const inDays = Math.round((Date.parse(date) - Date.parse(dayIn(timezone, now))) / DAY_MS);
  if (inDays <= 0) return said.part.today[part];
  if (inDays === 1) return `${said.tomorrow} ${said.part.near[part]}`;
  const noon = `${date}T12:00`;
  const near = inDays <= NEAR_DAYS;
  const day = near ? words.weekday(noon) : words.date(noon);
  return `${said.on(day)} ${said.part[near ? "near" : "far"][part]}`;
}

/** Return on which days a check-in comes again, "" for one that comes once. */
export function rhythmOf({ days }, { planned: said }) {
  const sorted = [...days].sort((a, b) => a - b);
  if (sorted.length === 7) return said.everyDay;
  if (sorted.join() === "1,2,3,4,5") return said.weekdays;
  return sorted.map((day) => said.days[day - 1]).join(", ");
}

function partOf(hour) {
  if (hour >= 5 && hour < 12) return "morning";
  if (hour >= 12 && hour < 17) return "afternoon";
  return hour >= 17 && hour < 22 ? "evening" : "night";
}

/** The day it is in a zone, or here where nobody knows it. */
function dayIn(timeZone, now) {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(now);
  } catch {
    return dayIn(undefined, now);
  }
}
