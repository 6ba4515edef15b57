import assert from "node:assert/strict";
import { test } from "node:test";

import { LANGUAGES, chooseLanguage, resonanceWords, wordsOf } from "../../app/console/core/i18n.js";
import { itemsOf } from "../../app/console/core/items.js";
import { newId } from "../../app/console/core/ids.js";
import { emptySession, reduce } from "../../app/console/core/reducer.js";
import { MOST_CHARS, excerpt, hasContent, languageOf, length } from "../../app/console/core/text.js";
import { contactHref } from "../../app/console/view/safety.js";
import { AT, log, turn } from "./helpers.mjs";

test("both languages say everything", () => {
  const shape = (value) => (typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]))
    : typeof value);
  assert.deepEqual(shape(LANGUAGES.ko), shape(LANGUAGES.en));
  assert.equal(LANGUAGES.ko.starters.length, LANGUAGES.en.starters.length);
  for (const [en, ko] of [[LANGUAGES.en, LANGUAGES.ko], [LANGUAGES.en.memory, LANGUAGES.ko.memory]]) {
    for (const [name, word] of Object.entries(ko)) {
      if (typeof word !== "function") continue;
      const given = ["@1", "@2", "@3"].slice(0, word.length);
      assert.equal(word.length, en[name].length, name);
      assert.ok(given.every((each) => word(...given).includes(each) && en[name](...given).includes(each)), name);
    }
  }
});

test("the language is the person's, else the browser's, else English", () => {
  assert.equal(chooseLanguage("ko", ["en-US"]), "ko");
  assert.equal(chooseLanguage(null, ["fr", "ko-KR", "en"]), "ko");
  assert.equal(chooseLanguage("constructor", ["fr"]), "en");
});

test("a resonance key is said in words, and an unknown one is not guessed at", () => {
  assert.equal(resonanceWords("anxious-burst-seek_advice", LANGUAGES.en), "worried · in quick bursts · asking for advice");
  assert.equal(resonanceWords("odd-burst-planning", LANGUAGES.en), "odd-burst-planning");
});

test("days have names", () => {
  const words = wordsOf("en", () => new Date(2026, 2, 10, 0, 5));
  assert.equal(words.day(new Date(2026, 2, 10).toISOString()), "Today");
  assert.equal(words.day(new Date(2026, 2, 9, 23, 59).toISOString()), "Yesterday");
  assert.equal(words.day(new Date(2026, 2, 1).toISOString()), "Sunday, March 1");
  assert.equal(words.date(new Date(2026, 4, 3).toISOString()), "May 3");
  assert.equal(words.date(new Date(2025, 4, 3).toISOString()), "May 3, 2025");
  assert.match(words.time(new Date(2026, 2, 10, 14, 3).toISOString()), /2:03/);
});

test("lengths are counted as the server counts, in code points", () => {
  assert.equal(length("a".repeat(10)), 10);
  assert.equal(length("😀".repeat(MOST_CHARS)), MOST_CHARS);
  assert.equal(length("한".repeat(MOST_CHARS + 1)), MOST_CHARS + 1);
});

test("a text needs something to read", () => {
  assert.deepEqual(["", " \n\t", "\u200b", "\0"].map(hasContent), [false, false, false, false]);
  assert.deepEqual(["a", "?", "ㅋ", "😀"].map(hasContent), [true, true, true, true]);
});

test("the language of a text is that of most of its letters", () => {
  assert.deepEqual(["안녕 hi", "hello 안", "1+1", "API 서버를 만들어요"].map(languageOf), ["ko", "en", "en", "ko"]);
});

test("an excerpt is one line, cut between letters", () => {
  assert.equal(excerpt(" a\n b  c "), "a b c");
  assert.equal(excerpt("😀".repeat(60), 3), "😀😀😀…");
});

test("contacts that can be dialled or written to are links, instructions are not", () => {
  assert.equal(contactHref("+82 2-1234-5678"), "tel:+82212345678");
  assert.equal(contactHref("988"), "tel:988");
  assert.equal(contactHref("help@example.org"), "mailto:help@example.org");
  assert.equal(contactHref("text HOME to 741741"), null);
  assert.equal(contactHref("javascript:alert(1)"), null);
});

test("ids differ and fit the contract", () => {
  const ids = Array.from({ length: 500 }, () => newId());
  assert.equal(new Set(ids).size, 500);
  assert.ok(ids.every((id) => id.length <= 64));
});

test("a conversation is days, settled turns, running turns, and what waits to be sent", () => {
  const attached = { type: "attached", session_id: "s_1", epoch: "e", seq: 0, recovered: true };
  const second = turn(2, ["x"]);
  const third = turn(3, [])[0];
  const frames = log([...turn(1, ["a"]), ...second.slice(0, 4), third]);
  const state = [attached, ...frames].reduce(reduce, emptySession("s_1"));
  const entry = (id, status) => ({ id, key: "s_1", text: id, at: Date.parse("2026-03-03T12:00:00Z"), status, error: null });
  const items = itemsOf(state, [entry("c_3", "sent"), entry("c_9", "pending")]);
  assert.deepEqual(items.map((item) => [item.kind, item.settled]), [
    ["day", true], ["said", true], ["answer", true], ["said", false], ["answer", false],
    ["said", false], ["queued", false], ["day", false], ["said", false],
  ]);
  assert.deepEqual(items.filter((item) => item.kind === "said").map((item) => [item.key, item.status]), [
    ["m:c_1", "sent"], ["m:c_2", "sent"], ["m:c_3", "sent"], ["m:c_9", "pending"],
  ]);
});

