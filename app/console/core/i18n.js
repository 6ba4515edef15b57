// What the page says, in English and Korean.

import * as account from "./account_words.js";
import * as memory from "./memory_words.js";
import * as notifications from "./notification_words.js";
import * as planned from "./planned_words.js";

const EN = {
  account: account.EN, memory: memory.EN, notifications: notifications.EN, planned: planned.EN,
  conversations: "Conversations", newChat: "New conversation", openList: "Show conversations",
  closeList: "Hide conversations", untitled: "New conversation", more: "Show more",
  noSessions: "What you talk about will be listed here.",
  delete: "Delete", options: (title) => `Options for “${title}”`,
  renameTitle: "Rename this conversation", titleLabel: "Title", save: "Save", cancel: "Cancel",
  deleteTitle: "Delete this conversation?",
  deleteText: (title) => `“${title}” and everything said in it will be gone for good.`,
  deleteMessage: "Delete this message", deleteMessageTitle: "Delete this message?",
  deleteMessageText: "The message, its answer and what was remembered from them will be gone for good.",
  close: "Close", answering: "being answered", notSent: "not sent yet",
  themes: { auto: "Device theme", light: "Light theme", dark: "Dark theme" },
  language: "한국어로 보기", skip: "Skip to the message field",
  conversation: "Conversation", older: "Show earlier messages", loadingOlder: "Loading earlier messages…",
  said: "You wrote", thinking: (name) => `${name} is thinking`, someone: "A mentor",
  waitingTurn: "Will be answered next", loading: "Opening the conversation…",
  why: (name) => `${name}, why this mentor?`, whyTitle: "Why this mentor answers",
  youChose: "You chose this mentor.", heard: "How your message came across", model: "Answered by",
  offlineModel: "the built-in engine, without a language model", safetyModel: "a fixed, checked text",
  checkInModel: "a fixed text, at the time you agreed on",
  reminderModel: "a fixed text, for a day you named", nudgeModel: "a fixed text, after some quiet days",
  stopped: "Stopped here.", stoppedEmpty: "Stopped before an answer began.",
  cut: "The answer reached its greatest length.",
  newMessages: "New", toBottom: "Go to the newest message",
  message: "Message", placeholder: "What is on your mind?", send: "Send", stop: "Stop the answer",
  hint: "Enter sends, Shift+Enter starts a new line", left: (n) => `${n} characters left`,
  tooLong: (n) => `${n} characters too many`,
  whoAnswers: "Who answers?", auto: "Whoever fits", autoLong: "The mentor who fits each message best",
  chosen: (name) => `Who answers: ${name}`,
  pending: "Waiting to be sent", sent: "Sent", failed: "Not sent", retry: "Try again", discard: "Edit",
  failedTurn: "This could not be answered.", askAgain: "Ask again",
  connecting: "Connecting…", reconnecting: "Connection lost. Reconnecting…",
  offline: "You are offline. What you write is sent when you are back.",
  replaced: "This conversation is open in many places. Come back here?", forbidden: "The server does not accept this page.",
  tryNow: "Try now", back: "Connected again.",
  freshStart: "Your earlier conversations could not be opened again, so this is a fresh start.",
  notReached: "That did not work. Check the connection and try again.",
  safetyTitle: "You do not have to carry this alone",
  safetyText: "People you can reach right now:", website: "Website",
  checked: (date) => `Checked ${date}`, call: (name, contact) => `Contact ${name}: ${contact}`,
  aiNote: "You talk with AI mentors here, not with people.",
  hello: "What would help today?",
  helloText: "Write as it comes. The mentors read along, and the one who fits answers.",
  starters: [
    "I can't switch off after work, and I'm tired of it.",
    "Help me plan the next two weeks before my exam.",
    "Should I stay in my job or look for a new one?",
    "A colleague takes credit for my work. How do I bring it up?",
  ],
  errors: {
    rate_limited: "Too many messages at once. Wait a moment.", text_too_long: "The message is too long.",
    not_found: "This conversation no longer exists.", gone: "This conversation no longer exists.",
    provider_unavailable: "The mentor can't be reached right now.",
    provider_timeout: "The mentor took too long.", quota_exceeded: "The limit for now is used up.",
    safety_blocked: "This could not be answered safely.", overloaded: "Too much is going on right now.",
    default: "Something went wrong on our side.",
  },
  tones: {
    frustrated: "frustrated", playful: "playful", anxious: "worried", analytical: "analytical",
    calm: "calm", curious: "curious", urgent: "urgent", confused: "confused", collaborative: "collaborative",
  },
  paces: { burst: "in quick bursts", flowing: "flowing", contemplative: "taking time", medium: "steady" },
  intents: {
    seek_advice: "asking for advice", problem_solving: "solving a problem", learning: "learning",
    validation: "checking", planning: "planning", reflection: "thinking it over",
  },
  today: "Today", yesterday: "Yesterday",
  again: "Answer again", helpful: "Helpful", notHelpful: "Not helpful",
  againWaits: "Will be answered again", leaveIt: "Leave it",
  versions: (at) => `Version ${at}`, before: "Version before", after: "Version after",
  edit: (text) => `Edit “${text}”`, editing: "Edit your message",
  unread: (n) => `${n} unread`,
};

