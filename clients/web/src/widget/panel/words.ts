// What the panel says, in English and Korean.

import { type Words, ownLanguage } from "../launcher/words";

/** The words of the panel; a page may say others with `IonChat.words`. */
export interface PanelWords {
  subtitle: string;
  newChat: string;
  list: string;
  listBack: string;
  listNone: string;
  listOld: string;
  listMore: string;
  fetching: string;
  answering: string;
  unread: (count: number) => string;
  notify: string;
  notifyOn: string;
  notifyOff: string;
  conversation: string;
  aiNote: string;
  hello: string;
  helloText: string;
  starters: readonly string[];
  message: string;
  placeholder: string;
  send: string;
  stop: string;
  tooLong: (count: number) => string;
  said: string;
  someone: string;
  thinking: (name: string) => string;
  queued: string;
  sent: string;
  failed: string;
  retry: string;
  change: string;
  stopped: string;
  stoppedEmpty: string;
  failedTurn: string;
  askAgain: string;
  again: string;
  toBottom: string;
  connecting: string;
  reconnecting: string;
  offline: string;
  back: string;
  replaced: string;
  forbidden: string;
  tryNow: string;
  expired: string;
  safetyTitle: string;
  safetyText: string;
  website: string;
  checked: (date: string) => string;
  call: (name: string, contact: string) => string;
  errors: Readonly<Record<string, string>>;
}

const EN: PanelWords = {
  subtitle: "The mentor who fits answers",
  newChat: "New conversation",
  list: "Conversations",
  listBack: "Back to the conversation",
  listNone: "What you talk about will be listed here.",
  listOld: "No connection right now: some of it may be missing.",
  listMore: "Older conversations",
  fetching: "One moment…",
  answering: "Being answered…",
  unread: (count) => `${count} unread`,
  notify: "Tell me when an answer comes",
  notifyOn: "You will be told of answers on this device.",
  notifyOff: "Notifications are blocked for this page. You can allow them in the browser's settings.",
  conversation: "Conversation",
  aiNote: "You talk with AI mentors, not with people.",
  hello: "What would help today?",
  helloText: "Write as it comes. The mentors read along.",
  starters: [
    "I can't switch off after work.",
    "Help me plan the weeks before my exam.",
    "Should I stay in my job or look for a new one?",
  ],
  message: "Message",
  placeholder: "What is on your mind?",
  send: "Send",
  stop: "Stop the answer",
  tooLong: (count) => `${count} characters too many`,
  said: "You wrote",
  someone: "A mentor",
  thinking: (name) => `${name} is thinking`,
  queued: "Waiting to be sent",
  sent: "Sent",
  failed: "Not sent",
  retry: "Try again",
  change: "Edit",
  stopped: "Stopped here.",
  stoppedEmpty: "Stopped before an answer began.",
  failedTurn: "This could not be answered.",
  askAgain: "Ask again",
  again: "Answer again",
  toBottom: "Newest message",
  connecting: "Connecting…",
  reconnecting: "Connection lost. Reconnecting…",
  offline: "You are offline. What you write is sent when you are back.",
  back: "Connected again.",
  replaced: "The chat is open in many places.",
  forbidden: "The chat may not be used on this page.",
  tryNow: "Try now",
  expired: "You were signed out. This is a new conversation.",
  safetyTitle: "You do not have to carry this alone",
  safetyText: "People you can reach right now:",
  website: "Website",
  checked: (date) => `Checked ${date}`,
  call: (name, contact) => `Contact ${name}: ${contact}`,
  errors: {
    rate_limited: "Too many messages at once. Wait a moment.",
    text_too_long: "The message is too long.",
    not_found: "This conversation no longer exists.",
    gone: "This conversation no longer exists.",
    provider_unavailable: "The mentor can't be reached right now.",
    provider_timeout: "The mentor took too long.",
    quota_exceeded: "The limit for now is used up.",
    safety_blocked: "This could not be answered safely.",
    overloaded: "Too much is going on right now.",
    default: "Something went wrong on our side.",
  },
};

