import assert from "node:assert/strict";
import { test } from "node:test";

import { wordsOf } from "../../app/console/core/i18n.js";
import { Planned } from "../../app/console/core/planned.js";
import { aboutOf, lineOf, rhythmOf } from "../../app/console/core/planned_words.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage, FakeTime, settle } from "./helpers.mjs";

const plan = (id, extra = {}) => ({
  id, kind: "check_in", session_id: "s_1", persona: "lua", about: "the essay", words: "the essay", memory_id: "", days: [],
  next_at: "2026-12-06T18:05:00Z", timezone: "UTC", date: "2026-12-06", time: "18:05", ...extra,
});

class FakeApi {
  all;
  calls = [];
  failing = 0;
  settings = { check_ins: true, reminders: false, nudges: false };

  constructor(...all) {
    this.all = all;
  }

  async #answer(made, ...call) {
    this.calls.push(call);
    if (this.failing) throw Object.assign(new Error(call[0]), { status: this.failing });
    return made();
  }

  planned() { return this.#answer(() => ({ planned: this.settings.check_ins ? [...this.all] : [] }), "list"); }
  notificationSettings() { return this.#answer(() => this.settings, "settings"); }

  updateNotifications(changes) {
    return this.#answer(() => (this.settings = { ...this.settings, ...changes }), "allow", changes);
  }

  callOff(id, { keepalive }) {
    return this.#answer(() => {
      if (!this.all.some((each) => each.id === id)) throw Object.assign(new Error("gone"), { status: 404 });
      this.all = this.all.filter((each) => each.id !== id);
    }, "off", id, keepalive);
  }
}

function setUp(api, backing = new FakeStorage()) {
  const time = new FakeTime();
  const planned = new Planned({ api, storage: jsonStorage(backing), timers: time, now: () => time.now, changed() {} });
  return { planned, time, backing };
}

const offs = (api) => api.calls.filter(([name]) => name === "off");

test("what is called off waits for a change of mind, and a page that goes away carries it out", async () => {
  const api = new FakeApi(plan("k_1"), plan("k_2", { session_id: "s_2" }));
  const { planned, time } = setUp(api);
  await planned.load();
  assert.deepEqual([planned.nextIn("s_1").id, planned.nextIn("s_2").id, planned.nextIn("s_3")], ["k_1", "k_2", null]);
  planned.callOff("k_1");
  assert.deepEqual([planned.nextIn("s_1"), planned.list.length, planned.standing.length], [null, 2, 1]);
  await time.pass(19_000);
  planned.leaving.undo("k_1");
  await time.pass(60_000);
  assert.deepEqual([offs(api), planned.nextIn("s_1").id], [[], "k_1"]);
  planned.callOff("k_1");
  planned.leaving.leave();
  await settle();
  assert.deepEqual([offs(api), planned.list.map(({ id }) => id)], [[["off", "k_1", true]], ["k_2"]]);
});

test("what could not be called off is, when there is a connection, also by the next page", async () => {
  const api = new FakeApi(plan("k_1"));
  const first = setUp(api);
  await first.planned.load();
  api.failing = 503;
  first.planned.callOff("k_1");
  await first.time.pass(60_000);
  const next = setUp(api, first.backing);
  next.time.now += 60_000;
  api.failing = 0;
  next.planned.connected();
  await next.time.pass(5_000);
  assert.deepEqual([api.all, next.planned.list], [[], []]);
});

test("what another tab lets come while it can't be called off stands again", async () => {
  const api = new FakeApi(plan("k_1"));
  const { planned, time, backing } = setUp(api);
  await planned.load();
  const callOff = api.callOff.bind(api);
  api.callOff = (...call) => {
    jsonStorage(backing).remove("ion.calloff.k_1");
    return callOff(...call);
  };
  api.failing = 503;
  planned.callOff("k_1");
  await time.pass(60_000);
  assert.deepEqual([planned.leaving.get("k_1"), planned.standing.length, offs(api).length], [null, 1, 1]);
});

test("it is asked for when the connection opens, something is noted, or a plan has come; once for many", async () => {
  const api = new FakeApi(plan("k_1"));
  const { planned, time } = setUp(api);
  planned.connected();
  planned.received({ type: "memory_saved" });
  await time.pass(2_000);
  assert.deepEqual(api.calls, [["list"]]);
  for (const frame of [{ type: "turn_done", model: "scripted" }, { type: "delta" }]) planned.received(frame);
  await time.pass(2_000);
  assert.equal(api.calls.length, 1);
  planned.received({ type: "turn_done", model: "reminder" });
  await time.pass(2_000);
  assert.equal(api.calls.length, 2);
});

test("what is not allowed any more is planned no more, and nothing is kept for somebody else", async () => {
  const api = new FakeApi(plan("k_1"));
  const { planned } = setUp(api);
  await planned.load();
  await planned.allow({ check_ins: false });
  assert.deepEqual([planned.list, planned.settings.check_ins], [[], false]);
  await planned.allow({ check_ins: true });
  assert.equal(planned.list.length, 1);
  planned.clear();
  assert.deepEqual([planned.list, planned.settings, planned.loaded], [[], null, false]);
});

test("plans are said as people say them, on the plan's own clock", () => {
  const now = Date.parse("2026-12-02T20:00:00Z");
  const lines = (language, ...extras) => extras.map((extra) => lineOf(plan("k", extra), "Lua", wordsOf(language, () => new Date(now)), now));
  const extras = [
    { memory_id: "f_1" }, { kind: "reminder", date: "2026-12-02" },
    { date: "2026-12-03", time: "09:00", timezone: "Asia/Seoul" }, { kind: "nudge", date: "2026-12-24", time: "13:30" },
    { timezone: "Nowhere/AtAll", date: "2026-12-02", time: "23:10" },
  ];
  assert.deepEqual(lines("en", ...extras), [
    "Lua will ask you on Sunday evening", "Lua will remind you this evening",
    "Lua will check in this morning", "Lua will write on December 24 in the afternoon, if you were not here until then",
    "Lua will check in tonight",
  ]);
  assert.deepEqual(lines("ko", ...extras).slice(0, 3), [
    "일요일 저녁에 Lua의 질문이 와요", "오늘 저녁에 Lua의 알림이 와요", "오늘 아침에 Lua의 안부가 와요",
  ]);
});

test("a plan tells what it is about and how often it comes", () => {
  const words = wordsOf("en");
  const about = (extra) => aboutOf(plan("k", extra), words);
  assert.deepEqual([
    about({}), about({ about: "", words: "" }),
    about({ memory_id: "f_1", about: "I'll ask on Sunday. (Sunday, December 6)", words: "I'll ask on Sunday." }),
    about({ kind: "reminder", memory_id: "f_2", about: "The essay is due. (Friday, December 4)", words: "The essay is due." }),
  ], ["About: “the essay”", "From where you left off", "As promised: “I'll ask on Sunday.”", "In your words: “The essay is due.”"]);
  const rhythm = (...days) => rhythmOf({ days }, words);
  assert.deepEqual([rhythm(7, 6, 5, 4, 3, 2, 1), rhythm(5, 4, 3, 2, 1), rhythm(7, 1)], ["every day", "on weekdays", "Mon, Sun"]);
});
