// What the page says about notifications, in English and Korean.

export const EN = {
  open: "Notifications", title: "Notifications", loading: "Opening…",
  intro: "For the phones and browsers that you use ION on.",
  preview: "Show words on the locked screen", checkIns: "Mentors may write to me first",
  reminders: "Remind me of days I named", nudges: "A word when I was away for some days",
  quiet: "Quiet hours", from: "From", to: "Until", quietHint: "There are none when both times are the same.",
  atOnce: "Answers I wait for, also in quiet hours",
  about: "Tell me about",
  kinds: { reply_ready: "Answers", reminder: "Reminders", check_in: "Check-ins", nudge: "A word in between" },
};

export const KO = {
  open: "알림", title: "알림", loading: "여는 중…",
  intro: "ION을 쓰는 휴대폰과 브라우저의 알림이에요.",
  preview: "잠금 화면에 내용 보이기", checkIns: "멘토가 먼저 말을 걸어도 좋아요",
  reminders: "내가 말한 날을 알려 주세요", nudges: "며칠 쉬면 한마디 건네도 좋아요",
  quiet: "방해 금지 시간", from: "시작", to: "끝", quietHint: "두 시간이 같으면 방해 금지 시간이 없어요.",
  atOnce: "기다리는 답은 방해 금지 시간에도 받기",
  about: "이런 알림을 받을게요",
  kinds: { reply_ready: "답장", reminder: "잊지 않으려던 일", check_in: "안부", nudge: "가끔 건네는 한마디" },
};
