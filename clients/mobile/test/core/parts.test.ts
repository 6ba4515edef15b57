// Small facts: addresses, times, words, helplines.

import { helpFor } from "../../src/core/help";
import { readNotification, sessionOfLink } from "../../src/core/links";
import { unstamped } from "../../src/core/memories";
import { localeOf } from "../../src/core/push";
import { contactHref, excerpt, length, MOST_CHARS, serverOf } from "../../src/core/text";
import { isTime, laterTime } from "../../src/core/times";
import { chooseLanguage, resonanceWords, wordsOf } from "../../src/words";
import { EN } from "../../src/words/en";
import { KO } from "../../src/words/ko";

test.each([
  ["ion://sessions/s_06f3abc", "s_06f3abc"],
  ["ion://sessions/s_06f3abc?from=push", "s_06f3abc"],
  ["https://mentor.test/sessions/s_1/", "s_1"],
  ["ion://sessions/", null],
  ["ion://sessions/../settings", null],
  ["ion://memory", null],
  ["javascript:alert(1)//sessions/s_1", null],
])("%s leads to %s", (link, session) => {
  expect(sessionOfLink(link)).toBe(session);
});

test("a notification's data is text, and what is strange in it is nothing", () => {
  const data = { notification_id: "n_1", kind: "reply_ready", tag: "s_1", thread: "s_1", number: "1764400000000", badge: "3" };
  expect(readNotification(data)).toEqual({ sessionId: "s_1", notificationId: "n_1", number: 1_764_400_000_000, badge: 3, clear: false });
  expect(readNotification({ thread: "n_1", clear: "1", badge: "-2" })).toEqual({ sessionId: null, notificationId: null, number: 0, badge: null, clear: true });
  for (const strange of [null, undefined, "s_1", 7, { thread: 3, badge: {} }]) {
    expect(readNotification(strange)).toMatchObject({ sessionId: null, badge: null });
  }
});

test.each([
  ["https://Mentor.example.org/", "https://mentor.example.org"],
  ["  http://192.168.0.7:8000 ", "http://192.168.0.7:8000"],
  ["http://[::1]:8000", "http://[::1]:8000"],
  ["mentor.example.org", null],
  ["https://user:pass@mentor.org", null],
  ["https://mentor.org/path", null],
  ["ftp://mentor.org", null],
])("the server of %s is %s", (address, server) => {
  expect(serverOf(address)).toBe(server);
});

test("numbers dial, addresses write, the rest is only read", () => {
  expect(contactHref("116 123")).toBe("tel:116123");
  expect(contactHref("+82 1393")).toBe("tel:+821393");
  expect(contactHref("jo@samaritans.org")).toBe("mailto:jo@samaritans.org");
  expect(contactHref("findahelpline.com")).toBeNull();
});

test("the limit counts code points, as the server does", () => {
  expect(length("🙂".repeat(MOST_CHARS))).toBe(MOST_CHARS);
  expect(excerpt("**Data:** two\n\n| a |", 12)).toBe("Data: two a");
});

test("a time is pushed to and fro around the clock", () => {
  for (let minute = 0; minute < 1_440; minute += 7) {
    const time = laterTime("00:00", minute);
    expect(isTime(time)).toBe(true);
    expect(laterTime(laterTime(time, 45), -45)).toBe(time);
  }
  expect(laterTime("23:50", 15)).toBe("00:05");
  expect(isTime("24:00")).toBe(false);
});

test("people are reached by locale, else by time zone, else anywhere", () => {
  expect(helpFor({ locale: "en-GB", timezone: "" }).emergency).toBe("999");
  expect(helpFor({ locale: "ko", timezone: "Asia/Seoul" }).lines.length).toBeGreaterThan(0);
  const nowhere = helpFor({ locale: "eo", timezone: "" });
  expect([nowhere.emergency, nowhere.lines.length, nowhere.anywhere.length]).toEqual(["", 0, 1]);
});

test("every phrase is there in both languages, of one kind, and says something", () => {
  const shape = (value: unknown): unknown => {
    if (typeof value === "string") return value.trim() ? "text" : "empty";
    if (typeof value === "function") return `of ${value.length}`;
    return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, shape(each)]));
  };
  expect(shape(KO)).toEqual(shape(EN));
  expect(JSON.stringify(shape(EN))).not.toContain("empty");
});

test("days are said as people say them", () => {
  const words = wordsOf("en", () => new Date("2026-11-29T12:00:00"));
  expect(words.day("2026-11-29T01:00:00")).toBe("Today");
  expect(words.day("2026-11-28T23:59:00")).toBe("Yesterday");
  expect(words.day("2026-11-30T00:01:00")).toBe("Tomorrow");
  expect(words.day("2026-11-02T09:00:00")).toContain("November");
  expect(chooseLanguage("auto", ["fr-FR", "ko-KR"])).toBe("ko");
  expect(chooseLanguage("en", ["ko-KR"])).toBe("en");
  expect(resonanceWords("calm-medium-learning", EN)).toBe("calm · steady · learning");
  expect(resonanceWords("odd", EN)).toBe("");
  expect(localeOf("en-GB", "ko")).toBe("ko-GB");
  expect(unstamped("My exam (2026-12-05)")).toBe("My exam");
});
