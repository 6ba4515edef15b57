// What a conversation looks like when the phone's copy and the client's word meet.

import type { Message } from "@ion-mentoring/client";

import { itemsOf, same } from "../../src/core/items";
import type { ArchivedMessage } from "../../src/core/resources";

const AT = "2026-11-28T10:00:00Z";

function kept(id: string, role: "user" | "assistant", more: Partial<ArchivedMessage> = {}): ArchivedMessage {
  const answered = role === "assistant" ? { turn_id: "t1", persona: "lua", model: "offline" } : null;
  return { id, role, text: id, created_at: AT, client_msg_id: role === "user" ? `c_${id}` : null, turn_id: "t1", answered, ...more };
}

function live(id: string | null, role: "user" | "assistant", status: Message["status"], more: Partial<Message> = {}): Message {
  return { key: role === "user" ? `c_${id}` : `${id}`, id, role, text: `${id}`, status, turn_id: "t1", ...more };
}

const seen = (archived: ArchivedMessage[], now: Message[], answering = false) =>
  itemsOf(archived, now, answering).map((item) => (item.kind === "day" ? "day" : `${item.key}:${item.status}`));

test("without a network the phone's copy is all there is, with what waits to be sent behind it", () => {
  const archived = [kept("m1", "user"), kept("m2", "assistant")];
  expect(seen(archived, [live(null, "user", "queued", { key: "c_new" })])).toEqual(["day", "c_m1:sent", "m2:done", "c_new:queued"]);
});

test("the client's word replaces the end of the copy; what is older stays before it", () => {
  const archived = [kept("m1", "user"), kept("m2", "assistant"), kept("m3", "user"), kept("m4", "assistant")];
  const now = [live("m3", "user", "sent"), live("m5", "assistant", "streaming")];
  expect(seen(archived, now)).toEqual(["day", "c_m1:sent", "m2:done", "c_m3:sent", "m5:streaming"]);
});

test("a message that was taken before its ack came is shown once, under one key", () => {
  const archived = [kept("m1", "user")];
  expect(seen(archived, [live(null, "user", "queued", { key: "c_m1", client_msg_id: "c_m1" })])).toEqual(["c_m1:queued"]);
});

test("keys stay the same from the copy to the client's word, so nothing jumps", () => {
  const archived = [kept("m1", "user"), kept("m2", "assistant")];
  const before = seen(archived, []);
  const after = seen(archived, [live("m1", "user", "sent"), live("m2", "assistant", "done")]);
  expect(after).toEqual(before);
});

test("the client's answer keeps what only the archive knows: model, memories, resonance", () => {
  const archived = [kept("m2", "assistant", { answered: { turn_id: "t1", persona: "lua", model: "offline", memories_used: ["f_1"], resonance_key: "calm-medium-learning" } })];
  const [, answer] = itemsOf(archived, [live("m2", "assistant", "done", { persona: "elro", rating: 1 })], false);
  expect(answer).toMatchObject({ persona: "elro", model: "offline", memories: ["f_1"], resonanceKey: "calm-medium-learning", rating: 1, last: true });
});

test("a turn that has not said anything yet shows that somebody thinks, a failed one why", () => {
  expect(seen([], [live("m1", "user", "sent")], true)).toEqual(["c_m1:sent", "t:c_m1:thinking"]);
  expect(seen([], [live("m1", "user", "sent")], false)).toEqual(["c_m1:sent"]);
  expect(seen([kept("m1", "user", { failed: "provider_timeout" })], [])).toEqual(["day", "c_m1:sent", "f:m1:failed"]);
});

test("each day is named once", () => {
  const archived = [kept("m1", "user", { created_at: "2026-11-27T10:00:00Z" }), kept("m2", "assistant", { created_at: "2026-11-27T10:01:00Z" }), kept("m3", "user")];
  expect(seen(archived, []).filter((each) => each === "day")).toHaveLength(2);
});

test("what did not change looks the same, and is not drawn again", () => {
  const archived = [kept("m1", "user"), kept("m2", "assistant")];
  const one = itemsOf(archived, [], false);
  const other = itemsOf(archived, [live("m9", "user", "queued")], false);
  expect(same(one[1]!, other[1]!)).toBe(true);
  expect(same(one[2]!, other[2]!)).toBe(false); // it was the last one
});