const KO = {
  account: account.KO, memory: memory.KO, notifications: notifications.KO, planned: planned.KO,
  conversations: "대화 목록", newChat: "새 대화", openList: "대화 목록 열기",
  closeList: "대화 목록 닫기", untitled: "새 대화", more: "더 보기",
  noSessions: "나눈 이야기가 여기에 모여요.",
  delete: "삭제", options: (title) => `‘${title}’ 메뉴`,
  renameTitle: "대화 이름 바꾸기", titleLabel: "이름", save: "저장", cancel: "취소",
  deleteTitle: "이 대화를 삭제할까요?",
  deleteText: (title) => `‘${title}’에서 나눈 이야기가 모두 지워지고 되돌릴 수 없어요.`,
  deleteMessage: "이 메시지 삭제하기", deleteMessageTitle: "이 메시지를 삭제할까요?",
  deleteMessageText: "메시지와 답, 거기서 기억한 것이 모두 지워지고 되돌릴 수 없어요.",
  close: "닫기", answering: "답하는 중", notSent: "아직 보내지 못함",
  themes: { auto: "기기 테마", light: "밝은 테마", dark: "어두운 테마" },
  language: "View in English", skip: "입력란으로 건너뛰기",
  conversation: "대화", older: "이전 메시지 보기", loadingOlder: "이전 메시지를 불러오는 중…",
  said: "내가 쓴 말", thinking: (name) => `${name} 생각하는 중`, someone: "멘토",
  waitingTurn: "이어서 답할게요", loading: "대화를 여는 중…",
  why: (name) => `${name}, 이 멘토가 답하는 이유 보기`, whyTitle: "이 멘토가 답하는 이유",
  youChose: "직접 고르신 멘토예요.", heard: "메시지에서 느껴진 것", model: "답을 만든 곳",
  offlineModel: "언어 모델이 없는 내장 엔진", safetyModel: "미리 확인해 둔 글",
  checkInModel: "약속한 시간에 보내는 정해진 글",
  reminderModel: "말씀하신 날에 보내는 정해진 글", nudgeModel: "며칠 조용할 때 보내는 정해진 글",
  stopped: "여기서 멈췄어요.", stoppedEmpty: "답을 시작하기 전에 멈췄어요.",
  cut: "답이 가장 긴 길이에 닿았어요.",
  newMessages: "새 메시지", toBottom: "가장 최근 메시지로 가기",
  message: "메시지", placeholder: "어떤 이야기든 괜찮아요", send: "보내기", stop: "답변 멈추기",
  hint: "Enter로 보내고 Shift+Enter로 줄을 바꿔요", left: (n) => `${n}자 남음`,
  tooLong: (n) => `${n}자 넘음`,
  whoAnswers: "누가 답할까요?", auto: "알아서", autoLong: "메시지마다 가장 잘 맞는 멘토",
  chosen: (name) => `답하는 멘토: ${name}`,
  pending: "보내기를 기다리는 중", sent: "보냄", failed: "보내지 못함", retry: "다시 보내기", discard: "고쳐 쓰기",
  failedTurn: "답하지 못했어요.", askAgain: "다시 묻기",
  connecting: "연결하는 중…", reconnecting: "연결이 끊겼어요. 다시 연결하는 중…",
  offline: "오프라인이에요. 쓰신 글은 연결되면 보낼게요.",
  replaced: "여러 곳에서 열려 있어요. 여기서 이어 갈까요?", forbidden: "서버가 이 페이지를 받아들이지 않아요.",
  tryNow: "지금 다시", back: "다시 연결됐어요.",
  freshStart: "이전 대화를 다시 열 수 없어서 새로 시작해요.",
  notReached: "잘 되지 않았어요. 연결을 확인하고 다시 해 보세요.",
  safetyTitle: "혼자 견디지 않아도 괜찮아요",
  safetyText: "지금 바로 연락할 수 있는 곳이에요.", website: "누리집",
  checked: (date) => `${date} 확인`, call: (name, contact) => `${name} 연락하기: ${contact}`,
  aiNote: "여기서는 사람이 아니라 AI 멘토와 이야기해요.",
  hello: "오늘은 무엇이 도움이 될까요?",
  helloText: "떠오르는 대로 적어 보세요. 멘토들이 함께 읽고, 가장 잘 맞는 멘토가 답해요.",
  starters: [
    "퇴근해도 머리가 쉬질 않아서 지쳐요.",
    "시험까지 2주 계획을 같이 세워 주세요.",
    "지금 회사에 남을까요, 이직을 준비할까요?",
    "동료가 제 성과를 가로채요. 어떻게 말하면 좋을까요?",
  ],
  errors: {
    rate_limited: "한꺼번에 너무 많이 보냈어요. 잠시만 기다려 주세요.", text_too_long: "메시지가 너무 길어요.",
    not_found: "이 대화는 이제 없어요.", gone: "이 대화는 이제 없어요.",
    provider_unavailable: "지금은 멘토와 연결되지 않아요.",
    provider_timeout: "멘토의 답이 너무 오래 걸렸어요.", quota_exceeded: "지금 쓸 수 있는 만큼 다 썼어요.",
    safety_blocked: "안전하게 답할 수 없었어요.", overloaded: "지금은 많이 붐벼요.",
    default: "저희 쪽에서 문제가 생겼어요.",
  },
  tones: {
    frustrated: "답답함", playful: "장난스러움", anxious: "걱정", analytical: "분석적임",
    calm: "차분함", curious: "궁금함", urgent: "급함", confused: "혼란스러움", collaborative: "함께하려는 마음",
  },
  paces: { burst: "짧고 빠르게", flowing: "술술", contemplative: "천천히", medium: "고르게" },
  intents: {
    seek_advice: "조언 구하기", problem_solving: "문제 풀기", learning: "배우기",
    validation: "확인하기", planning: "계획하기", reflection: "돌아보기",
  },
  today: "오늘", yesterday: "어제",
  again: "다시 답하기", helpful: "도움이 됐어요", notHelpful: "도움이 안 됐어요",
  againWaits: "다시 답할게요", leaveIt: "그대로 두기",
  versions: (at) => `답 ${at}`, before: "이전 답", after: "다음 답",
  edit: (text) => `‘${text}’ 고치기`, editing: "메시지 고치기",
  unread: (n) => `읽지 않음 ${n}개`,
};

