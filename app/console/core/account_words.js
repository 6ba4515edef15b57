// What the page says about all that is kept of somebody, in English and Korean.

export const EN = {
  open: "Your data",
  title: "Your data",
  intro: "You are here without a name. Whoever has this browser has your conversations.",
  take: "Take my data along",
  takeHint: "Everything the server keeps of you, as one file.",
  erase: "Erase me",
  eraseHint: "The account and all that was said, here and on the server.",
  eraseTitle: "Erase everything?",
  eraseText: "All conversations and all that is remembered will be gone for good, here and on the server.",
  eraseYes: "Erase everything",
  working: "One moment…",
  taken: "Saved as ion.json.",
  erasedTitle: "Everything was erased",
  erasingTitle: "Everything is being erased",
  erased: (receipt) => `Receipt: ${receipt}`,
  anew: "Begin anew",
};

export const KO = {
  open: "내 데이터",
  title: "내 데이터",
  intro: "이름 없이 쓰고 있어요. 이 브라우저를 여는 사람은 대화를 볼 수 있어요.",
  take: "내 데이터 가져가기",
  takeHint: "서버에 있는 내 정보를 파일 하나로 모두 받아요.",
  erase: "모두 지우기",
  eraseHint: "계정, 그리고 나눈 이야기까지 여기와 서버에서 모두 지워요.",
  eraseTitle: "모두 지울까요?",
  eraseText: "모든 대화와 기억이 여기와 서버에서 지워지고 되돌릴 수 없어요.",
  eraseYes: "모두 지우기",
  working: "잠시만요…",
  taken: "ion.json으로 저장했어요.",
  erasedTitle: "모두 지웠어요",
  erasingTitle: "모두 지우고 있어요",
  erased: (receipt) => `삭제 확인 번호: ${receipt}`,
  anew: "새로 시작하기",
};
