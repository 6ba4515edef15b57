import assert from "node:assert/strict";
import { test } from "node:test";

import { Memory, dated, unstamped } from "../../app/console/core/memory.js";
import { emptySession, reduce } from "../../app/console/core/reducer.js";
import { wordsOf } from "../../app/console/core/i18n.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage, FakeTime, log, message, settle, turn } from "./helpers.mjs";

const memory = (id, kind = "goal", extra = {}) => ({ id: `f_${id}`, kind, text: `text of ${id}`, sources: [], ...extra });

/** A server with memories, and pages that come when the test says so where it asks for that. */
class FakeApi {
  all = new Map();
  paused = false;
  failing = 0;
  calls = [];
  held = null;

  constructor(...memories) {
    for (const each of memories) this.all.set(each.id, each);
  }

  async #answer(name, args, make) {
    this.calls.push([name, ...args]);
    if (this.held) await this.held;
    if (this.failing) throw Object.assign(new Error(name), { status: this.failing });
    return make();
  }

  memories({ q = "", ids = [], before = null, limit }) {
    const found = [...this.all.values()].filter((each) => (ids.length ? ids.includes(each.id) : each.text.includes(q)));
    const from = before ? found.findIndex((each) => each.id === before) + 1 : 0;
    const page = found.slice(from, from + limit);
    const next = from + limit < found.length ? page.at(-1).id : null;
    return this.#answer("list", [q || ids], () => ({ memories: page, next, paused: this.paused }));
  }

  memory(id) { return this.#answer("why", [id], () => this.all.get(id)); }

  updateMemory(id, changes) {
    return this.#answer("update", [id, changes], () => {
      this.all.set(id, { ...this.all.get(id), ...changes });
      return this.all.get(id);
    });
  }

  forgetMemory(id, { refuse, keepalive }) {
    return this.#answer("forget", [id, refuse, keepalive], () => {
      if (!this.all.delete(id)) throw Object.assign(new Error("gone"), { status: 404 });
    });
  }

  pauseMemory(paused) { return this.#answer("pause", [paused], () => ({ paused: this.paused = paused })); }
}

function setUp(api, { backing = new FakeStorage() } = {}) {
  const time = new FakeTime();
  let changes = 0;
  const kept = new Memory({
    api, storage: jsonStorage(backing), timers: time, now: () => time.now, changed: () => { changes += 1; },
  });
  return { time, kept, backing, changes: () => changes };
}

const shown = (kept) => kept.groups.map(({ name, memories }) => [name, ...memories.map((each) => each.id.slice(2))]);
const forgets = (api) => api.calls.filter(([name]) => name === "forget");

test("memories stand in groups, the pinned ones first, page by page", async () => {
  const many = Array.from({ length: 60 }, (_, at) => memory(`p${at}`, "person"));
  const api = new FakeApi(memory("g"), memory("r", "role"), memory("n", "name"), memory("x", "promise", { pinned: true }), ...many);
  const { kept } = setUp(api);
  await kept.load();
  assert.deepEqual(shown(kept).slice(0, 3), [["pinned", "x"], ["about", "r", "n"], ["goal", "g"]]);
  await kept.more();
  assert.equal(kept.groups.at(-1).memories.length, 60);
  assert.equal(kept.next, null);
  await kept.change("f_g", { pinned: true });
  assert.deepEqual(shown(kept)[0], ["pinned", "g", "x"]);
});

test("of two searches only the newer one is shown, whichever is answered last", async () => {
  const api = new FakeApi(memory("a"), memory("b"));
  const { kept } = setUp(api);
  let answer;
  api.held = new Promise((resolve) => { answer = resolve; });
  const slow = kept.search("of a");
  api.held = null;
  await kept.search("of b");
  answer();
  await slow;
  assert.deepEqual(shown(kept), [["goal", "b"]]);
});

test("what is to be forgotten waits for a change of mind, then it is gone for good", async () => {
  const api = new FakeApi(memory("a"), memory("b"));
  const { kept, time } = setUp(api);
  await kept.load();
  kept.forget("f_a");
  assert.deepEqual([kept.leaving.get("f_a").refuse, kept.texts(["f_a", "f_b"]).map(({ id }) => id)], [false, ["f_b"]]);
  await time.pass(19_000);
  kept.leaving.undo("f_a");
  await time.pass(60_000);
  assert.deepEqual([forgets(api), kept.leaving.get("f_a")], [[], null]);
  kept.forget("f_a", { refuse: true });
  await time.pass(21_000);
  assert.deepEqual(forgets(api), [["forget", "f_a", true, false]]);
  assert.deepEqual(shown(kept), [["goal", "b"]]);
  assert.deepEqual(kept.texts(["f_a"], { f_a: "said then" }), []);
});