export const LANGUAGES = { en: EN, ko: KO };

/** Return "ko" or "en": the person's choice, else the first of the browser's languages we speak. */
export function chooseLanguage(chosen, preferred) {
  if (Object.hasOwn(LANGUAGES, chosen ?? "")) return chosen;
  const spoken = preferred.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
}

/** Return a resonance key in words, or the key itself where a part of it is not known. */
export function resonanceWords(key, words) {
  const [tone, pace, intent] = key.split("-");
  const parts = [words.tones[tone], words.paces[pace], words.intents[intent]];
  return parts.every(Boolean) ? parts.join(" · ") : key;
}

/**
 * Return the words of a language with its ways to write a time and a day: those of the first of the
 * `preferred` tags that is of this language ("en-GB").
 */
export function wordsOf(language, now = () => new Date(), preferred = []) {
  const words = LANGUAGES[language];
  const tag = preferred.find((each) => each.split("-")[0].toLowerCase() === language) ?? language;
  const time = new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" });
  const date = new Intl.DateTimeFormat(tag, { month: "long", day: "numeric" });
  const dated = new Intl.DateTimeFormat(tag, { year: "numeric", month: "long", day: "numeric" });
  const day = new Intl.DateTimeFormat(tag, { weekday: "long", month: "long", day: "numeric" });
  const weekday = new Intl.DateTimeFormat(tag, { weekday: "long" });
  return {
    ...words,
    weekday: (at) => weekday.format(new Date(at)),
    /** A day and a time of somebody's own clock, "2026-12-06" and "19:03". */
    wall: (onDay, atTime) => {
      const at = new Date(`${onDay}T${atTime}`);
      return `${day.format(at)}, ${time.format(at)}`;
    },
    time: (at) => time.format(new Date(at)),
    date: (at) => {
      const thisYear = new Date(at).getFullYear() === now().getFullYear();
      return (thisYear ? date : dated).format(new Date(at));
    },
    day: (at) => {
      const days = Math.round((midnight(now()) - midnight(new Date(at))) / 86_400_000);
      return [words.today, words.yesterday][days] ?? day.format(new Date(at));
    },
  };
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