const attachedAt = { type: "attached", session_id: "s_1", epoch: "e", seq: 0, recovered: true };
const stateOf = (...frames) => [attachedAt, ...log(frames)].reduce(reduce, emptySession("s_1"));
const entryOf = (kind, about, status) => ({ id: "c_9", kind, about, key: "s_1", text: "better", at: 0, status, error: null });

test("while a message is being edited what comes after it is not shown, unless the edit fails", () => {
  const state = stateOf(...turn(1, ["a"]), ...turn(2, ["b"]));
  const items = itemsOf(state, [entryOf("edit", "m_1", "pending"), { ...entryOf("send", null, "pending"), id: "c_10" }]);
  assert.deepEqual(items.filter((item) => item.kind !== "day").map((item) => [item.key, item.text, item.settled]), [
    ["m:c_9", "better", false], ["m:c_10", "better", false],
  ]);
  const failed = itemsOf(state, [entryOf("edit", "m_1", "failed")]).filter((item) => item.kind !== "day");
  assert.deepEqual(failed.map((item) => [item.kind, item.status ?? "", item.messageId ?? ""]), [
    ["said", "failed", ""], ["answer", "", ""], ["said", "sent", "m_2"], ["answer", "", ""],
  ]);
  const elsewhere = itemsOf(state, [entryOf("edit", "m_0", "failed")]);
  assert.deepEqual([elsewhere.at(-1).key, elsewhere.length], ["m:c_9", 7]);
});

test("only the last answer can be made again, and an answer keeps its key when it is", () => {
  const frames = [...turn(1, ["a"]), ...turn(2, ["b"])];
  const answers = (items) => items.filter((item) => item.kind === "answer").map((item) => [item.key, item.last, item.idle]);
  assert.deepEqual(answers(itemsOf(stateOf(...frames), [])), [["a:t_1", false, true], ["a:t_2", true, true]]);
  const asked = itemsOf(stateOf(...frames), [entryOf("regenerate", "t_2", "pending")]);
  assert.deepEqual([answers(asked), asked.at(-1).again.id], [[["a:t_1", false, false], ["a:t_2", true, false]], "c_9"]);
  const begins = { type: "turn_started", turn_id: "t_3", message_ids: ["m_2"], attempt: 1, supersedes: "t_2" };
  assert.deepEqual(answers(itemsOf(stateOf(...frames, begins), [])), [["a:t_1", false, false], ["a:t_2", true, false]]);
});

test("what a mentor writes first is an answer that nobody asked for", () => {
  const said = turn(2, ["Good ", "morning"]).slice(1);
  const frames = [...turn(1, ["a"]), { ...said[0], message_ids: [] }, ...said.slice(1)];
  const kinds = (state) => itemsOf(state, []).map((item) => [item.kind, item.turn?.answer.text]);
  const shown = [["day", undefined], ["said", undefined], ["answer", "a"], ["answer", "Good morning"]];
  const state = stateOf(...frames);
  assert.deepEqual(kinds(state), shown);
  assert.deepEqual([state.unread, state.turns.at(-1).messages], [2, []]);
  const { id, text } = state.turns.at(-1).answer;
  const first = { id, role: "assistant", text, created_at: AT, turn_id: "t_2", answered: { turn_id: "t_2", persona: "lua" } };
  const snapshot = { type: "snapshot", session: {}, messages: [first], epoch: "e", seq: 9 };
  assert.deepEqual(kinds(reduce(emptySession("s_1"), snapshot)), [["day", undefined], ["answer", "Good morning"]]);
});

test("a failed turn that is asked again waits where its failure stood", () => {
  const failed = { type: "turn_failed", turn_id: "t_1", code: "internal", message: "", retryable: true };
  const state = stateOf(...turn(1, []).slice(0, 2), failed);
  const kinds = (status) => itemsOf(state, [entryOf("regenerate", "t_1", status)]).map((item) => item.kind);
  assert.deepEqual([kinds("pending"), kinds("failed")], [["day", "said", "answer"], ["day", "said", "failure"]]);
});

test("a failed turn shows its failure where the answer would be, and is settled", () => {
  const attached = { type: "attached", session_id: "s_1", epoch: "e", seq: 0, recovered: true };
  const failed = { type: "turn_failed", turn_id: "t_1", code: "internal", message: "", retryable: true };
  const state = [attached, ...log([...turn(1, []).slice(0, 2), failed])].reduce(reduce, emptySession("s_1"));
  assert.deepEqual(itemsOf(state, []).map((item) => [item.kind, item.settled]), [["day", true], ["said", true], ["failure", true]]);
});

test("times and days are written as where the person lives", () => {
  const at = new Date(2026, 11, 18, 17, 6);
  const british = wordsOf("en", () => at, ["de-DE", "en-GB", "en-US"]);
  assert.deepEqual([british.time(at), british.date(at)], ["17:06", "18 December"]);
  assert.equal(wordsOf("ko", () => at, ["en-GB"]).date(at), "12월 18일");
});