test("what could not be forgotten is forgotten when there is a connection, also by the next page", async () => {
  const api = new FakeApi(memory("a"), memory("b"));
  const first = setUp(api);
  await first.kept.load();
  api.failing = 503;
  first.kept.forget("f_a");
  await first.time.pass(60_000);
  assert.ok(first.kept.leaving.get("f_a"));
  const tries = forgets(api).length;
  assert.ok(tries > 3);
  const next = setUp(api, { backing: first.backing });
  next.time.now += 60_000;
  api.failing = 0;
  next.kept.connected();
  next.kept.connected();
  await next.time.pass(0);
  assert.deepEqual([forgets(api).length - tries, [...api.all.keys()]], [1, ["f_b"]]);
  // this page hears that it is gone already, and another tab's undo is heeded
  first.kept.connected();
  first.kept.forget("f_b");
  next.kept.connected();
  next.kept.leaving.undo("f_b");
  await first.time.pass(60_000);
  assert.deepEqual([...api.all.keys()], ["f_b"]);
  assert.equal(first.kept.leaving.get("f_b"), null);
});

test("a page that goes away forgets at once", async () => {
  const api = new FakeApi(memory("a"));
  const { kept, time } = setUp(api);
  kept.forget("f_a");
  kept.leaving.leave();
  await settle();
  await time.pass(60_000);
  assert.deepEqual(forgets(api), [["forget", "f_a", false, true]]);
});

test("texts that are not known are asked for together, and once", async () => {
  const api = new FakeApi(memory("a"), memory("b"));
  const { kept, time } = setUp(api);
  for (let paint = 0; paint < 3; paint += 1) assert.deepEqual(kept.texts(["f_a", "f_gone", "t_1"], { f_gone: "said" }).length, 1);
  kept.texts(["f_b"]);
  await time.pass(1_000);
  assert.deepEqual(kept.texts(["f_a", "f_gone", "f_b"], { f_gone: "said" }), [
    { id: "f_a", text: "text of a" }, { id: "f_b", text: "text of b" },
  ]);
  await time.pass(60_000);
  assert.deepEqual(api.calls, [["list", ["f_a", "f_gone", "f_b"]]]);
});

test("a day in figures is said as people say it, or beside the text", () => {
  const words = wordsOf("ko", () => new Date(2026, 10, 29));
  assert.equal(dated("시험이 있어요 (2027-05-12)", words), "시험이 있어요 (2027년 5월 12일)");
  assert.equal(unstamped("My exam (2027-05-12)"), "My exam");
  assert.equal(dated("I was born in (2001-01-01) Seoul", words), "I was born in (2001-01-01) Seoul");
});

test("what comes to be remembered is shown as it is now", async () => {
  const api = new FakeApi(memory("a"));
  const { kept, time } = setUp(api);
  await kept.load();
  api.all.set("f_a", memory("a", "goal", { text: "newer" }));
  kept.received({ type: "memory_saved", memory_id: "f_a" });
  kept.received({ type: "delta", memory_id: "b" });
  await time.pass(0);
  assert.deepEqual(kept.texts(["f_a"]), [{ id: "f_a", text: "newer" }]);
  kept.clear();
  assert.deepEqual([shown(kept), kept.loaded], [[], false]);
});

test("an answer carries the memories it was given, a turn those that came of it", () => {
  const attached = { type: "attached", session_id: "s_1", epoch: "e", seq: 0, recovered: true };
  const frames = turn(1, ["a"]);
  Object.assign(frames.at(-1), { memories_used: ["f_1"] });
  const saved = { type: "memory_saved", turn_id: "t_1", memory_id: "f_2", kind: "goal", text: "new", message_ids: ["m_1"] };
  const elsewhere = { ...saved, turn_id: "t_9" };
  const state = [attached, ...log([...frames, saved, elsewhere])].reduce(reduce, emptySession("s_1"));
  assert.deepEqual(state.turns.map((each) => [each.answer.memories, each.saved]), [[["f_1"], { f_2: "new" }]]);
  const answer = { id: "a_1", role: "assistant", text: "a", turn_id: "t_1", answered: { turn_id: "t_1", persona: "lua", memories_used: ["f_1"] } };
  const snapshot = { type: "snapshot", epoch: "e", seq: 9, session: { id: "s_1" }, messages: [message("m_1", "q", { turn_id: "t_1" }), answer] };
  assert.deepEqual(reduce(emptySession("s_1"), snapshot).turns[0].answer.memories, ["f_1"]);
});
