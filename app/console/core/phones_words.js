// What the page of simulated phones says, in English and Korean.

export const EN = {
  title: "Phones", back: "Back to the conversation",
  intro: "Simulated phones, for development. They show what a real phone would be sent when an answer ends and nobody reads it. Begin a conversation, come back here before it is answered, and wait a few seconds.",
  consents: "Without being asked",
  none: "There is no phone yet.", add: "Add a phone",
  names: { ios: "iPhone", android: "Android phone", web: "Browser", cli: "Terminal" },
  name: (kind, number) => `${kind} ${number}`,
  quiet: "No notifications", cards: (name) => `Notifications on ${name}`,
  badge: (n) => (n === 1 ? "1 unread answer" : `${n} unread answers`),
  preview: "Show words on the locked screen", remove: "Remove", test: "Send a test",
  removeOf: (name) => `Remove ${name}`, testOf: (name) => `Send a test to ${name}`,
  dismiss: (title) => `Dismiss “${title}”`,
  failed: "The server can't be reached. Trying again…",
};

export const KO = {
  title: "휴대폰", back: "대화로 돌아가기",
  intro: "개발용 가상 휴대폰이에요. 답이 왔는데 아무도 읽지 않을 때 실제 휴대폰에 뜰 알림을 보여 줘요. 새 대화를 시작하고 답이 오기 전에 이 화면으로 돌아와 몇 초만 기다려 보세요.",
  consents: "묻지 않아도 보내도 되는 것",
  none: "아직 휴대폰이 없어요.", add: "휴대폰 추가",
  names: { ios: "아이폰", android: "안드로이드폰", web: "브라우저", cli: "터미널" },
  name: (kind, number) => `${kind} ${number}`,
  quiet: "알림 없음", cards: (name) => `${name} 알림`,
  badge: (n) => `읽지 않은 답 ${n}개`,
  preview: "잠금 화면에 내용 보이기", remove: "삭제", test: "시험 알림 보내기",
  removeOf: (name) => `${name} 삭제`, testOf: (name) => `${name}에 시험 알림 보내기`,
  dismiss: (title) => `‘${title}’ 알림 지우기`,
  failed: "서버에 연결할 수 없어요. 다시 시도하는 중…",
};