const KO: PanelWords = {
  subtitle: "가장 잘 맞는 멘토가 답해요",
  newChat: "새 대화",
  list: "대화 목록",
  listBack: "대화로 돌아가기",
  listNone: "나눈 이야기가 여기에 모여요.",
  listOld: "지금은 연결되지 않아 빠진 대화가 있을 수 있어요.",
  listMore: "이전 대화 더 보기",
  fetching: "잠시만요…",
  answering: "답하는 중…",
  unread: (count) => `읽지 않음 ${count}개`,
  notify: "답이 오면 알림 받기",
  notifyOn: "이 기기로 답을 알려 드릴게요.",
  notifyOff: "이 페이지의 알림이 막혀 있어요. 브라우저 설정에서 허용할 수 있어요.",
  conversation: "대화",
  aiNote: "사람이 아니라 AI 멘토와 이야기해요.",
  hello: "오늘은 무엇이 도움이 될까요?",
  helloText: "떠오르는 대로 적어 보세요. 멘토들이 함께 읽어요.",
  starters: [
    "퇴근해도 머리가 쉬질 않아요.",
    "시험까지 남은 몇 주를 같이 계획해 주세요.",
    "지금 회사에 남을까요, 이직을 준비할까요?",
  ],
  message: "메시지",
  placeholder: "어떤 이야기든 괜찮아요",
  send: "보내기",
  stop: "답변 멈추기",
  tooLong: (count) => `${count}자 넘음`,
  said: "내가 쓴 말",
  someone: "멘토",
  thinking: (name) => `${name} 생각하는 중`,
  queued: "보내기를 기다리는 중",
  sent: "보냄",
  failed: "보내지 못함",
  retry: "다시 보내기",
  change: "고쳐 쓰기",
  stopped: "여기서 멈췄어요.",
  stoppedEmpty: "답을 시작하기 전에 멈췄어요.",
  failedTurn: "답하지 못했어요.",
  askAgain: "다시 묻기",
  again: "다시 답하기",
  toBottom: "가장 최근 메시지",
  connecting: "연결하는 중…",
  reconnecting: "연결이 끊겼어요. 다시 연결하는 중…",
  offline: "오프라인이에요. 쓰신 글은 연결되면 보낼게요.",
  back: "다시 연결됐어요.",
  replaced: "채팅이 여러 곳에서 열려 있어요.",
  forbidden: "이 페이지에서는 채팅을 쓸 수 없어요.",
  tryNow: "지금 다시",
  expired: "로그아웃되어 새 대화를 시작해요.",
  safetyTitle: "혼자 견디지 않아도 괜찮아요",
  safetyText: "지금 바로 연락할 수 있는 곳이에요.",
  website: "누리집",
  checked: (date) => `${date} 확인`,
  call: (name, contact) => `${name} 연락하기: ${contact}`,
  errors: {
    rate_limited: "한꺼번에 너무 많이 보냈어요. 잠시만 기다려 주세요.",
    text_too_long: "메시지가 너무 길어요.",
    not_found: "이 대화는 이제 없어요.",
    gone: "이 대화는 이제 없어요.",
    provider_unavailable: "지금은 멘토와 연결되지 않아요.",
    provider_timeout: "멘토의 답이 너무 오래 걸렸어요.",
    quota_exceeded: "지금 쓸 수 있는 만큼 다 썼어요.",
    safety_blocked: "안전하게 답할 수 없었어요.",
    overloaded: "지금은 많이 붐벼요.",
    default: "저희 쪽에서 문제가 생겼어요.",
  },
};

/** Return the panel's words in a language, with a page's own before the widget's. */
export function panelWords(lang: string, own: Partial<Words>): PanelWords {
  return { ...(ownLanguage(lang) === "ko" ? KO : EN), ...own };
}
